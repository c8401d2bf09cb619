import { knownNames, StrataError } from './errors';
import type { Settings } from './settings';
import { defaults } from './settings';

/** A value with the reason why it is so. The reason is part of the platform: `explain` prints it. */
export interface Because<T> {
  readonly value: T;
  readonly reason: string;
  /** Where it was written; its stack is read only when somebody asks. */
  readonly at: Error;
}

export function because<T>(value: T, reason: string): Because<T> {
  return { value, reason, at: new Error('set here') };
}

/** Differences from the less specific layers, field by field, each with its reason. */
export type Layer = {
  readonly [C in keyof Settings]?: { readonly [F in keyof Settings[C]]?: Because<Settings[C][F]> };
};

/** From the least to the most specific: the last one that says something wins. */
export const LAYERS = ['component default', 'cluster', 'environment', 'target'] as const;
export type LayerName = (typeof LAYERS)[number];

/** One layer's word on one field. */
export interface Setting {
  /** `web.replicas` */
  readonly path: string;
  readonly layer: LayerName;
  readonly value: unknown;
  readonly reason?: string;
  readonly at?: Error;
}

export interface Resolved {
  readonly settings: Settings;
  /** For every field all that was said about it, the winner last. */
  readonly said: ReadonlyMap<string, readonly Setting[]>;
}

/** Lays the layers over the defaults. */
export function resolve(
  place: string,
  layers: Partial<Record<Exclude<LayerName, 'component default'>, Layer>>,
): Resolved {
  const said = new Map<string, Setting[]>();
  const settings: Record<string, Record<string, unknown>> = {};
  for (const [component, fields] of Object.entries(defaults)) {
    settings[component] = { ...fields };
    for (const [field, value] of Object.entries(fields))
      said.set(`${component}.${field}`, [{ path: `${component}.${field}`, layer: 'component default', value }]);
  }
  for (const layer of LAYERS.slice(1)) {
    for (const [component, fields] of Object.entries(layers[layer as keyof typeof layers] ?? {})) {
      for (const [field, because] of Object.entries<Because<unknown> | undefined>(fields)) {
        const path = `${component}.${field}`;
        const history = said.get(path);
        if (!history) {
          throw new StrataError(`${place}, ${layer} layer`, `there is no setting ${path}`, [
            `use a setting that exists: ${knownNames(path, [...said.keys()])}`,
          ]);
        }
        if (typeof because?.reason !== 'string') {
          throw new StrataError(`${place}, ${layer} layer, ${path}`, `is ${JSON.stringify(because)} without a reason`, [
            `write because(${JSON.stringify(because)}, 'why it differs here')`,
          ]);
        }
        history.push({ path, layer, ...because });
        settings[component]![field] = because.value;
      }
    }
  }
  return { settings: settings as unknown as Settings, said };
}
