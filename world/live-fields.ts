import type { Json } from '../manifests/resource';
import { mappings, record, string } from '../manifests/resource';
import { isMap } from '../model/is-map';
import { withoutAllocated } from '../upstream/kubernetes/allocated';

/** Who writes what people want; all others are programs that keep fields of their own. */
const APPLIERS = /^(kubectl|argocd|helm|kustomize-controller|flux|before-first-apply|terraform|pulumi|strata)/i;

/**
 * A live object as far as it is a matter of its manifest: the fields that the manifest sets, and those that somebody who applies manifests, or a
 * person, has set (by `managedFields`), which is drift. What nobody of them has set is the cluster's: what it gave, what it filled in, and what controllers keep,
 * such as the replicas that an autoscaler counts. Without `managedFields` only what is known to be the cluster's is left out.
 */
export function ownedByAppliers(live: Json, wanted: Json): Json {
  const owners = mappings(record(live['metadata'])?.['managedFields'])
    .filter((entry) => entry['subresource'] === undefined && APPLIERS.test(string(entry['manager']) ?? ''))
    .flatMap((entry) => fieldsIn(entry['fieldsV1']));
  const { apiVersion, kind, metadata } = live;
  const kept = owners.length === 0 ? live : (keep(live, owners, wanted) as Json);
  const { name, namespace } = record(metadata) ?? {};
  const named = { ...record(kept['metadata']), name, ...(namespace === undefined ? {} : { namespace }) };
  return withoutAllocated({ ...kept, apiVersion, kind, metadata: named }, wanted);
}

/** A value without what is neither in a set of fields (`f:` a field, `k:` an entry by its keys, `v:` an entry of a set) nor in the manifest. */
function keep(value: unknown, owned: readonly Json[], wanted: unknown): unknown {
  if (Array.isArray(value)) return keepEntries(value, owned, wanted);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => {
      const below = owned.flatMap((fields) => fieldsIn(fields[`f:${name}`]));
      const written = isMap(wanted) && Object.hasOwn(wanted, name) ? wanted[name] : undefined;
      if (below.length === 0 && (written === undefined || written === null)) return [];
      // A field without fields of its own is theirs as a whole.
      return [[name, below.some(isWhole) ? each : keep(each, below, written)]];
    }),
  );
}

function keepEntries(list: readonly unknown[], owned: readonly Json[], wanted: unknown): readonly unknown[] {
  const steps = owned.flatMap((fields) => Object.entries(fields).filter(([step]) => /^[kv]:/.test(step)));
  // It is replaced as a whole, or nobody is known to have set it.
  if (steps.length === 0) return list;
  const written = Array.isArray(wanted) ? wanted : [];
  return list.flatMap((entry) => {
    const own = steps.filter(([step]) => names(step, entry));
    const twin = written.find((each) => isTwin(each, entry, steps));
    if (own.length === 0 && twin === undefined) return [];
    const below = own.flatMap(([, fields]) => fieldsIn(fields));
    return [below.length === 0 ? entry : keep(entry, below, twin)];
  });
}

function fieldsIn(value: unknown): readonly Json[] {
  const fields = record(value);
  return fields ? [fields] : [];
}

const isWhole = (fields: Json) => Object.keys(fields).length === 0;

function names(step: string, entry: unknown): boolean {
  const said = step.slice(2);
  try {
    if (step.startsWith('v:')) return JSON.parse(said) === entry;
    const key = isMap(entry) ? record(JSON.parse(said)) : undefined;
    return key !== undefined && Object.entries(key).every(([name, value]) => (entry as Json)[name] === value);
  } catch {
    // What a later version of Kubernetes writes is not understood: it names nothing.
    return false;
  }
}

/** Whether an entry of the manifest is the one that is live, by the keys that tell entries of this list apart; one that is not written is filled in. */
function isTwin(written: unknown, live: unknown, steps: readonly (readonly [string, unknown])[]): boolean {
  if (!isMap(written) || !isMap(live)) return written === live;
  const [step] = steps.find(([each]) => each.startsWith('k:')) ?? [];
  const keys = step === undefined ? [] : Object.keys(record(JSON.parse(step.slice(2))) ?? {});
  return keys.length > 0 && keys.every((key) => written[key] === undefined || written[key] === live[key]);
}
