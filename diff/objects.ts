import type { Json, Resource } from '../manifests/resource';
import { list, record } from '../manifests/resource';
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
    .map((change) => ({ ...change, fields: change.fields.map((field) => told(field, change, hashed)) }))
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

/** A field that changes only because the hash of something else does. */
function followed(field: FieldChange, hashed: ReadonlyMap<string, Renamed>): FieldChange {
  const { path, before, after } = field;
  if (hashed.size > 0) {
    const followed = new Set<string>();
    const asNow = withTexts(before, (text) => {
      const renamed = hashed.get(text);
      if (renamed) followed.add(renamed.id);
      return renamed?.name ?? text;
    });
    if (isSameJson(asNow, after)) return { ...field, follows: [...followed].join(', ') };
  }
  const last = path.at(-1);
  // What Helm's charts do, as its documentation recommends: the hash of a config in an annotation of the pods.
  return typeof last === 'string' && path.at(-2) === 'annotations' && /(^|[./-])checksum([./-]|$)/.test(last)
    ? { ...field, follows: last }
    : field;
}
