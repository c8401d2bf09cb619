import type { ObjectKey } from './key';
import type { AdoptedSource, BuiltObject } from './source';
import { standsTogether, type Thing, WORKLOADS } from './things';
import { camel, isFreeWord, label } from './words';

/** One file of the project that adds objects. */
export interface Part {
  /** Of the file and the component: `web`. */
  readonly name: string;
  /** Of the function or the feature: `web`. */
  readonly identifier: string;
  /** Of its settings. */
  readonly group: string;
  readonly folder: 'workloads' | 'shared' | 'features';
  readonly feature: boolean;
  /** The folder of the component that brings it. @default - none does */
  readonly component?: string;
  /** It has what the component changes. */
  readonly isChanging?: boolean;
  readonly overlays: readonly string[];
  readonly keys: readonly ObjectKey[];
  /** The functions of its objects whose names end in a hash, by key. */
  readonly functions: ReadonlyMap<ObjectKey, string>;
}

/** An object that needs a file. */
export interface Homeless {
  readonly key: ObjectKey;
  readonly thing: Thing;
  readonly overlays: readonly string[];
  readonly built: BuiltObject;
  /** Its name ends in the hash of its content, in some overlay at least. */
  readonly isHashed: boolean;
  /** It has another form in other overlays. */
  readonly isSplit: boolean;
}

/** The components that every platform has, the groups of settings, and files of the project. */
const TAKEN = ['platform', 'common', 'route', 'objects', 'index', 'main', 'matrix', 'names', 'namespaces', 'settings'];

/** Which objects stand in which file, and what files, functions and settings are called. */
export class Naming {
  readonly parts: readonly Part[];
  /** Names that functions of the code have. */
  readonly identifiers: ReadonlySet<string>;

  constructor(
    private readonly source: AdoptedSource,
    objects: readonly Homeless[],
    changing: readonly { readonly component: string; readonly overlays: readonly string[] }[] = [],
  ) {
    const everywhere = source.overlays.length;
    const base = objects.filter(({ overlays }) => overlays.length === everywhere && everywhere > 0);
    const names = new Set(TAKEN);
    const identifiers = new Set<string>();
    const parts: Part[] = [];
    const add = (
      folder: Part['folder'],
      candidates: readonly string[],
      members: readonly Homeless[],
      more: Pick<Part, 'overlays'> & Partial<Part> = members[0]!,
    ) => {
      const name = firstFree(candidates, names);
      names.add(name);
      const identifier = firstFree(namesInCode(name, PART_WORDS[folder]), identifiers, 'Part');
      identifiers.add(identifier);
      parts.push({
        ...{ name, identifier, group: identifier, folder, feature: folder === 'features' },
        keys: members.map(({ key }) => key),
        functions: new Map(),
        overlays: more.overlays,
        ...(more.component === undefined ? {} : { component: more.component }),
        ...(more.isChanging ? { isChanging: true } : {}),
      });
    };
    for (const members of grouped(base, ({ thing }) => thing.name)) {
      const { thing } = members[0]!;
      const own = label(thing.name, 'things');
      add(thing.isWorkload ? 'workloads' : 'shared', [own, `${own}-objects`, kindWord(members[0]!)], members);
    }
    const some = objects.filter((one) => !base.includes(one));
    for (const members of grouped(some, (one) => JSON.stringify([one.overlays, this.placeOf(one), one.isSplit])))
      add('features', this.featureNames(members), members, this.changesIn(members, changing));
    for (const { component, overlays } of changing)
      if (!parts.some((part) => part.isChanging && part.component === component))
        add('features', [componentName(component), `${componentName(component)}-changes`], [], {
          component,
          overlays,
          isChanging: true,
        });
    const byPart = new Map(parts.flatMap((part) => part.keys.map((key) => [`${key} ${part.overlays}`, part] as const)));
    for (const { key, overlays, built, isHashed, isSplit } of objects) {
      if (!isHashed || isSplit) continue;
      const kind = built.object.kind === 'Secret' ? 'secret' : 'config';
      const name = firstFree(namesInCode(built.name, kind), identifiers, 'Object');
      identifiers.add(name);
      (byPart.get(`${key} ${overlays}`)!.functions as Map<ObjectKey, string>).set(key, name);
    }
    this.parts = parts;
    this.identifiers = identifiers;
  }

