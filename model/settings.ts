import { StrataError } from './errors';
import { frozen } from './frozen';
import type { Setting } from './setting';
import { valueFix } from './setting';

/**
 * Every setting there is, by component or feature. Each adds its own group beside its own code, and nobody edits a list:
 *
 *     const settings = settingsOf('web', { replicas: whole(2) });
 *     declare module '../../model/settings' {
 *       interface Settings { readonly web: ValuesOf<typeof settings> }
 *     }
 *
 * Groups of features are optional: a target has them where the feature is on.
 */
// biome-ignore lint/suspicious/noEmptyInterface: components and features add to it
export interface Settings {}

/** The settings of one component or feature. */
export interface SettingsGroup<Fields extends SettingFields = SettingFields> {
  /** Its name in layers: `web` in `web.replicas`. */
  readonly name: string;
  readonly fields: Fields;
  /** The least specific layer: what holds when no layer says otherwise. */
  readonly defaults: ValuesOf<SettingsGroup<Fields>>;
}

export type SettingFields = { readonly [field: string]: Setting<unknown> };

/** The values that a group's settings have. */
export type ValuesOf<Group> =
  Group extends SettingsGroup<infer Fields>
    ? { readonly [F in keyof Fields]: Fields[F] extends Setting<infer T> ? T : never }
    : never;

/** Declares the settings of a component or a feature. */
export function settingsOf<Fields extends SettingFields>(name: string, fields: Fields): SettingsGroup<Fields> {
  for (const given of [name, ...Object.keys(fields)])
    if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(given))
      throw new StrataError(
        `settings ${name}`,
        `${JSON.stringify(given)} is not a name of letters, digits and hyphens`,
        ['use such a name: paths such as web.replicas are made of it'],
      );
  for (const [field, setting] of Object.entries(fields)) {
    const problem = setting.problem(setting.default);
    if (problem !== undefined)
      throw new StrataError(
        `settings ${name}.${field}`,
        `the default is ${JSON.stringify(setting.default)}, which is ${problem}`,
        ['give a default that the setting itself takes'],
      );
  }
  const defaults = Object.fromEntries(Object.entries(fields).map(([field, setting]) => [field, setting.default]));
  return { name, fields, defaults: frozen(defaults) as ValuesOf<SettingsGroup<Fields>> };
}

/** Throws where a value is not one that its setting takes: for constructs that are used without layers. */
export function checkSettings<Fields extends SettingFields>(
  place: string,
  { fields }: SettingsGroup<Fields>,
  values: Readonly<Record<string, unknown>>,
): void {
  for (const [field, { problem }] of Object.entries(fields)) {
    const found = problem(values[field]);
    if (found !== undefined)
      throw new StrataError(`${place}.${field}`, `is ${JSON.stringify(values[field])}, which is ${found}`, [
        valueFix(fields[field]!, values[field]),
      ]);
  }
}
