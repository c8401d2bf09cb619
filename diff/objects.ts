import { isDeepStrictEqual } from 'node:util';
import type { Json, Resource } from '../manifests/resource';
import { record } from '../manifests/resource';
import { withoutNulls } from '../model/object-differences';
import { withDefaults } from '../upstream/kubernetes/defaults';
import { apiOf } from '../upstream/kubernetes/model';
import { customKind } from '../world/custom-kinds';
import type { World } from '../world/world';
import type { FieldChange } from './field-change';
import { fieldChanges } from './fields';
import type { ObjectChange } from './object-change';
import { inNamespaces, namespacesIn, pairsOf } from './pairs';
import type { ValueShape } from './shape';
import { builtInShape, customShape, UNKNOWN } from './shape';
import { stableId, stableName } from './stable-name';

export interface DiffOptions {
  /** Objects of other namespaces are the same ones: two environments are compared. @default false */
  readonly acrossNamespaces?: boolean;
}

/** What becomes of the objects of one world in another one; what says the same in other words is no change. Sorted by name. */
export function objectChanges(before: World, after: World, options: DiffOptions = {}): ObjectChange[] {
  const old = new Set(before.resources);
  const namespaceOf = (resource: Resource) => (old.has(resource) ? before : after).namespaceOf(resource);
  const pairs = pairsOf(before.resources, after.resources, { namespaceOf, ...options });
  const moved = options.acrossNamespaces ? namespacesIn(pairs, namespaceOf) : new Map<string, string>();
  const inOtherName = inNamespaces(moved);
  const hashed = new Map<string, Renamed>();
  const changes: ObjectChange[] = [];
  for (const { before: was, after: is } of pairs) {
    if (!was || !is) {
      const id = stableId((is ?? was)!, namespaceOf((is ?? was)!));
      changes.push({ does: is ? 'added' : 'removed', id, before: was, after: is, fields: [] });
      continue;
    }
    const [oldId, id] = [stableId(was, namespaceOf(was)), stableId(is, namespaceOf(is))];
    if (was.name !== is.name && stableName(was) === stableName(is)) hashed.set(was.name, { name: is.name, id });
    if (was.object === is.object || isDeepStrictEqual(was.object, is.object)) continue;
    const fields = fieldsOf(inOther(was.object, moved), is.object, shapeOf(after, is), minorOf(after));
    // In another environment it has another namespace, also where that is a part of its name.
    const isSameThere = options.acrossNamespaces && inOtherName(stableName(was)) === stableName(is);
    const isRenamed = oldId !== id && !isSameThere;
    if (fields.length === 0 && !isRenamed) continue;
    changes.push({
      does: isRenamed ? 'renamed' : 'changed',
      id,
      ...(isRenamed ? { was: oldId } : {}),
      before: was,
      after: is,
      fields,
    });
  }
  return changes
    .map((change) => ({ ...change, fields: change.fields.map((field) => followed(field, hashed)) }))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** The version whose rules hold; without one the newest that is known. */
function minorOf(world: World): number {
  return world.facts.minor ?? Number.POSITIVE_INFINITY;
}

/** The same in the namespaces of the other environment: also in names of hosts and in selectors. */
function inOther(object: Json, namespaces: ReadonlyMap<string, string>): Json {
  if (namespaces.size === 0) return object;
  const inText = inNamespaces(namespaces);
  const within = (value: unknown): unknown => {
    if (typeof value === 'string') return inText(value);
    if (Array.isArray(value)) return value.map(within);
    const map = record(value);
    return map ? Object.fromEntries(Object.entries(map).map(([key, each]) => [key, within(each)])) : value;
  };
  return within(object) as Json;
}

/** What an object is called now, as the hash at the end of its name is another one. */
interface Renamed {
  readonly name: string;
  readonly id: string;
}

/** What the server itself keeps, and nobody writes down for it. */
const SERVERS: readonly string[] = [
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
];

function fieldsOf(was: Json, is: Json, shape: ValueShape, minor: number): FieldChange[] {
  const [before, after] = [was, is].map((object) => {
    const written = withoutNulls(object);
    const full = withDefaults(written, minor);
    return { written: stated(asStored(written, full)), full: stated(full) };
  });
  return fieldChanges(before!, after!, shape);
}

/** The API server keeps the texts of a Secret among its data: that is where they are told. */
function asStored(written: Json, full: Json): Json {
  if (written['stringData'] === undefined || full['stringData'] !== undefined) return written;
  const { stringData: _, ...rest } = written;
  return { ...rest, data: full['data'] };
}

/** The object without its name, which tells it from others, and without what its controllers and the server write. */
function stated(object: Json): Json {
  const { status: _, metadata, ...rest } = object;
  const own = Object.entries(record(metadata) ?? {}).filter(
    ([key]) => !SERVERS.includes(key) && key !== 'name' && key !== 'namespace',
  );
  return { ...rest, metadata: Object.fromEntries(own) };
}

function shapeOf(world: World, resource: Resource): ValueShape {
  const api = apiOf(minorOf(world));
  const kind = api.kind(resource.apiVersion, resource.kind);
  if (kind) return builtInShape(kind.definition);
  const custom = customKind(world, resource);
  return custom ? customShape(custom, api.definition('meta.v1.ObjectMeta')) : UNKNOWN;
}

/** A field that changes only because the hash of something else does. */
function followed(field: FieldChange, hashed: ReadonlyMap<string, Renamed>): FieldChange {
  const { path, before, after } = field;
  if (hashed.size > 0) {
    const followed = new Set<string>();
    const asNow = (value: unknown): unknown => {
      if (typeof value === 'string') {
        const renamed = hashed.get(value);
        if (renamed) followed.add(renamed.id);
        return renamed?.name ?? value;
      }
      if (Array.isArray(value)) return value.map(asNow);
      const map = record(value);
      return map ? Object.fromEntries(Object.entries(map).map(([key, each]) => [key, asNow(each)])) : value;
    };
    if (isDeepStrictEqual(asNow(before), after)) return { ...field, follows: [...followed].join(', ') };
  }
  const last = path.at(-1);
  // What Helm's charts do, as its documentation recommends: the hash of a config in an annotation of the pods.
  return typeof last === 'string' && path.at(-2) === 'annotations' && /(^|[./-])checksum([./-]|$)/.test(last)
    ? { ...field, follows: last }
    : field;
}
