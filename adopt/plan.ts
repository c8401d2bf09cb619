import { identityOf, type KubernetesObject, objectName } from '../model/kubernetes';
import { withoutNulls } from '../model/object-differences';
import { type ReasonedPatch, withAlike } from './alike';
import { callableName } from './callable-name';
import { changeBetween, pathsIn } from './change';
import { Comparison, same } from './compare';
import { type Expression, evaluated, type Meaning, type SettingUse, tokensIn } from './expression';
import { type Groups, grouped, type Overlaid, withoutOdd } from './groups';
import { hashedName, isHashed, unhashed, withName } from './hashed';
import { imageUses, SharedImages } from './images';
import type { Instance } from './instance';
import { byKey, type ObjectKey, overlayNamespaces } from './key';
import { applied, Moves } from './moves';
import { Naming, type Part } from './naming';
import { commonOrigin } from './origin';
import { PatchedFields, patchedFields } from './patched-fields';
import type { AdoptedPlan, PlannedObject, PlannedPart, PlannedPatch } from './planned';
import { COMMON, SettingBook } from './setting-book';
import type { AdoptedSource, BuiltObject, Overlay } from './source';
import { type Thing, thingsOf } from './things';
import { commonPieces, type Token } from './tokens';

/** Plans the code that renders what is built. */
export function planOf(source: AdoptedSource): AdoptedPlan {
  const overlaid = overlaidOf(source.overlays);
  let groups: Groups = new Map();
  let kept: ReadonlySet<ObjectKey> = new Set();
  let patched = new PatchedFields();
  for (;;) {
    const moves = new Moves(overlaid, kept);
    const { keyed, split } = grouped(overlaid, groups);
    const first = new Attempt(source, keyed, split, moves, patched);
    const attempt = new Attempt(source, keyed, split, moves, patched, first.shared);
    const isWhole = attempt.kept.size + attempt.failed.size === 0;
    if (isWhole && attempt.patched.size === 0) return attempt.plan();
    if (isWhole) patched = patched.and(attempt.patched);
    kept = new Set([...kept, ...attempt.kept]);
    groups = withoutOdd(groups, attempt.failed, split, keyed);
  }
}

function overlaidOf(overlays: readonly Overlay[]): Overlaid[] {
  const all = overlays.map(({ objects }) =>
    objects.map((built) => ({ ...built, object: withoutNulls(built.object), hashed: isHashed(built) })),
  );
  const namespaces = overlayNamespaces(all);
  return overlays.map((given, i) => {
    const { prefix, suffix, name } = given;
    const tokens = { namespace: namespaces[i], prefix, suffix, environment: name };
    return { overlay: { ...given, objects: all[i]! }, objects: byKey(all[i]!, tokens), tokens };
  });
}

/** What overlays have in common, by key. Namespaces that overlays have beside their own are no namespace of its own either. */
function referenceOf(
  { reference = [] }: AdoptedSource,
  overlaid: readonly Overlaid[],
): ReadonlyMap<ObjectKey, BuiltObject> {
  const others = new Set(
    overlaid.flatMap(({ overlay, tokens }) =>
      overlay.objects.map(({ object }) => object.metadata.namespace).filter((name) => name !== tokens.namespace),
    ),
  );
  const objects = reference.map((built) => ({
    ...built,
    object: withoutNulls(built.object),
    hashed: isHashed(built),
  }));
  const [namespace] = overlayNamespaces([objects.filter(({ object }) => !others.has(object.metadata.namespace))]);
  return byKey(objects, { namespace, environment: undefined, prefix: '', suffix: '' });
}

