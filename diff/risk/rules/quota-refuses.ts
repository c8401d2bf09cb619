import type { Quantity } from '../../../manifests/quantity';
import { quantityText } from '../../../manifests/quantity';
import type { Resource } from '../../../manifests/resource';
import { list, record } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { memo } from '../../../model/memo';
import { unstatedFor } from '../../../simulate/rollout/quota';
import { podsOf, scalersOf } from '../../../world/autoscalers';
import { knownIn } from '../../../world/known';
import { claimViolation, podViolations } from '../../../world/limit-ranges';
import type { Quota } from '../../../world/quotas';
import { objectsNeed, podCountsFor, podsNeed, quotasWithPods } from '../../../world/quotas';
import { isLongRunning, limitsOf, quotasOf } from '../../../world/requests';
import type { World } from '../../../world/world';
import type { ObjectChange } from '../../object-change';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { soMany } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';

const web = (cpu: string) => `
apiVersion: v1
kind: ResourceQuota
metadata: { name: shop, namespace: shop }
spec: { hard: { requests.cpu: ${cpu} } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'example.com/web:1.4.0', resources: { requests: { cpu: 500m } } }] }
`;

const LIMITS = 'change the LimitRange, or what the containers ask for, before it is applied';

export default riskRule({
  id: 'quota-refuses',
  class: 'disruption',
  description: 'pods, claims or objects of a namespace that its ResourceQuota or LimitRange does not admit any more',
  reason:
    'What runs stays. But no pod comes in the place of one that goes: a rollout, a drain or a crashed node leaves fewer, and nobody is told but by an event of the ReplicaSet.',
  source: 'https://kubernetes.io/docs/concepts/policy/resource-quotas/',
  advice: 'raise the quota, or lower what the pods ask for, before it is applied',
  example: {
    before: web("'8'"),
    after: web("'1'"),
    finds: ['ResourceQuota/shop/shop spec.hard["requests.cpu"]'],
    harmless: web("'4'"),
  },
  *find(diff) {
    for (const namespace of touchedNamespaces(diff)) {
      const now = refusalsIn(diff.after, namespace);
      if (now.length === 0) continue;
      const had = new Map(refusalsIn(diff.before, namespace).map((each) => [each.key, each.missing]));
      for (const refusal of now) {
        const was = had.get(refusal.key);
        if (was === undefined || refusal.missing > was) yield* told(diff, namespace, refusal);
      }
    }
  },
});

/** Something that admission in a namespace refuses. */
interface Refusal {
  /** The same on both sides of a change. */
  readonly key: string;
  /** How much is refused: more is worse. */
  readonly missing: Quantity;
  /** The quota or the LimitRange. */
  readonly by: Resource;
  /** What of the quota. @default - no field of its own */
  readonly name?: string;
  /** Whose pods, or which claim, are refused. */
  readonly of: readonly Resource[];
  /** Whether it happens only when autoscalers are at their maximum. @default false */
  readonly underLoad?: boolean;
  readonly message: string;
  /** @default - of a quota, or of a LimitRange */
  readonly advice?: string;
}

/** The namespaces that hold a quota or a LimitRange, and something that changes. */
function touchedNamespaces(diff: WorldChange): readonly string[] {
  const all = new Set(
    diff.changes.flatMap(({ after, namespace }) => (after ? diff.after.namespaceOf(after) : namespace)),
  );
  return [...all].filter(
    (namespace) =>
      namespace !== '' && (quotasOf(diff.after, namespace).length > 0 || limitsOf(diff.after, namespace).length > 0),
  );
}

const refusalsIn = memo((world: World, namespace: string): readonly Refusal[] => [
  ...byLimits(world, namespace),
  ...(byNamespace(world).get(namespace) ?? []).flatMap((quota) => [...byQuota(world, quota)]),
]);

const byNamespace = memo((world: World): ReadonlyMap<string, readonly Quota[]> => {
  const quotas = [...quotasWithPods(world)];
  return new Map(quotas.map(({ namespace }) => [namespace, quotas.filter((each) => each.namespace === namespace)]));
});

