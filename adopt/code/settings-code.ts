import type { SettingUse } from '../expression';
import type { Imports } from './imports';
import { call, codeOf, map, print, raw } from './print';
import type { LongTexts } from './texts';

/** The declaration of a group of settings, and of its type. */
export function settingsCode(
  part: { readonly identifier: string; readonly group: string; readonly feature: boolean },
  settings: readonly SettingUse[],
  imports: Imports,
  texts: LongTexts,
): string {
  const { identifier, group, feature } = part;
  const fields = settings.map((setting) => ({
    key: setting.field,
    comment: commentOf(setting),
    value: raw(declarationOf(setting, imports, texts)),
  }));
  return `/** What environments choose, and what holds where none does. */
export const ${identifier}Settings = settingsOf('${group}', ${print(map(fields))});

declare module 'strata' {
  interface Settings {
    readonly ${group}${feature ? '?' : ''}: ValuesOf<typeof ${identifier}Settings>;
  }
}
`;
}

/** Constants that the defaults of settings need before them. */
export function constantsOf(settings: readonly SettingUse[], texts: LongTexts): string[] {
  for (const { standard, field } of settings) codeOf(standard, (text, path) => texts.earlyName(text, [field, ...path]));
  return texts.first();
}

function commentOf({ first: { key, object, path }, objects }: SettingUse): string {
  if (key === '') return 'What names of objects have in this environment.';
  const more = objects.size > 1 ? ` and ${objects.size - 1} more` : '';
  return `${object}${more}: ${path.join('.')}`;
}

function declarationOf({ type, standard, values, field }: SettingUse, imports: Imports, texts: LongTexts): string {
  const value = codeOf(standard, (text, path) => texts.lateName(text, [field, ...path]));
  const declared = (name: string, ...more: readonly string[]) => {
    imports.value('strata', name);
    return call(name, [value, ...more.map(raw)], '  ', 4 + field.length);
  };
  switch (type) {
    case 'whole':
    case 'flag':
      return declared(type);
    case 'text': {
      const mayBeBlank = [standard, ...values.values()].some((each) => !/\S/.test(String(each ?? '')));
      return mayBeBlank ? declared('text', '/^/', "'a string'") : declared('text');
    }
    case 'number':
      return declared('decimal');
    case 'strings':
      return declared('texts');
    case 'map':
      return declared('textMap');
  }
}
