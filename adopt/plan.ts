import { identityOf, type KubernetesObject, objectName } from '../model/kubernetes';
import { withoutNulls } from '../model/object-differences';
import { changeBetween, pathsIn } from './change';
import { Comparison, type Instance, same } from './compare';
import { type Expression, evaluated, type Meaning, type SettingUse, tokensIn } from './expression';
import { hashedName, isHashed, unhashed, withName } from './hashed';
import { byKey, namespaceOfObjects, type ObjectKey } from './key';
import { Naming, type Part } from './naming';
import { COMMON, SettingBook } from './setting-book';
import type { AdoptedSource, BuiltObject, Overlay } from './source';
import { type Thing, thingsOf } from './things';
import type { Token, Tokens } from './tokens';

/** An object as code says it. */
export interface PlannedObject {
  readonly key: ObjectKey;
  readonly kind: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly expression: Expression;
  /** Whether kubernetes-types has a type that takes it in every overlay. */
  readonly isTyped: boolean;
  /** The name ends in the hash of the content. */
  readonly hashed: boolean;
  /** The folder or file that it comes from. */
  readonly from: string;
}

/** One file of objects: what every target has, or a feature. */
export interface PlannedPart extends Part {
  readonly objects: readonly PlannedObject[];
  readonly settings: readonly SettingUse[];
}

export interface PlannedPatch {
  /** `Deployment/web` */
  readonly object: string;
  readonly change: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly apiVersion: string;
  readonly isTyped: boolean;
}

export interface PlannedEnvironment {
  readonly name: string;
  readonly from: string;
  readonly cluster: string;
  readonly namespace: string | undefined;
  readonly settings: readonly { readonly setting: SettingUse; readonly value: unknown; readonly reason: string }[];
  readonly patches: readonly PlannedPatch[];
  readonly features: readonly PlannedPart[];
  readonly tokens: Tokens;
  /** The names of its objects, by key. */
  readonly names: ReadonlyMap<ObjectKey, string>;
  /** Objects that hold secrets. */
  readonly secrets: readonly string[];
  /** What is to be rendered for it. */
  readonly wanted: readonly KubernetesObject[];
}

/** An adopted platform, before it is written as code. */
export interface AdoptedPlan {
  readonly platform: string;
  readonly kind: string;
  readonly parts: readonly PlannedPart[];
  readonly features: readonly PlannedPart[];
  /** Settings of several parts. */
  readonly common: readonly SettingUse[];
  readonly environments: readonly PlannedEnvironment[];
  readonly clusters: readonly string[];
}

interface Overlaid {
  readonly overlay: Overlay;
  readonly objects: ReadonlyMap<ObjectKey, BuiltObject>;
  readonly tokens: Tokens;
}

/** Plans the code that renders what is built. */
export function planOf(source: AdoptedSource): AdoptedPlan {
  const overlaid = source.overlays.map(ofOverlay);
  const split = new Set<ObjectKey>();
  for (;;) {
    const first = new Attempt(source, overlaid, split);
    const attempt = new Attempt(source, overlaid, split, first.shared);
    if (attempt.failed.size === 0) return attempt.plan();
    const before = split.size;
    for (const key of attempt.failed) split.add(key);
    if (split.size === before) throw new Error(`adopt: no code renders ${[...attempt.failed].join(', ')}`);
  }
}

function ofOverlay(given: Overlay): Overlaid {
  const objects = given.objects.map((built) => ({
    ...built,
    object: withoutNulls(built.object),
    hashed: isHashed(built),
  }));
  const namespace = namespaceOfObjects(objects);
  const { prefix, suffix, name } = given;
  return {
    overlay: { ...given, objects },
    objects: byKey({ objects, namespace }),
    tokens: { namespace, prefix, suffix, environment: name },
  };
}

/** One try, in which some objects are taken to differ as a whole. */
class Attempt {
  /** Objects that no patch makes what they are to be. */
  readonly failed = new Set<ObjectKey>();
  private readonly book: SettingBook;
  private readonly things: ReadonlyMap<ObjectKey, Thing>;
  private readonly naming: Naming;
  private readonly hashed: ReadonlySet<ObjectKey>;
  private readonly reference: ReadonlyMap<ObjectKey, BuiltObject>;
  private readonly planned = new Map<Part, PlannedObject[]>();
  private readonly patches = new Map<string, PlannedPatch[]>();

