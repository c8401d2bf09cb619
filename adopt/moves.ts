import { StrataError } from '../model/errors';
import { isMap } from '../model/is-map';
import type { KubernetesObject } from '../model/kubernetes';
import { withoutNulls } from '../model/object-differences';
import { withPatch } from '../model/patched';
import { callableName } from './callable-name';
import { changeBetween, pathsIn } from './change';
import { same } from './compare';
import type { Overlaid } from './groups';
import { byKey, type ObjectKey } from './key';
import type { BuiltObject, ComponentStep } from './source';

type Fields = Readonly<Record<string, unknown>>;

/** A change of an object that a component makes in every overlay that has it, so that it belongs to the component's feature. */
export interface Move {
  readonly component: string;
  readonly key: ObjectKey;
  /** As a patch names the object. */
  readonly object: string;
  readonly change: Fields;
  /** The files of the component that make fields what they are. */
  readonly reasonOf: (change: Fields) => readonly string[];
}

/** The changes of a component by key, in one overlay. */
interface Step extends Pick<ComponentStep, 'component' | 'reasonFor'> {
  readonly changes: ReadonlyMap<ObjectKey, Fields>;
}

/** What features change, and what the objects are before that. */
export class Moves {
  /** In the order in which they are applied, by the overlay. */
  private readonly steps: ReadonlyMap<string, readonly Step[]>;
  private readonly starts = new Map<string, ReadonlyMap<ObjectKey, BuiltObject>>();
  readonly all: readonly Move[];
  private readonly before = new Map<string, KubernetesObject>();

  /** `kept`: keys of objects whose changes are left to environments. */
  constructor(
    private readonly overlaid: readonly Overlaid[],
    private readonly kept: ReadonlySet<ObjectKey>,
  ) {
    this.steps = new Map(overlaid.map((one) => [one.overlay.name, this.stepsOf(one)]));
    const components = new Set([...this.steps.values()].flatMap((steps) => steps.map(({ component }) => component)));
    const movable = [...components].flatMap((component) => [...this.movesOf(component)]);
    const whole = movable.filter(({ key }) => this.canStart(key, movable));
    this.all = whole;
  }

  /** The overlays that have a component. */
  overlaysOf(component: string): string[] {
    return this.overlaid
      .map(({ overlay }) => overlay.name)
      .filter((name) => this.steps.get(name)!.some((step) => step.component === component));
  }

  /** What features change of an object in an overlay, in their order. */
  in(overlay: string, key: ObjectKey): Move[] {
    return this.steps
      .get(overlay)!
      .flatMap(({ component }) => this.all.filter((move) => move.component === component && move.key === key));
  }

  /** The components of an overlay in their order. */
  orderIn(overlay: string): string[] {
    return this.steps.get(overlay)!.map(({ component }) => component);
  }

  /** An object of an overlay before features change it; undefined where none does. */
  startOf(overlay: string, key: ObjectKey): KubernetesObject | undefined {
    return this.before.get(`${overlay} ${key}`);
  }

  private stepsOf({ overlay, objects, tokens }: Overlaid): Step[] {
    const { steps = [] } = overlay;
    const states = [
      ...steps.map(({ before }) => {
        const known = byKey(
          before.map((built) => ({ ...built, object: withoutNulls(built.object) })),
          tokens,
        );
        return withNamesOf(known, objects);
      }),
      objects,
    ];
    this.starts.set(overlay.name, states[0]!);
    return steps.map(({ component, reasonFor }, i) => {
      const changes = new Map<ObjectKey, Fields>();
      for (const [key, { object }] of states[i + 1]!) {
        const earlier = states[i]!.get(key)?.object;
        if (!earlier || same(earlier, object) || isOf(component, objects.get(key))) continue;
        const change = changeBetween(earlier, object);
        if (change) changes.set(key, change);
      }
      return { component, reasonFor, changes };
    });
  }

  /** What a component changes alike wherever it is; nothing where all overlays have it, because it is no feature then. */
  private *movesOf(component: string): Generator<Move> {
    const having = this.overlaid.filter(({ overlay }) => this.overlaysOf(component).includes(overlay.name));
    if (having.length === this.overlaid.length) return;
    const steps = having.map(
      ({ overlay }) => this.steps.get(overlay.name)!.find((step) => step.component === component)!,
    );
    for (const key of steps[0]!.changes.keys()) {
      const changes = steps.map((step) => step.changes.get(key));
      if (this.kept.has(key) || changes.includes(undefined)) continue;
      const change = (changes as Fields[]).reduce(commonOf);
      const built = having.map(({ objects }) => objects.get(key));
      const names = having.map(({ objects }, i) => built[i] && callableName(built[i].object, objectsIn(objects)));
      const [object] = names;
      if (Object.keys(change).length === 0 || object === undefined || names.some((name) => name !== object)) continue;
      // The content is what the name is the hash of: it is changed where it is written.
      if (built.some((one) => one!.hashed) && CONTENT.some((field) => Object.hasOwn(change, field))) continue;
      const reasonOf = (fields: Fields) =>
        [...pathsIn(fields)].map((path) => steps[0]!.reasonFor(built[0]!, path) ?? component);
      yield { component, key, object, change, reasonOf };
    }
  }