/** One try, in which some objects are taken to differ as a whole. */
class Attempt {
  /** Objects that no patch makes what they are to be, with the overlays in which that is so. */
  readonly failed = new Map<ObjectKey, string[]>();
  /** Objects, by their keys in the source, that features cannot change as components did. */
  readonly kept = new Set<ObjectKey>();
  /** Fields that patches say whatever the settings are that they were compared to. */
  readonly patched = new PatchedFields();
  private readonly book: SettingBook;
  private readonly things: ReadonlyMap<ObjectKey, Thing>;
  private readonly naming: Naming;
  private readonly images: SharedImages;
  private readonly hashed: ReadonlySet<ObjectKey>;
  private readonly reference: ReadonlyMap<ObjectKey, BuiltObject>;
  private readonly planned = new Map<Part, PlannedObject[]>();
  private readonly patches = new Map<string, ReasonedPatch[]>();

  constructor(
    private readonly source: AdoptedSource,
    private readonly overlaid: readonly Overlaid[],
    /** Keys of objects that are one in some of their overlays only: the keys that they have in the source. */
    private readonly split: ReadonlyMap<ObjectKey, ObjectKey>,
    private readonly moves: Moves,
    /** What was found to be patched so before. */
    private readonly known: PatchedFields,
    shared: ReadonlySet<string> = new Set(),
  ) {
    const keys = [...new Set(overlaid.flatMap(({ objects }) => [...objects.keys()]))];
    const having = (key: ObjectKey) => overlaid.filter(({ objects }) => objects.has(key));
    this.hashed = new Set(
      keys.filter((key) => !split.has(key) && having(key).some(({ objects }) => objects.get(key)!.hashed)),
    );
    this.things = new Map(overlaid.toReversed().flatMap(({ objects }) => [...thingsOf(objects)]));
    this.reference = referenceOf(source, overlaid);
    this.naming = new Naming(
      source,
      keys.map((key) => {
        const some = having(key);
        return {
          key,
          thing: this.things.get(key)!,
          overlays: some.map(({ overlay }) => overlay.name),
          built: some[0]!.objects.get(key)!,
          isHashed: this.hashed.has(key),
          isSplit: split.has(key),
        };
      }),
      [...new Set(moves.all.map(({ component }) => component))].map((component) => ({
        component,
        overlays: moves.overlaysOf(component),
      })),
    );
    this.book = new SettingBook(this.naming.identifiers, shared);
    this.images = this.imagesOf(having);
    for (const part of this.naming.parts) for (const key of part.keys) this.add(part, key, having(key));
  }

  get shared(): ReadonlySet<string> {
    return this.book.sharedMarks();
  }

  /** The images of all objects, before any of them is code. */
  private imagesOf(having: (key: ObjectKey) => readonly Overlaid[]): SharedImages {
    const uses = this.naming.parts.flatMap(({ group, keys }) =>
      keys.flatMap((key) => {
        const source = this.inSource(key);
        const objects = having(key).map(({ overlay, objects }) => {
          const start = this.moves.startOf(overlay.name, source);
          return [overlay.name, start ?? objects.get(key)!.object] as const;
        });
        const { object, name } = having(key)[0]!.objects.get(key)!;
        const about = { group, key, kind: object.kind, objectName: name };
        return imageUses(about, new Map(objects), this.reference.get(source)?.object);
      }),
    );
    const tokens = new Map(this.overlaid.map((one) => [one.overlay.name, one.tokens]));
    return new SharedImages(uses, ({ values }) => {
      const own = [...values.keys()].map((name) => tokens.get(name)!);
      return commonPieces([...values.values()], own, { whole: false, word: () => false }) !== undefined;
    });
  }