  constructor(
    private readonly source: AdoptedSource,
    private readonly overlaid: readonly Overlaid[],
    private readonly split: ReadonlySet<ObjectKey>,
    shared: ReadonlySet<string> = new Set(),
  ) {
    const keys = [...new Set(overlaid.flatMap(({ objects }) => [...objects.keys()]))];
    const having = (key: ObjectKey) => overlaid.filter(({ objects }) => objects.has(key));
    this.hashed = new Set(
      keys.filter((key) => !split.has(key) && having(key).every(({ objects }) => objects.get(key)!.hashed)),
    );
    this.things = new Map(overlaid.toReversed().flatMap(({ objects }) => [...thingsOf(objects)]));
    const reference = (source.reference ?? []).map((built) => ({ ...built, object: withoutNulls(built.object) }));
    this.reference = byKey({ objects: reference, namespace: namespaceOfObjects(reference) });
    this.naming = new Naming(
      source,
      keys.flatMap((key) => {
        const home = (some: readonly Overlaid[]) => ({
          key,
          thing: this.things.get(key)!,
          overlays: some.map(({ overlay }) => overlay.name),
          built: some[0]!.objects.get(key)!,
          isSplit: split.has(key),
        });
        return split.has(key) ? having(key).map((one) => home([one])) : [home(having(key))];
      }),
    );
    this.book = new SettingBook(this.naming.identifiers, shared);
    for (const part of this.naming.parts)
      for (const key of part.keys)
        this.add(
          part,
          key,
          having(key).filter(({ overlay }) => part.overlays.includes(overlay.name)),
        );
  }

  get shared(): ReadonlySet<string> {
    return this.book.sharedMarks();
  }

  private add(part: Part, key: ObjectKey, having: readonly Overlaid[]): void {
    const built = having.map(({ objects }) => objects.get(key)!);
    const hashed = this.hashed.has(key);
    const { kind, apiVersion } = built[0]!.object;
    const name = built[0]!.name;
    const values = built.map(({ object }) => (hashed ? withName(object, unhashed(object.metadata.name)) : object));
    const compared = { group: part.group, key, kind, objectName: name, fixed: hashed ? isContent : isSelector };
    const standard = this.reference.get(key)?.object;
    const common = new Comparison(compared, this.book).of(
      values,
      having.map((one) => this.placeOf(one)),
      standard,
    );
    // One that differs as a whole has no patches: as a literal it is right whatever it holds.
    const isRight = !this.split.has(key) || same(evaluated(common, this.meaningOf(having[0]!)), values[0]);
    const expression: Expression = isRight ? common : { is: 'literal', value: values[0] };
    const isTyped = built.every(({ object }) => this.source.isTyped(object));
    const planned = { key, kind, apiVersion, name, expression, isTyped, hashed, from: built[0]!.from };
    this.planned.set(part, [...(this.planned.get(part) ?? []), planned]);
    for (const one of having) this.patch(one, planned, one.objects.get(key)!);
  }

  private placeOf({ overlay, objects, tokens }: Overlaid): Instance {
    const hashed = [...objects].filter(([key]) => this.hashed.has(key));
    return {
      overlay: overlay.name,
      tokens,
      hashed: new Map(hashed.map(([key, { object }]) => [object.metadata.name, key])),
    };
  }

  /** What makes an object of an overlay whole, where the code that all share does not. */
  private patch(one: Overlaid, planned: PlannedObject, built: BuiltObject): void {
    const rendered = renderedIn(planned, this.meaningOf(one));
    if (same(rendered, built.object)) return;
    const { overlay, objects } = one;
    const object = callableName(
      built.object,
      [...objects.values()].map((each) => each.object),
    );
    const change = isSameObject(rendered, built.object) ? changeBetween(rendered, built.object) : undefined;
    if (!change || object === undefined) {
      this.failed.add(planned.key);
      return;
    }
    const reasons = [...pathsIn(change)].map((path) => overlay.reasonFor(built, path) ?? overlay.from);
    const patch = {
      ...{ object, change, apiVersion: planned.apiVersion },
      isTyped: this.source.isTyped(built.object),
      reason: [...new Set(reasons)].join(', '),
    };
    this.patches.set(overlay.name, [...(this.patches.get(overlay.name) ?? []), patch]);
  }

  private meaningOf({ overlay, objects, tokens }: Overlaid): Meaning {
    return {
      ...{ overlay: overlay.name, tokens },
      names: new Map([...objects].map(([key, { object }]) => [key, object.metadata.name])),
    };
  }