  /** Finds what an object is before features change it; not where what is left to environments does not fit to that. */
  private canStart(key: ObjectKey, moves: readonly Move[]): boolean {
    const found = new Map<string, KubernetesObject>();
    for (const { overlay, objects } of this.overlaid) {
      const steps = this.steps.get(overlay.name)!;
      const wanted = objects.get(key)?.object;
      const start = this.starts.get(overlay.name)!.get(key)?.object;
      if (!wanted || !start || steps.length === 0) continue;
      let [object, whole]: [KubernetesObject, KubernetesObject] = [start, start];
      for (const { component, changes } of steps) {
        const change = changes.get(key);
        if (!change) continue;
        const move = moves.find((each) => each.component === component && each.key === key);
        const rest = move ? withoutCommon(change, move.change) : change;
        const own = applied(object, rest);
        const all = applied(whole, change);
        if (!own || !all) return false;
        [object, whole] = [own, all];
      }
      // What no patch says of a component is nowhere in its changes.
      if (!same(whole, wanted)) return false;
      found.set(`${overlay.name} ${key}`, object);
    }
    for (const [place, object] of found) this.before.set(place, object);
    return true;
  }
}

/** What the hash of a name is of. */
const CONTENT = ['data', 'binaryData', 'stringData', 'type'];

/** An object with a change; undefined where it does not fit. */
export function applied(object: KubernetesObject, change: Fields): KubernetesObject | undefined {
  if (Object.keys(change).length === 0) return object;
  const patch = { object: `${object.kind}/${object.metadata.name}`, change, reason: 'as it was', at: NOWHERE };
  try {
    return withoutNulls(withPatch('a patch', patch, [object], 'target').changed);
  } catch (error) {
    if (error instanceof StrataError) return undefined;
    throw error;
  }
}

const NOWHERE = new Error('never thrown');

function isOf(component: string, built: BuiltObject | undefined): boolean {
  return built === undefined || built.from === component || built.from.startsWith(`${component}/`);
}

function objectsIn(objects: ReadonlyMap<ObjectKey, BuiltObject>): KubernetesObject[] {
  return [...objects.values()].map(({ object }) => object);
}

/** The fields that two changes have in common. */
function commonOf(one: Fields, other: Fields): Fields {
  const fields = Object.keys(one).flatMap((key): [string, unknown][] => {
    const [a, b] = [one[key], other[key]];
    if (same(a, b)) return [[key, a]];
    const below = isMap(a) && isMap(b) ? commonOf(a, b) : {};
    return Object.keys(below).length > 0 ? [[key, below]] : [];
  });
  return Object.fromEntries(fields);
}

function withoutCommon(change: Fields, common: Fields): Fields {
  const fields = Object.keys(change).flatMap((key): [string, unknown][] => {
    const [own, shared] = [change[key], common[key]];
    if (!Object.hasOwn(common, key)) return [[key, own]];
    if (same(own, shared) || !isMap(own) || !isMap(shared)) return [];
    return [[key, withoutCommon(own, shared)]];
  });
  return Object.fromEntries(fields);
}

/** Objects that name others as they are called in the end: a component may change the content that names end in the hash of. */
function withNamesOf(
  early: ReadonlyMap<ObjectKey, BuiltObject>,
  late: ReadonlyMap<ObjectKey, BuiltObject>,
): ReadonlyMap<ObjectKey, BuiltObject> {
  const names = new Map<string, string>();
  for (const [key, { object, hashed }] of early) {
    const name = late.get(key)?.object.metadata.name;
    if (hashed && name !== undefined && name !== object.metadata.name) names.set(object.metadata.name, name);
  }
  if (names.size === 0) return early;
  return new Map(
    [...early].map(([key, built]) => [key, { ...built, object: renamed(built.object, names) as KubernetesObject }]),
  );
}

function renamed(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => renamed(item, names));
  return isMap(value)
    ? Object.fromEntries(Object.entries(value).map(([key, field]) => [key, renamed(field, names)]))
    : value;
}