function* byLimits(world: World, namespace: string): Iterable<Refusal> {
  const limits = limitsOf(world, namespace);
  if (limits.length === 0) return;
  for (const workload of world.workloadsIn(namespace)) {
    const { resource } = workload;
    const id = world.idOf(resource);
    if (resource.kind === 'PodTemplate') continue;
    for (const limit of limits) {
      const of = { by: limit.resource, of: [resource], missing: 1n };
      for (const { container, violation } of podViolations(world, workload, limit)) {
        const who = container ? `container ${container.name}` : 'the sum of its containers';
        yield {
          ...of,
          key: `${limit.resource.name} ${id} ${container?.name ?? ''} ${violation.name} ${violation.field}`,
          message: `no new pod of ${id} is admitted: ${who} ${violation.message} (LimitRange ${limit.resource.name})`,
        };
      }
      for (const template of resource.kind === 'StatefulSet'
        ? list(resource.at(['spec', 'volumeClaimTemplates']))
        : []) {
        const why = claimViolation(record(template)?.['spec'], limit);
        if (why !== undefined)
          yield {
            ...of,
            key: `${limit.resource.name} ${id} claims`,
            message: `no new claim of ${id} is admitted: it ${why} (LimitRange ${limit.resource.name})`,
          };
      }
    }
  }
  for (const claim of knownIn(world, 'PersistentVolumeClaim', namespace))
    for (const limit of limits) {
      const why = claimViolation(claim.at(['spec']), limit);
      if (why !== undefined)
        yield {
          ...{ by: limit.resource, of: [claim], missing: 1n },
          key: `${limit.resource.name} ${world.idOf(claim)}`,
          message: `${world.idOf(claim)} is not admitted if it has to be made: it ${why} (LimitRange ${limit.resource.name})`,
        };
    }
}

function* byQuota(world: World, quota: Quota): Iterable<Refusal> {
  const { resource, hard, workloads } = quota;
  for (const workload of workloads) {
    const unstated = unstatedFor(world, workload, [...hard.keys()]);
    if (unstated.length === 0) continue;
    const id = world.idOf(workload.resource);
    yield {
      ...{ by: resource, of: [workload.resource], missing: BigInt(unstated.length) },
      key: `${resource.name} ${id} unstated`,
      message: `no new pod of ${id} is admitted: ResourceQuota ${resource.name} refuses what its containers do not state (must specify ${unstated.join('; ')})`,
      advice: 'set it on each container, or give it a default by a LimitRange',
    };
  }
  for (const [name, limit] of hard) {
    const pods = podsNeed(world, quota, name);
    if (pods) yield* ofPods(world, quota, name, pods);
    const objects = pods ? undefined : objectsNeed(world, quota, name);
    if (objects !== undefined && objects > limit)
      yield {
        ...{ by: resource, of: [], name, missing: objects - limit },
        key: `${resource.name} ${name}`,
        message: `the manifests hold ${quantityText(objects, name)} of ${name} and the quota is ${quantityText(limit, name)}: what is there stays, and what has to be made is refused (exceeded quota)`,
      };
  }
}

function* ofPods(
  world: World,
  quota: Quota,
  name: string,
  { steady, least, surge, largest, scaled }: NonNullable<ReturnType<typeof podsNeed>>,
): Iterable<Refusal> {
  const { resource: by, workloads } = quota;
  const limit = quota.hard.get(name)!;
  const bound = `and the quota is ${quantityText(limit, name)}`;
  const eachOf = (workload: WorkloadManifest) => podCountsFor(world, workload, name) ?? 0n;
  // A pod of a Job, or of a DaemonSet, that is larger than all that there is.
  for (const workload of workloads) {
    const each = eachOf(workload);
    if ((isLongRunning(workload) && podsOf(world, workload) !== undefined) || each <= limit) continue;
    const id = world.idOf(workload.resource);
    yield {
      ...{ by, of: [workload.resource], name, missing: each - limit },
      key: `${by.name} ${name} ${id}`,
      message: `no pod of ${id} is admitted: one needs ${quantityText(each, name)} of ${name}, ${bound}`,
    };
  }
  const counted = workloads.filter((workload) => isLongRunning(workload) && eachOf(workload) > 0n);
  const of = counted.map(({ resource }) => resource);
  const who = of.length > 3 ? `${of.length} workloads` : of.map((resource) => world.idOf(resource)).join(', ');
  const need = `the pods of ${who} need ${quantityText(steady, name)} of ${name}${scaled ? ' with the autoscalers at their maximum' : ''}`;
  if (steady > limit) {
    const only = counted.length === 1 ? counted[0]! : undefined;
    const all = only && podsOf(world, only)?.max;
    const refused = only ? Number((steady - limit + eachOf(only) - 1n) / eachOf(only)) : 0;
    const which = all === undefined ? 'the pods beyond that' : `${Math.min(all, refused)} of ${soMany(all, 'pod')}`;
    yield {
      ...{ by, of, name, missing: steady - limit, underLoad: least <= limit },
      key: `${by.name} ${name} steady`,
      message: `${need}, ${bound}: ${which} ${which.startsWith('1 of') ? 'is' : 'are'} refused (exceeded quota) when they are made; what runs stays until it is replaced`,
    };
  } else if (steady + surge > limit && largest)
    yield {
      ...{ by, of: [largest.resource], name, missing: 1n, underLoad: least + surge <= limit },
      key: `${by.name} ${name} surge`,
      message: `${need}, ${bound}: a rollout of ${world.idOf(largest.resource)} does not progress, as it starts a new pod, which needs ${quantityText(surge, name)} more, before it stops an old one (exceeded quota)`,
    };
}