  /** What the objects of a feature have in common: the component that brings them, or the thing that they are of. */
  private placeOf({ built, thing, isSplit }: Homeless): string {
    return (isSplit ? undefined : this.componentOf(built)) ?? thing.name;
  }

  private componentOf({ from }: BuiltObject): string | undefined {
    return this.source.components
      .filter((folder) => from === folder || from.startsWith(`${folder}/`))
      .sort((a, b) => b.length - a.length)[0];
  }

  /** The component of a feature, and whether its changes are a part of it. */
  private changesIn(
    [first]: readonly Homeless[],
    changing: readonly { readonly component: string; readonly overlays: readonly string[] }[],
  ): Pick<Part, 'overlays'> & Partial<Part> {
    const { built, overlays, isSplit } = first!;
    const component = isSplit ? undefined : this.componentOf(built);
    if (component === undefined) return { overlays };
    const isSame = ({ component: folder, overlays: all }: (typeof changing)[number]) =>
      folder === component && JSON.stringify(all) === JSON.stringify(overlays);
    return { component, overlays, isChanging: changing.some(isSame) };
  }

  private featureNames(members: readonly Homeless[]): string[] {
    const [first] = members;
    const { thing, built, overlays, isSplit } = first!;
    const own = label(thing.name, 'things');
    const there = label(`${own}-in-${overlays.join('-and-')}`, own);
    const component = isSplit ? undefined : this.componentOf(built);
    if (component !== undefined) return [componentName(component), there];
    // Most overlays have the usual form, the others a form of their own.
    const isUsual = overlays.length * 2 > this.source.overlays.length;
    if (isSplit) return isUsual ? [own, label(`${own}-${kindWord(first!)}`, own), there] : [there];
    const kinds = [...new Set(members.map(kindWord))];
    if (kinds.length > 1 || own === kinds[0]) return [own, there];
    const isOnly = members.length === 1;
    if (standsTogether(built, thing))
      return isOnly ? [withKind(label(built.name, own), kinds[0]!), there] : [own, there];
    const isWorkload = members.some((one) => WORKLOADS.has(one.built.object.kind));
    return !isWorkload && (thing.isWorkload || built.name !== thing.name)
      ? [label(`${own}-${kinds[0]}`, own), there]
      : [own, label(`${own}-${kinds[0]}`, own), there];
  }
}

/** `default-deny` as `default-deny-network-policy`, and `web-network-policy` as it is. */
function withKind(name: string, kind: string): string {
  return name.endsWith(kind) ? name : label(`${name}-${kind}`, name);
}

const PART_WORDS = { workloads: 'workload', shared: 'objects', features: 'feature' } as const;

/** What code may call something: by its name, where that is no word of the language, or by what it is. */
function namesInCode(name: string, what: string): string[] {
  return [...(isFreeWord(name) ? [camel(name)] : []), camel(`${name}-${what}`)];
}

function componentName(folder: string): string {
  return label(folder.slice(folder.lastIndexOf('/') + 1), 'component');
}

function firstFree(candidates: readonly string[], taken: ReadonlySet<string>, more = '-objects'): string {
  const free = candidates.find((name) => !taken.has(name));
  return (
    free ??
    firstFree(
      candidates.map((name) => `${name}${more}`),
      taken,
      more,
    )
  );
}

function grouped(objects: readonly Homeless[], by: (one: Homeless) => string): Homeless[][] {
  const groups = new Map<string, Homeless[]>();
  for (const one of objects) groups.set(by(one), [...(groups.get(by(one)) ?? []), one]);
  return [...groups.values()];
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  HorizontalPodAutoscaler: 'autoscaler',
  PodDisruptionBudget: 'disruption-budget',
  PersistentVolumeClaim: 'claim',
  ServiceAccount: 'account',
  ConfigMap: 'config',
};

function kindWord({ built }: Homeless): string {
  return KIND_WORDS[built.object.kind] ?? label(built.object.kind, 'object');
}
