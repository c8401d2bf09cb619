import type { Json } from '../../manifests/resource';
import { list, mappings, record, string } from '../../manifests/resource';
import { withoutAllocated } from './allocated';
import { withDefaults, withoutEmpty } from './defaults';
import { apiOf, type Type } from './model';
import { Owned } from './owned';

/**
 * A live object, as `kubectl get -o yaml` prints it, reduced to what can be compared with the manifest that should be there, once the
 * defaults of both are filled in: without its status, what the server writes and what a cluster gives. Where its `managedFields` are shown
 * (`--show-managed-fields`) the fields go too that only controllers own and the manifest does not set, such as the replicas that an
 * autoscaler chose. What the manifest sets stays as it is live, whoever changed it, for that is drift; and so does what somebody wrote who
 * is no controller, such as a person with `kubectl edit`.
 */
export function reducedLive(live: Json, wanted: Json, minor: number): Json {
  const whole = withDefaults(wanted, minor);
  const left = withoutAllocated(withDefaults(live, minor), whole);
  const entries = mappings(record(live['metadata'])?.['managedFields']);
  if (entries.length === 0) return left;
  // The documents before 1.30 leave out the keys of lists that were older than such keys, which servers know all the same.
  const kind = apiOf(Math.max(minor, 30)).kind(string(live['apiVersion']) ?? '', string(live['kind']) ?? '');
  const type: Type | undefined = kind && { is: 'object', definition: kind.definition };
  // What a Secret says as text is in its data once it is filled in.
  const written = wanted['kind'] === 'Secret' ? whole : withoutEmpty(wanted, minor);
  return ofStruct(left, written, Owned.byAppliers(entries), type);
}

/** Fields of the object that say which one it is. */
const IDENTITY = new Set(['apiVersion', 'kind', 'name', 'namespace', 'metadata']);

function ofStruct(live: Json, wanted: Json, owned: Owned, type: Type | undefined): Json {
  const own: { [name: string]: unknown } = {};
  for (const name in live) {
    const below = owned.field(name);
    if (wanted[name] === undefined && !below && !IDENTITY.has(name)) continue;
    own[name] = value(live[name], wanted[name], below ?? Owned.NOTHING, fieldType(type, name));
  }
  return own;
}

function value(live: unknown, wanted: unknown, owned: Owned, type: Type | undefined): unknown {
  // A whole that somebody owns as one, such as a list without keys.
  if (owned.isWhole && wanted === undefined) return live;
  if (Array.isArray(live)) return keyed(live, list(wanted), owned, type);
  const [object, other] = [record(live), record(wanted)];
  return object ? ofStruct(object, other ?? {}, owned, type) : live;
}

/** What stands in keys of entries where nothing is written. */
const KEYS: Json = { protocol: 'TCP' };

/** Entries of a list that Kubernetes knows by keys, or by their value; other lists are a whole. */
function keyed(live: readonly unknown[], wanted: readonly unknown[], owned: Owned, type: Type | undefined): unknown {
  if (type?.is !== 'list' || (!type.set && type.keys.length === 0)) return live;
  const { keys } = type;
  if (type.set) return live.filter((entry) => wanted.includes(entry) || owned.value(entry));
  return live.flatMap((entry) => {
    const object = record(entry);
    if (!object) return [entry];
    const same = mappings(wanted).find((other) => keys.every((key) => (other[key] ?? KEYS[key]) === object[key]));
    const below = owned.entry(Object.fromEntries(keys.map((key) => [key, object[key]])));
    if (!same && !below) return [];
    const kept = ofStruct(object, same ?? {}, below ?? Owned.NOTHING, type.of);
    return [
      {
        ...Object.fromEntries(keys.flatMap((key) => (object[key] === undefined ? [] : [[key, object[key]]]))),
        ...kept,
      },
    ];
  });
}

function fieldType(type: Type | undefined, name: string): Type | undefined {
  if (type?.is === 'map') return type.of;
  return type?.is === 'object' ? type.definition.fields.get(name)?.type : undefined;
}
