import type { AdoptedPlan, PlannedEnvironment, PlannedPatch } from '../planned';
import { ownPart, type SharedLayer } from '../shared-layers';
import { listed } from '../words';
import { Imports } from './imports';
import { patchCode, patchFunctions } from './patch-code';
import { type Code, type CodeField, call, codeOf, map, print, raw } from './print';
import { LongTexts } from './texts';

type Settings = PlannedEnvironment['settings'];

/** The file of what several environments are made of: settings and patches that each of them takes over. */
export function layerFile({ identifier, from, environments, settings, patches }: SharedLayer): string {
  const file = new DifferencesFile();
  const declarations: string[] = [];
  const what = `What ${from} says, for ${listed(environments)}`;
  if (settings.length > 0) {
    file.imports.type('strata', 'Layer');
    const groups = [...file.groups(settings, '    ')].map(([key, fields]) => ({ key, value: map(fields) }));
    declarations.push(
      `/** ${what}. */\nexport const ${identifier} = ${print(map(groups), '', 60, 200)} satisfies Layer;\n`,
    );
  }
  if (patches.length > 0) {
    file.imports.type('strata', 'Patch');
    const list = print(file.patches(patches, '  '), '', 60, 200);
    const comment = settings.length > 0 ? 'And what it changes of their objects' : what;
    declarations.push(`/** ${comment}. */\nexport const ${identifier}Patches: readonly Patch[] = ${list};\n`);
  }
  return file.text(declarations);
}

/** The file of an environment: in what it differs. */
export function environmentFile(
  environment: PlannedEnvironment,
  identifier: string,
  all: readonly SharedLayer[],
  plan: AdoptedPlan,
): string {
  const { name, from, secrets } = environment;
  const { layers, settings, patches } = ownPart(environment, all);
  const file = new DifferencesFile();
  file.imports.value('strata', 'environment');
  const shared = layers.filter((layer) => layer.settings.length > 0);
  for (const layer of shared) file.imports.value(`./${layer.name}`, layer.identifier);
  const groups = file.groups(settings, '      ');
  const patching = layers.filter((layer) => layer.patches.length > 0);
  for (const layer of patching) file.imports.value(`./${layer.name}`, `${layer.identifier}Patches`);
  const list = file.patches(patches, '    ');
  const items = [...patching.map((layer) => raw(`...${layer.identifier}Patches`)), ...list.items];
  const stood = `${listed(secrets.slice(0, 3))}${secrets.length > 3 ? ' and others' : ''} stood in Git before the move`;
  const fields: CodeField[] = [
    { key: 'ephemeral', value: raw('false') },
    ...(secrets.length > 0 ? [{ key: 'secretsInGit', value: codeOf(stood) }] : []),
    ...(plan.clusters.length > 1 ? [{ key: 'elsewhere', value: codeOf('it has a cluster of its own') }] : []),
    ...(groups.size + shared.length > 0 ? [{ key: 'settings', value: overLayers(groups, shared) }] : []),
    ...(items.length > 0 ? [{ key: 'patches', value: { is: 'list', items } as Code }] : []),
  ];
  return file.text([
    `/** What ${from} says. */\nexport const ${identifier} = environment('${name}', ${print(map(fields), '', 60, 200)});\n`,
  ]);
}

/** Groups of settings over those of layers: what stands later wins. */
function overLayers(groups: ReadonlyMap<string, readonly CodeField[]>, layers: readonly SharedLayer[]): Code {
  const saying = (group: string) =>
    layers.filter(({ settings }) => settings.some(({ setting }) => setting.group === group));
  const inSeveral = layers
    .flatMap(({ settings }) => settings.map(({ setting }) => setting.group))
    .filter((group) => saying(group).length > 1);
  const merged = [...new Set([...inSeveral, ...groups.keys()])].map((group) => ({
    key: group,
    value: map([
      ...saying(group).map(({ identifier }) => ({ value: raw(`${identifier}.${group}`) })),
      ...(groups.get(group) ?? []),
    ]),
  }));
  const [only] = layers;
  if (only && layers.length === 1 && merged.length === 0) return raw(only.identifier);
  return map([...layers.map(({ identifier }) => ({ value: raw(identifier) })), ...merged]);
}

/** A file of values and changes, each with its reason. */
class DifferencesFile {
  readonly imports = new Imports();
  private readonly texts = new LongTexts();

  /** Values of settings by group. */
  groups(settings: Settings, indent: string): ReadonlyMap<string, readonly CodeField[]> {
    const groups = new Map<string, CodeField[]>();
    for (const { setting, value, reason } of settings) {
      this.imports.value('strata', 'because');
      const given = codeOf(value, (text, path) => this.texts.lateName(text, ['settings', setting.field, ...path]));
      const code = call('because', [given, codeOf(reason)], indent, indent.length + 2 + setting.field.length);
      groups.set(setting.group, [...(groups.get(setting.group) ?? []), { key: setting.field, value: raw(code) }]);
    }
    return groups;
  }

  patches(patches: readonly PlannedPatch[], indent: string): Extract<Code, { is: 'list' }> {
    if (patches.length > 0) this.imports.value('strata', ...patchFunctions(patches));
    const shown = (text: string, path: readonly string[]) => this.texts.lateName(text, path);
    return { is: 'list', items: patches.map((patch) => raw(patchCode(patch, shown, indent))) };
  }

  /** The constants come first: declarations are read at once. */
  text(declarations: readonly string[]): string {
    return [this.imports.toString(), ...this.texts.late(), ...declarations].join('\n');
  }
}
