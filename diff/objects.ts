import { isDeepStrictEqual } from 'node:util';
import type { Json, Resource } from '../manifests/resource';
import { record } from '../manifests/resource';
import { withoutNulls } from '../model/object-differences';
import { apiOf } from '../upstream/kubernetes/model';
import { customKind } from '../world/custom-kinds';
import type { World } from '../world/world';
import type { FieldChange } from './field-change';
import { fieldChanges } from './fields';
import type { ObjectChange } from './object-change';
import { pairsOf } from './pairs';
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
  const hashed = new Map<string, string>();
  const changes: ObjectChange[] = [];
  for (const { before: was, after: is } of pairs) {
    if (!was || !is) {
      const id = stableId((is ?? was)!, namespaceOf((is ?? was)!));
      changes.push({ does: is ? 'added' : 'removed', id, before: was, after: is, fields: [] });
      continue;
    }
    const [oldId, id] = [stableId(was, namespaceOf(was)), stableId(is, namespaceOf(is))];
    if (was.name !== is.name && stableName(was) === stableName(is)) hashed.set(`${was.name}\n${is.name}`, id);
    if (was.source.text === is.source.text && isDeepStrictEqual(was.object, is.object)) continue;
    const fields = fieldsOf(was, is, shapeOf(after, is), minorOf(after));
    const isRenamed = oldId !== id && options.acrossNamespaces !== true;
    if (fields.length === 0 && !isRenamed) continue;
    changes.push({
      does: isRenamed ? 'renamed' : 'changed',
      id,
      ...(oldId === id ? {} : { was: oldId }),
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

function fieldsOf(was: Resource, is: Resource, shape: ValueShape, minor: number): FieldChange[] {
  const [before, after] = [was.object, is.object].map((object) => {
    const written = stated(object);
    return { written, full: filledIn(written, minor) };
  });
  return fieldChanges(before!, after!, shape);
}

/** The object without its name, which tells it from others, and without what its controllers and the server write. */
function stated(object: Json): Json {
  const { status: _, metadata, ...rest } = withoutNulls(object);
  const own = Object.entries(record(metadata) ?? {}).filter(
    ([key]) => !SERVERS.includes(key) && key !== 'name' && key !== 'namespace',
  );
  return { ...rest, metadata: Object.fromEntries(own) };
}

const filledIn = (object: Json, _minor: number): Json => object;

function shapeOf(world: World, resource: Resource): ValueShape {
  const api = apiOf(minorOf(world));
  const kind = api.kind(resource.apiVersion, resource.kind);
  if (kind) return builtInShape(kind.definition);
  const custom = customKind(world, resource);
  return custom ? customShape(custom, api.definition('meta.v1.ObjectMeta')) : UNKNOWN;
}

/** A field that changes only because the hash of something else does. */
function followed(field: FieldChange, hashed: ReadonlyMap<string, string>): FieldChange {
  const { path, before, after } = field;
  if (typeof before !== 'string' || typeof after !== 'string') return field;
  const follows = hashed.get(`${before}\n${after}`);
  if (follows !== undefined) return { ...field, follows };
  const last = path.at(-1);
  // What Helm's charts do, as its documentation recommends: the hash of a config in an annotation of the pods.
  return typeof last === 'string' && path.at(-2) === 'annotations' && /(^|[./-])checksum([./-]|$)/.test(last)
    ? { ...field, follows: last }
    : field;
}
