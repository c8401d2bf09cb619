import { knownNames, StrataError } from './errors';
import { frozen } from './frozen';
import { memo } from './memo';
import { valueFix } from './setting';
import type { Settings, SettingsGroup } from './settings';

/** A value with the reason why it is so. The reason is part of the platform: `explain` prints it. */
export interface Because<T> {
  readonly value: T;
  readonly reason: string;
  /** Where it was written; its stack is read only when somebody asks. */
  readonly at: Error;
}

/** Sets a value, and says why. */
export function because<T>(value: T, reason: string): Because<T> {
  if (typeof reason !== 'string' || reason.trim() === '') {
    const written = `because(${JSON.stringify(value)}, ${JSON.stringify(reason)})`;
    throw new StrataError(written, 'gives no reason', [
      `say why: because(${JSON.stringify(value)}, 'why it differs here')`,
    ]);
  }
  return { value: frozen(value), reason, at: new Error('set here') };
}

/** Differences from the less specific layers, field by field, each with its reason. Whole values replace whole values. */
export type Layer = {
  readonly [G in keyof Settings]?: {
    readonly [F in keyof NonNullable<Settings[G]>]?: Because<NonNullable<Settings[G]>[F]>;
  };
};

/** From the least to the most specific: the last one that sets a field wins. */
export const LAYERS = ['default', 'cluster', 'environment', 'target'] as const;
export type LayerName = (typeof LAYERS)[number];

/** The value that one layer gives to one setting. */
export interface LayeredValue {
  /** `web.replicas` */
  readonly path: string;
  readonly layer: LayerName;
  readonly value: unknown;
  /** Every layer but the default gives one. */
  readonly reason?: string;
  /** Where it stands. */
  readonly at: Error;
}

/** The settings of a target, and where each value comes from. */
export interface Resolved {
  readonly settings: Settings;
  /** By path, the values of all layers that set it: the winner last. */
  readonly history: ReadonlyMap<string, readonly LayeredValue[]>;
}

/**
 * Lays the layers over the defaults of the groups. A cluster and an environment may set what only other targets have
 * (`elsewhere` names those groups); a target may not.
 */
export function resolve(
  place: string,
  groups: readonly SettingsGroup[],
  layers: Partial<Record<Exclude<LayerName, 'default'>, Layer>>,
  elsewhere: readonly string[] = [],
): Resolved {
  const history = new Map<string, readonly LayeredValue[]>();
  const settings: Record<string, Record<string, unknown>> = {};
  for (const group of groups) {
    settings[group.name] = { ...group.defaults };
    for (const value of defaultsOf(group)) history.set(value[0]!.path, value);
  }
  for (const layer of LAYERS.slice(1)) {
    const groupsOfLayer = layers[layer as keyof typeof layers] ?? {};
    for (const [name, fields] of Object.entries<Readonly<Record<string, Because<unknown>>>>(groupsOfLayer)) {
      const group = groups.find((candidate) => candidate.name === name);
      if (fields === undefined || (!group && layer !== 'target' && elsewhere.includes(name))) continue;
      if (fields === null || typeof fields !== 'object')
        throw new StrataError(
          `${place}, ${layer} layer, ${name}`,
          `is ${JSON.stringify(fields)}, which is not a map of settings`,
          [`write { field: because(value, 'why') }, or remove ${name}`],
        );
      for (const [field, because] of Object.entries(fields)) {
        const path = `${name}.${field}`;
        const at = `${place}, ${layer} layer`;
        if (!group || !history.has(path))
          throw unknownSetting(at, path, [...history.keys()], !group && elsewhere.includes(name));
        checkValue(`${at}, ${path}`, group, field, because);
        history.set(path, [...history.get(path)!, { path, layer, ...because }]);
        settings[name]![field] = because.value;
      }
    }
  }
  return { settings: settings as unknown as Settings, history };
}

/** The defaults of a group, made once: a thousand targets have them all. */
const defaultsOf = memo((group: SettingsGroup): readonly (readonly LayeredValue[])[] =>
  Object.entries(group.fields).map(([field, { default: value, at }]) => [
    { path: `${group.name}.${field}`, layer: 'default', value, at },
  ]),
);

function unknownSetting(place: string, path: string, known: readonly string[], isElsewhere: boolean): StrataError {
  const group = path.slice(0, path.indexOf('.'));
  if (isElsewhere)
    return new StrataError(place, `sets ${path}, and this target has no feature with settings called ${group}`, [
      'remove the setting',
      'add the feature to the target',
    ]);
  return new StrataError(place, `there is no setting ${path}`, [
    `use a setting that exists: ${knownNames(path, known)}`,
  ]);
}

function checkValue(place: string, group: SettingsGroup, field: string, given: Because<unknown> | undefined): void {
  if (typeof given?.reason !== 'string' || given.reason.trim() === '') {
    throw new StrataError(place, `is ${JSON.stringify(given)} without a reason`, [
      `write because(${JSON.stringify(given)}, 'why it differs here')`,
    ]);
  }
  const problem = group.fields[field]!.problem(given.value);
  if (problem !== undefined)
    throw new StrataError(place, `is ${JSON.stringify(given.value)}, which is ${problem}`, [
      valueFix(group.fields[field]!, given.value),
    ]);
}
