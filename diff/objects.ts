import type { Json, Resource } from '../manifests/resource';
import { list, record } from '../manifests/resource';
import { isMap } from '../model/is-map';
import { isScopeKnown } from '../world/scope';
import type { World } from '../world/world';
import type { FieldChange } from './field-change';
import { fieldChanges } from './fields';
import { formOf } from './form';
import { isHidden } from './hidden';
import type { ObjectChange } from './object-change';
import { inNamespaces, namespacesIn, pairsOf } from './pairs';
import { isSameJson } from './same-json';
import { stableIdentity } from './stable-name';
import { withTexts } from './texts';
import { inOneVersion, versionAsRead } from './versions';

export interface DiffOptions {
  /** Objects of other namespaces are the same ones: two environments are compared. @default false */
  readonly acrossNamespaces?: boolean;
}

/** What becomes of the objects of one world in another one; what says the same in other words is no change. Sorted by name. */
export function objectChanges(before: World, after: World, options: DiffOptions = {}): ObjectChange[] {
  const old = new Set(before.resources);
  const namespaceOf = (resource: Resource) => {
    const [own, other] = old.has(resource) ? [before, after] : [after, before];
    // A kind whose definition comes or goes with its objects has the same scope on both sides.
    return (isScopeKnownIn(own, resource) ? own : other).namespaceOf(resource);
  };
  // Whether a kind that nobody knows stands in namespaces is not known either: one that is not written is not told.
  const placeOf = (resource: Resource, twin = resource) =>
    resource.statedNamespace || twin.statedNamespace || [before, after].some((world) => isScopeKnownIn(world, resource))
      ? namespaceOf(resource)
      : '';
  const pairs = pairsOf(before.resources, after.resources, { namespaceOf, ...options });
  const moved = options.acrossNamespaces ? namespacesIn(pairs, namespaceOf) : new Map<string, string>();
  const inOtherName = inNamespaces(moved);
  const hashed = new Map<string, Renamed>();
  const changes: ObjectChange[] = [];
  for (const { before: was, after: is } of pairs) {
    if (!was || !is) {
      const identity = stableIdentity((is ?? was)!, placeOf((is ?? was)!));
      changes.push({ does: is ? 'added' : 'removed', ...identity, before: was, after: is, fields: [] });
      continue;
    }
    const [oldIdentity, identity] = [stableIdentity(was, placeOf(was, is)), stableIdentity(is, placeOf(is, was))];
    if (was.name !== is.name && oldIdentity.name === identity.name)
      hashed.set(was.name, { name: is.name, id: identity.id });
    if (isSaidAlike(was, is) && isSameJson(was.object, is.object)) continue;
    const versions = inOneVersion(was, is);
    const form = formOf(after, versions.as);
    const [old, now] = withoutAggregated(inOther(versions.before, moved), versions.after);
    const fields = [
      ...(versions.version ? [versions.version] : []),
      ...fieldChanges(form.value(old), form.value(now), form.shape),
    ];
    // In another environment it has another namespace, also where that is a part of its name.
    const isSameThere = options.acrossNamespaces && inOtherName(oldIdentity.name) === identity.name;
    const isRenamed = oldIdentity.id !== identity.id && !isSameThere;
    if (fields.length === 0 && !isRenamed) continue;
    changes.push({
      does: isRenamed ? 'renamed' : 'changed',
      ...identity,
      ...(isRenamed ? { was: oldIdentity } : {}),
      before: was,
      after: is,
      fields,
    });
  }
  return changes
    .map((change) => ({
      ...change,
      fields: followedEntries(change.fields, hashed).map((field) => told(field, change, hashed)),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function isScopeKnownIn(world: World, resource: Resource): boolean {
  return isScopeKnown(resource, world.of('CustomResourceDefinition'));
}

/** Whether both were read in one version, whatever they are compared in. */
function isSaidAlike(was: Resource, is: Resource): boolean {
  return versionAsRead(was).apiVersion === versionAsRead(is).apiVersion;
}

/** The rules of a ClusterRole that others are aggregated into are written by a controller, whatever stands there. */
function withoutAggregated(before: Json, after: Json): readonly [Json, Json] {
  const isAggregated = (object: Json) =>
    object['kind'] === 'ClusterRole' && list(record(object['aggregationRule'])?.['clusterRoleSelectors']).length > 0;
  if (!isAggregated(before) || !isAggregated(after)) return [before, after];
  const { rules: _, ...old } = before;
  const { rules: __, ...now } = after;
  return [old, now];
}

/** The same in the namespaces of the other environment: also in names of hosts and in selectors. */
function inOther(object: Json, namespaces: ReadonlyMap<string, string>): Json {
  return namespaces.size === 0 ? object : (withTexts(object, inNamespaces(namespaces)) as Json);
}

/** What an object is called now, as the hash at the end of its name is another one. */
interface Renamed {
  readonly name: string;
  readonly id: string;
}

function told(field: FieldChange, { kind }: ObjectChange, hashed: ReadonlyMap<string, Renamed>): FieldChange {
  const known = followed(field, hashed);
  return isHidden(kind, known) ? { ...known, hidden: true } : known;
}

/** A value with the names that its objects have now, and who these are. */
function asNamedNow(value: unknown, hashed: ReadonlyMap<string, Renamed>) {
  const followed = new Set<string>();
  const asNow = withTexts(value, (text) => {
    // Annotations name a Secret with its namespace: `shop/login`.
    const [, place = '', name = text] = /^([a-z0-9-]+\/)([^/]+)$/.exec(text) ?? [];
    const renamed = hashed.get(name);
    if (renamed) followed.add(renamed.id);
    return renamed ? place + renamed.name : text;
  });
  return { value: asNow, ids: [...followed] };
}

/** An entry of a list that is named by such a name is the one that stands there under the name of now. */
function followedEntries(fields: readonly FieldChange[], hashed: ReadonlyMap<string, Renamed>): readonly FieldChange[] {
  if (hashed.size === 0) return fields;
  const isEntry = ({ path }: FieldChange) => isMap(path.at(-1));
  const come = fields.filter((field) => field.before === undefined && isEntry(field));
  const pairs = new Map<FieldChange, FieldChange>();
  for (const gone of come.length === 0 ? [] : fields) {
    if (gone.after !== undefined || !isEntry(gone)) continue;
    const { value, ids } = asNamedNow(gone.before, hashed);
    const twin = come.find(
      (field) =>
        ids.length > 0 &&
        !pairs.has(field) &&
        isSameJson(value, field.after) &&
        isSameJson(gone.path.slice(0, -1), field.path.slice(0, -1)),
    );
    if (twin) pairs.set(twin, gone);
  }
  const gone = new Set(pairs.values());
  return fields.flatMap((field) => {
    if (gone.has(field)) return [];
    const was = pairs.get(field);
    return [was ? { ...field, before: was.before } : field];
  });
}

/** A field that changes only because the hash of something else does. */
function followed(field: FieldChange, hashed: ReadonlyMap<string, Renamed>): FieldChange {
  const { path, before, after } = field;
  if (hashed.size > 0) {
    const { value, ids } = asNamedNow(before, hashed);
    if (isSameJson(value, after)) return { ...field, follows: ids.join(', ') };
  }
  const last = path.at(-1);
  // What Helm's charts do, as its documentation recommends: the hash of a config in an annotation of the pods.
  return typeof last === 'string' && path.at(-2) === 'annotations' && /(^|[./-])checksum([./-]|$)/.test(last)
    ? { ...field, follows: last }
    : field;
}