  plan(): AdoptedPlan {
    const parts = this.naming.parts.map((part) => ({
      ...part,
      objects: this.planned.get(part) ?? [],
      settings: [...(this.book.groups.get(part.group)?.values() ?? [])],
    }));
    const isBase = ({ feature }: PlannedPart) => !feature;
    const ends = (['prefix', 'suffix'] as const).flatMap((token) => this.endOf(token, parts));
    const common = [...ends, ...(this.book.groups.get(COMMON)?.values() ?? [])];
    const clusters = collide(this.overlaid) ? this.overlaid.map(({ overlay }) => overlay.name) : ['default'];
    return {
      ...{ platform: this.source.platform, kind: this.source.kind, common, clusters },
      parts: parts.filter(isBase),
      features: parts.filter((part) => !isBase(part)),
      environments: this.overlaid.map((one, i) => {
        const { name, from } = one.overlay;
        const features = parts.filter((part) => part.feature && part.overlays.includes(name));
        const groups = [{ settings: common }, ...parts.filter(isBase), ...features];
        return {
          ...{ name, from, features, namespace: one.tokens.namespace, tokens: one.tokens },
          names: this.meaningOf(one).names,
          cluster: clusters[i] ?? clusters[0]!,
          settings: groups.flatMap(({ settings }) => settings.flatMap((setting) => this.chosen(one, setting))),
          patches: this.patches.get(name) ?? [],
          secrets: [...one.objects.values()].filter(holdsSecrets).map(({ object }) => objectName(object)),
          wanted: one.overlay.objects.map(({ object }) => object),
        };
      }),
    };
  }

  /** The value of a setting in an overlay, where it is not what holds anyway. */
  private chosen({ overlay, objects }: Overlaid, setting: SettingUse) {
    const { values, standard, first } = setting;
    if (!values.has(overlay.name) || same(values.get(overlay.name), standard)) return [];
    const built = objects.get(first.key);
    const reason = overlay.reasonFor(built ?? overlay.objects[0]!, first.path) ?? overlay.from;
    return [{ setting, value: values.get(overlay.name), reason }];
  }

  /** The prefix or the suffix of names as a setting, where any code computes names by it. */
  private endOf(token: Token & ('prefix' | 'suffix'), parts: readonly PlannedPart[]): SettingUse[] {
    if (!parts.some(({ objects }) => objects.some(({ expression }) => tokensIn(expression).includes(token)))) return [];
    const values = new Map(this.overlaid.map(({ overlay, tokens }) => [overlay.name, tokens[token] ?? '']));
    const field = token === 'prefix' ? 'namePrefix' : 'nameSuffix';
    return [
      {
        ...{ field, group: COMMON, type: 'text', standard: '', values },
        first: { key: '', object: 'names', path: [field] },
      },
    ];
  }
}

/** What the code of an object renders. */
export function renderedIn({ expression, hashed }: PlannedObject, meaning: Meaning): KubernetesObject {
  const object = evaluated(expression, meaning) as KubernetesObject;
  return hashed ? withName(object, hashedName(object.metadata.name, object)) : object;
}

function isSameObject(a: KubernetesObject, b: KubernetesObject): boolean {
  return a.apiVersion === b.apiVersion && identityOf(a) === identityOf(b);
}

/** How a patch names an object, so that it means no other one. */
function callableName(object: KubernetesObject, all: readonly KubernetesObject[]): string | undefined {
  const { kind, metadata } = object;
  const short = `${kind}/${metadata.name}`;
  const means = (name: string) =>
    all.filter((other) => [`${other.kind}/${other.metadata.name}`, objectName(other)].includes(name));
  return /^[A-Z]\w*$/.test(kind) ? [short, objectName(object)].find((name) => means(name).length === 1) : undefined;
}

function isContent(path: string): boolean {
  return path === 'data' || path === 'binaryData' || path === 'stringData';
}

function isSelector(path: string): boolean {
  return path === 'spec.selector' || path === 'spec.selector.matchLabels';
}

function holdsSecrets({ object }: BuiltObject): boolean {
  return object.kind === 'Secret' && (object['data'] ?? object['stringData']) !== undefined;
}

/** Whether two overlays have an object of one name, so that they cannot stand on one cluster. */
function collide(overlaid: readonly Overlaid[]): boolean {
  const seen = new Map<string, string>();
  for (const { overlay } of overlaid)
    for (const { object } of overlay.objects) {
      const identity = identityOf(object);
      if (seen.has(identity) && seen.get(identity) !== overlay.name) return true;
      seen.set(identity, overlay.name);
    }
  return false;
}