/** The changes of each namespace that are there afterwards, by object. */
const changesByNamespace = memo((diff: WorldChange): ReadonlyMap<string, ReadonlyMap<Resource, ObjectChange>> => {
  const all = new Map<string, Map<Resource, ObjectChange>>();
  for (const change of diff.changes) {
    if (!change.after) continue;
    const namespace = diff.after.namespaceOf(change.after);
    const own = all.get(namespace) ?? new Map<Resource, ObjectChange>();
    all.set(namespace, own.set(change.after, change));
  }
  return all;
});

/** What is refused, what scales it, what filled in what it did not say, or else what is new. */
function causeOf(diff: WorldChange, namespace: string, of: readonly Resource[]): ObjectChange | undefined {
  const here = changesByNamespace(diff).get(namespace);
  for (const resource of of) {
    const change = here?.get(resource);
    if (change) return change;
  }
  for (const workload of diff.after.workloadsIn(namespace)) {
    if (!of.includes(workload.resource)) continue;
    for (const { resource } of scalersOf(diff.after, workload)) {
      const change = here?.get(resource);
      if (change) return change;
    }
  }
  const range = changesOf(diff, 'LimitRange').find((change) => change.namespace === namespace);
  const all = [...(here?.values() ?? [])];
  return range ?? all.find(({ does, kind }) => does === 'added' && kind !== 'ResourceQuota') ?? all[0];
}

/** At what the change is told: what refuses, or else what brought that. */
function* told(diff: WorldChange, namespace: string, refusal: Refusal): Iterable<FoundRisk> {
  const { by, of, name, message, underLoad, advice } = refusal;
  const written = changesByNamespace(diff).get(namespace)?.get(by);
  // Another label of a quota admits no less.
  const own = written?.does === 'changed' && !fieldAt(written, ['spec']) ? undefined : written;
  const change = own ?? causeOf(diff, namespace, of);
  if (!change) return;
  // A claim that is there is asked nothing.
  const isClaim = of.length === 1 && of[0]!.kind === 'PersistentVolumeClaim';
  if (isClaim && change.after !== of[0]) return;
  const isNewItself = change.does === 'added' && of.length === 1 && change.after === of[0];
  yield {
    change,
    field: fieldOf(change, name),
    // More pods at the most than before, and pods that never ran, take nothing away from those that run.
    ...((underLoad && !own) || isNewItself ? { class: 'capacity' as const } : {}),
    message,
    ...(advice !== undefined ? { advice } : by.kind === 'LimitRange' ? { advice: LIMITS } : {}),
  };
}

function fieldOf(change: ObjectChange, name: string | undefined): FoundRisk['field'] {
  if (change.does !== 'changed') return undefined;
  if (change.kind === 'ResourceQuota') return name === undefined ? undefined : fieldAt(change, ['spec', 'hard', name]);
  if (change.kind === 'LimitRange') return fieldAt(change, ['spec']);
  return ['replicas', 'maxReplicas', 'template'].map((step) => fieldAt(change, ['spec', step])).find(Boolean);
}