  private add(part: Part, key: ObjectKey, having: readonly Overlaid[]): void {
    const built = having.map(({ objects }) => objects.get(key)!);
    const hashed = this.hashed.has(key);
    const { kind, apiVersion } = built[0]!.object;
    const name = built[0]!.name;
    const values = built.map(({ object, hashed: isSo }, i) => {
      const start = this.moves.startOf(having[i]!.overlay.name, this.inSource(key)) ?? object;
      return hashed && isSo ? withName(start, unhashed(start.metadata.name)) : start;
    });
    const compared = {
      ...{ group: part.group, key, kind, objectName: name, fixed: hashed ? isContent : isSelector },
      isPatched: (path: readonly string[], overlay: string) => this.known.has(key, path, overlay),
    };
    const standard = this.reference.get(this.inSource(key));
    const common = new Comparison(compared, this.book, this.images).of(
      values,
      having.map((one) => this.placeOf(one)),
      standard?.object,
    );
    // What only one overlay has has no patches: as a literal it is right whatever it holds.
    const isRight = !this.isAlone(key, having) || same(evaluated(common, this.meaningOf(having[0]!)), values[0]);
    const expression: Expression = isRight ? common : { is: 'literal', value: values[0] };
    const isTyped = built.every(({ object }) => this.source.isTyped(object));
    const hashedIf =
      hashed && !built.every((one) => one.hashed)
        ? this.book.use({
            ...{ ...compared, path: HASH, type: 'flag', called: 'hash-in-name', standard: standard?.hashed ?? true },
            values: new Map(built.map((one, i) => [having[i]!.overlay.name, one.hashed])),
          })
        : undefined;
    const planned = {
      ...{ key, kind, apiVersion, name, expression, isTyped, hashed },
      from: commonOrigin(built.map(({ from }) => from)) ?? built[0]!.from,
      ...(hashedIf ? { hashedIf } : {}),
    };
    this.planned.set(part, [...(this.planned.get(part) ?? []), planned]);
    for (const one of having) this.patch(one, planned, one.objects.get(key)!);
  }

  private placeOf({ overlay, objects, tokens }: Overlaid): Instance {
    const configs = [...objects].filter(([key]) => this.hashed.has(key));
    const named = (isSo: boolean) =>
      new Map(configs.flatMap(([key, { object, hashed }]) => (hashed === isSo ? [[object.metadata.name, key]] : [])));
    return { overlay: overlay.name, tokens, hashed: named(true), unhashed: named(false) };
  }

  private inSource(key: ObjectKey): ObjectKey {
    return this.split.get(key) ?? key;
  }

  /** Whether an object is the only one of its key, after others could not be said with it. */
  private isAlone(key: ObjectKey, having: readonly Overlaid[]): boolean {
    return this.split.has(key) && having.length === 1;
  }

