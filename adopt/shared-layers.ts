import { same } from './compare';
import type { AdoptedPlan, PlannedEnvironment, PlannedPatch } from './planned';
import { camel, isFreeWord, label } from './words';

type ChosenSetting = PlannedEnvironment['settings'][number];

/** What a folder that several overlays are made of says: one file for all of them. */
export interface SharedLayer {
  /** Of the file: `prod-base`. */
  readonly name: string;
  readonly identifier: string;
  /** The folder, relative to the source. */
  readonly from: string;
  /** The environments that are made of it. */
  readonly environments: readonly string[];
  readonly settings: readonly ChosenSetting[];
  readonly patches: readonly PlannedPatch[];
}

/** An environment without what layers say. */
export interface OwnPart {
  /** The most general one first: what comes later wins. */
  readonly layers: readonly SharedLayer[];
  readonly settings: readonly ChosenSetting[];
  readonly patches: readonly PlannedPatch[];
}

/** Fewer differences than these are sooner read where they are. */
const MANY = 3;

/** Files that stand beside those of environments. */
const TAKEN = ['matrix', 'namespaces'];

/** The layers between what all environments have in common and each of them. */
export function layersOf({ environments }: Pick<AdoptedPlan, 'environments'>): SharedLayer[] {
  const names = new Set([...TAKEN, ...environments.map(({ name }) => name)]);
  const layers: SharedLayer[] = [];
  for (const folder of foldersOf(environments)) {
    const having = environments.filter((one) => speaks(one, folder));
    const settings = having
      .flatMap((one) => one.settings)
      .filter(({ reason }) => isFrom(reason, folder))
      .filter((chosen, i, all) => all.findIndex((other) => isSameSetting(other, chosen)) === i)
      .filter((chosen) => isOfAll(chosen, having));
    const patches = sharedPatches(having, folder);
    if (having.length < 2 || settings.length + patches.length < MANY) continue;
    const name = freeName(folder, names);
    names.add(name);
    const identifier = isFreeWord(name) ? camel(name) : camel(`${name}-layer`);
    layers.push({ name, identifier, from: folder, environments: having.map((one) => one.name), settings, patches });
  }
  return layers.sort((a, b) => b.environments.length - a.environments.length);
}

/** What is left to an environment beside its layers. */
export function ownPart(environment: PlannedEnvironment, all: readonly SharedLayer[]): OwnPart {
  const layers = all.filter(({ environments }) => environments.includes(environment.name));
  const settings = environment.settings.filter((chosen) => {
    const said = layers.flatMap((layer) => layer.settings).filter((other) => isOfOneSetting(other, chosen));
    return !(said.length > 0 && isSameSetting(said.at(-1)!, chosen));
  });
  const patches = environment.patches.filter(
    (patch) => !layers.some((layer) => layer.patches.some((other) => isSamePatch(other, patch))),
  );
  return { layers, settings, patches };
}

/** The folders that reasons name and that are no environment's own. */
function foldersOf(environments: readonly PlannedEnvironment[]): string[] {
  const folders = environments.flatMap(({ from, settings, patches }) =>
    [...settings, ...patches]
      .flatMap(({ reason }) => reason.split(', '))
      .map(folderOf)
      .filter((folder) => folder !== '' && !isBelow(folder, from)),
  );
  return [...new Set(folders)];
}

/** `envs/prod/base` of `envs/prod/base/kustomization.yaml: images` */
function folderOf(reason: string): string {
  const file = reason.replace(/: .*$/, '');
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}

function isBelow(folder: string, from: string): boolean {
  return folder === from || folder.startsWith(`${from}/`);
}

function isFrom(reason: string, folder: string): boolean {
  return reason.split(', ').every((file) => folderOf(file) === folder);
}

function speaks({ settings, patches }: PlannedEnvironment, folder: string): boolean {
  return [...settings, ...patches].some(({ reason }) => reason.split(', ').some((file) => folderOf(file) === folder));
}

/** Whether each environment has this value, or one of its own in place of it. */
function isOfAll(chosen: ChosenSetting, having: readonly PlannedEnvironment[]): boolean {
  const own = having.map(({ settings }) => settings.find((other) => isOfOneSetting(other, chosen)));
  return !own.includes(undefined) && own.filter((other) => isSameSetting(other!, chosen)).length > 1;
}

function isOfOneSetting(a: ChosenSetting, b: ChosenSetting): boolean {
  return a.setting.group === b.setting.group && a.setting.field === b.setting.field;
}

function isSameSetting(a: ChosenSetting, b: ChosenSetting): boolean {
  return isOfOneSetting(a, b) && same(a.value, b.value) && a.reason === b.reason;
}

/** The patches that all of these environments have, with the files that all of them name. */
function sharedPatches(having: readonly PlannedEnvironment[], folder: string): PlannedPatch[] {
  const [first, ...others] = having;
  return (first?.patches ?? []).flatMap((patch) => {
    const alike = others.map(({ patches }) => patches.find((other) => isSamePatch(other, patch)));
    if (alike.includes(undefined)) return [];
    const files = patch.reason
      .split(', ')
      .filter((file) => alike.every((other) => other!.reason.split(', ').includes(file)));
    const reason = files.join(', ');
    return files.length > 0 && isFrom(reason, folder) ? [{ ...patch, reason }] : [];
  });
}

function isSamePatch(a: PlannedPatch, b: PlannedPatch): boolean {
  return a.object === b.object && same(a.others ?? [], b.others ?? []) && same(a.change, b.change);
}

/** Says of itself nothing but that others are made of it. */
const GENERAL = /^(base|bases|common|shared|overlay|overlays|kustomize|default)$/;

function freeName(folder: string, taken: ReadonlySet<string>): string {
  const words = folder.split('/').filter((word) => word !== '..' && word !== '.');
  const count = GENERAL.test(words.at(-1) ?? '') ? 2 : 1;
  const names = [count, count + 1, words.length].map((parts) => label(words.slice(-parts).join('-'), 'shared', 40));
  let name = names.find((one) => !taken.has(one)) ?? `${names.at(-1)}-layer`;
  while (taken.has(name)) name = `${name}-layer`;
  return name;
}