  /** What makes an object of an overlay whole, where the code that all share does not. */
  private patch(one: Overlaid, planned: PlannedObject, built: BuiltObject): void {
    const { overlay, objects } = one;
    const source = this.inSource(planned.key);
    const moves = this.moves.in(overlay.name, source);
    const meaning = this.meaningOf(one);
    const moved = (expression: Expression) =>
      moves.reduce<KubernetesObject | undefined>(
        (object, { change }) => object && applied(object, change),
        renderedIn({ ...planned, expression }, meaning),
      );
    const rendered = moved(planned.expression);
    const markPatched = (change: Readonly<Record<string, unknown>>) => {
      const patched = (expression: Expression) => {
        const other = moved(expression);
        return other && applied(other, change);
      };
      for (const path of patchedFields(planned.expression, meaning, built.object, patched))
        this.patched.add(planned.key, path, overlay.name);
    };
    if (rendered && same(rendered, built.object)) {
      if (moves.length > 0) markPatched({});
      return;
    }
    const object = callableName(
      built.object,
      [...objects.values()].map((each) => each.object),
    );
    const change = rendered && isSameObject(rendered, built.object) ? changeBetween(rendered, built.object) : undefined;
    if ((!change || object === undefined) && moves.length > 0) {
      this.kept.add(source);
      return;
    }
    if (!change || object === undefined) {
      this.failed.set(planned.key, [...(this.failed.get(planned.key) ?? []), overlay.name]);
      return;
    }
    markPatched(change);
    const patch = {
      ...{ object, change, apiVersion: planned.apiVersion },
      isTyped: this.source.isTyped(built.object),
      reasonOf: (fields: object) => [...pathsIn(fields)].map((path) => overlay.reasonFor(built, path) ?? overlay.from),
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
      patches: this.patchesOf(part),
    }));
    const isBase = ({ feature }: PlannedPart) => !feature;
    const ends = (['prefix', 'suffix'] as const).flatMap((token) => this.endOf(token, parts));
    const common = [...ends, ...(this.book.groups.get(COMMON)?.values() ?? [])];
    const clusters = collide(this.overlaid) ? this.overlaid.map(({ overlay }) => overlay.name) : ['default'];
    return {
      ...{ platform: this.source.platform, kind: this.source.kind, common, clusters },
      ...{ kubernetes: this.source.kubernetes, leftOut: this.source.leftOut ?? [] },
      parts: parts.filter(isBase),
      features: parts.filter((part) => !isBase(part)),
      environments: this.overlaid.map((one, i) => {
        const { name, from } = one.overlay;
        const features = this.inOrder(
          name,
          parts.filter((part) => part.feature && part.overlays.includes(name)),
        );
        const groups = [{ settings: common }, ...parts.filter(isBase), ...features];
        return {
          ...{ name, from, features, namespace: one.tokens.namespace, tokens: one.tokens },
          names: this.meaningOf(one).names,
          cluster: clusters[i] ?? clusters[0]!,
          settings: groups.flatMap(({ settings }) => settings.flatMap((setting) => this.chosen(one, setting))),
          patches: withAlike(this.patches.get(name) ?? []),
          secrets: [...one.objects.values()].filter(holdsSecrets).map(nameForPeople),
          wanted: one.overlay.objects.map(({ object }) => object),
        };
      }),
    };
  }

  /** What a component changes of objects of others. */
  private patchesOf({ component, isChanging }: Part): PlannedPatch[] {
    if (!isChanging) return [];
    const patches = this.moves.all
      .filter((move) => move.component === component)
      .map(({ key, object, change, reasonOf }) => {
        const all = this.overlaid.flatMap(({ objects }) => [...objects]).filter(([own]) => this.inSource(own) === key);
        const { apiVersion } = all[0]![1].object;
        return {
          ...{ object, change, reasonOf, apiVersion },
          isTyped: all.every(([, built]) => this.source.isTyped(built.object)),
        };
      });
    return withAlike(patches);
  }

  /** Features that change objects come in the order of their components. */
  private inOrder(overlay: string, features: readonly PlannedPart[]): PlannedPart[] {
    const order = this.moves.orderIn(overlay);
    const rank = ({ component, patches }: PlannedPart) => (patches.length > 0 ? order.indexOf(component!) : -1);
    const changing = features.filter((part) => rank(part) >= 0).sort((a, b) => rank(a) - rank(b));
    // Each of the others stays where it is.
    return features.map((part) => (rank(part) >= 0 ? changing.shift()! : part));
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
        objects: new Set(),
      },
    ];
  }
}

/** What the code of an object renders. */
export function renderedIn({ expression, hashed, hashedIf }: PlannedObject, meaning: Meaning): KubernetesObject {
  const object = evaluated(expression, meaning) as KubernetesObject;
  const isHashed = hashed && (!hashedIf || evaluated({ is: 'setting', setting: hashedIf, at: HASH }, meaning) === true);
  return isHashed ? withName(object, hashedName(object.metadata.name, object)) : object;
}

function isSameObject(a: KubernetesObject, b: KubernetesObject): boolean {
  return a.apiVersion === b.apiVersion && identityOf(a) === identityOf(b);
}

/** Where the hash is, as settings and reasons speak of it. */
const HASH = ['metadata', 'name', 'hash'];

function isContent(path: string): boolean {
  return path === 'data' || path === 'binaryData' || path === 'stringData';
}

function isSelector(path: string): boolean {
  return path === 'spec.selector' || path === 'spec.selector.matchLabels';
}

function holdsSecrets({ object }: BuiltObject): boolean {
  return object.kind === 'Secret' && (object['data'] ?? object['stringData']) !== undefined;
}

/** Without the hash, which is another one as soon as the content is. */
function nameForPeople({ object, hashed }: BuiltObject): string {
  return objectName(hashed ? withName(object, unhashed(object.metadata.name)) : object);
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
