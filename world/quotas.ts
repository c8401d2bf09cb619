import type { Quantity } from '../manifests/quantity';
import { parseQuantity, wholeQuantity } from '../manifests/quantity';
import type { Json, Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import type { WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import { podsOf, rolloutOf } from './autoscalers';
import { knownIn } from './known';
import { isMadeHere } from './owners';
import type { Amounts } from './pod-amounts';
import { amounts } from './pod-amounts';
import { hasPodResources, isLongRunning, podResources, quotasOf, resourcesOf } from './requests';
import type { World } from './world';

/** Resources of pods that a quota may speak of; the bare names mean requests. */
export const POD_AMOUNT = /^(?:(requests|limits)\.)?(cpu|memory|ephemeral-storage|hugepages-.+|.+\/.+)$/;

/** A quota with the workloads whose pods it counts. */
export interface Quota {
  readonly resource: Resource;
  readonly namespace: string;
  readonly hard: Amounts;
  readonly workloads: readonly WorkloadManifest[];
}

/** The quotas of every namespace that has workloads. */
export function* quotasWithPods(world: World): Iterable<Quota> {
  for (const namespace of new Set(world.workloads.map((workload) => workload.namespace))) {
    for (const resource of quotasOf(world, namespace)) {
      const workloads = onePerName(world, namespace).filter(
        (workload) =>
          workload.resource.kind !== 'PodTemplate' &&
          !isMadeHere(world, workload.resource) &&
          inScope(world, resource, workload),
      );
      yield { resource, namespace, hard: amounts(resource.at(['spec', 'hard'])), workloads };
    }
  }
}

/** The workloads of a namespace; of two definitions of one object the last, which is applied last. */
const onePerName = memo((world: World, namespace: string): readonly WorkloadManifest[] => {
  const each = new Map<unknown, WorkloadManifest>();
  for (const workload of world.workloadsIn(namespace)) {
    const { resource } = workload;
    const isNamed = string(resource.at(['metadata', 'name'])) !== undefined;
    each.set(isNamed ? `${resource.group} ${world.idOf(resource)}` : resource, workload);
  }
  return [...each.values()];
});

/** Whether a quota's scopes, all of them, mean these pods. */
export function inScope(world: World, quota: Resource, workload: WorkloadManifest): boolean {
  const { podSpec } = workload;
  const priority = string(podSpec['priorityClassName']) ?? '';
  const deadline = podSpec['activeDeadlineSeconds'] !== undefined && podSpec['activeDeadlineSeconds'] !== null;
  const matches = (scope: string, operator: string, values: readonly unknown[]): boolean => {
    switch (scope) {
      case 'Terminating':
        return deadline;
      case 'NotTerminating':
        return !deadline;
      case 'BestEffort':
        return isBestEffort(world, workload);
      case 'NotBestEffort':
        return !isBestEffort(world, workload);
      case 'PriorityClass':
        if (operator === 'In') return values.includes(priority);
        if (operator === 'NotIn') return !values.includes(priority);
        return (operator === 'Exists') === (priority !== '');
      case 'CrossNamespacePodAffinity':
        return looksIntoOtherNamespaces(podSpec);
      default:
        return false; // what cannot be told is not counted
    }
  };
  return (
    list(quota.at(['spec', 'scopes'])).every((scope) => matches(string(scope) ?? '', 'Exists', [])) &&
    list(quota.at(['spec', 'scopeSelector', 'matchExpressions'])).every((entry) =>
      matches(
        string(record(entry)?.['scopeName']) ?? '',
        string(record(entry)?.['operator']) ?? '',
        list(record(entry)?.['values']),
      ),
    )
  );
}

/** Whether a term of its affinity names namespaces, be it all of them (usesCrossNamespacePodAffinity). */
export function looksIntoOtherNamespaces(podSpec: Json): boolean {
  return ['podAffinity', 'podAntiAffinity'].some((side) => {
    const affinity = record(record(podSpec['affinity'])?.[side]);
    return [
      ...list(affinity?.['requiredDuringSchedulingIgnoredDuringExecution']),
      ...list(affinity?.['preferredDuringSchedulingIgnoredDuringExecution']).map(
        (preferred) => record(preferred)?.['podAffinityTerm'],
      ),
    ].some((term) => list(record(term)?.['namespaces']).length > 0 || record(record(term)?.['namespaceSelector']));
  });
}

function isBestEffort(world: World, workload: WorkloadManifest): boolean {
  // Amounts of the pod as a whole decide its class where it has them.
  const whole = record(workload.podSpec['resources']);
  if (whole && hasPodResources(workload))
    return [...amounts(whole['requests']), ...amounts(whole['limits'])].every(
      ([name, amount]) => (name !== 'cpu' && name !== 'memory') || amount === 0n,
    );
  return workload.containers.every((container) => {
    const { requests, limits } = resourcesOf(world, workload, container);
    return [...requests, ...limits].every(([name, amount]) => (name !== 'cpu' && name !== 'memory') || amount === 0n);
  });
}

/** What one pod counts for in a quota's resource; undefined where the resource is none of pods. */
export function podCountsFor(world: World, workload: WorkloadManifest, name: string): Quantity | undefined {
  if (name === 'pods' || name === 'count/pods') return wholeQuantity(1);
  const form = POD_AMOUNT.exec(name);
  if (!form || name.startsWith('count/')) return undefined;
  const which = form[1] === 'limits' ? 'limits' : 'requests';
  return podResources(world, workload, which).get(form[2]!) ?? 0n;
}

/** What the workloads need of a quota's resource when every autoscaler is at its maximum, and for the rollout that needs most on top. */
export function podsNeed(
  world: World,
  quota: Quota,
  name: string,
):
  | {
      readonly steady: Quantity;
      /** The same with every autoscaler at its minimum. */
      readonly least: Quantity;
      readonly surge: Quantity;
      readonly largest: WorkloadManifest | undefined;
      readonly scaled: boolean;
    }
  | undefined {
  let [steady, least, surge] = [0n, 0n, 0n];
  let most: WorkloadManifest | undefined;
  let scaled = false;
  for (const workload of quota.workloads) {
    // Jobs end, and how many pods a DaemonSet has the nodes decide: what is left is the least that is needed.
    const pods = isLongRunning(workload) || workload.resource.kind === 'Pod' ? podsOf(world, workload) : undefined;
    const each = pods && podCountsFor(world, workload, name);
    if (!pods || each === undefined) {
      if (podCountsFor(world, workload, name) === undefined) return undefined;
      continue;
    }
    steady += each * BigInt(Math.max(0, Math.trunc(pods.max)));
    least += each * BigInt(Math.max(0, Math.trunc(pods.min)));
    scaled ||= pods.scaler !== undefined;
    // A rollout that may take a pod away first gets along without more; one that may not needs one more at least.
    const more = each * BigInt((pods.max > 0 ? rolloutOf(workload, pods.max) : undefined)?.needed ?? 0);
    if (more > surge) [surge, most] = [more, workload];
  }
  return { steady, least, surge, largest: most, scaled };
}

/** What is counted by number, or by size of claims: `services`, `count/deployments.apps`, `requests.storage`. */
export function objectsNeed(world: World, { namespace }: Quota, name: string): Quantity | undefined {
  const of = (kind: string) => knownIn(world, kind, namespace);
  const kind = COUNTED.get(name);
  const claims = () => [
    ...of('PersistentVolumeClaim').map((claim) => ({
      storage: claim.at(['spec', 'resources', 'requests', 'storage']),
      copies: 1,
    })),
    ...onePerName(world, namespace)
      .filter(({ resource }) => resource.kind === 'StatefulSet')
      .flatMap((set) =>
        list(set.resource.at(['spec', 'volumeClaimTemplates'])).map((template) => ({
          storage: record(record(record(record(template)?.['spec'])?.['resources'])?.['requests'])?.['storage'],
          copies: podsOf(world, set)?.max ?? 0,
        })),
      ),
  ];
  if (name === 'requests.storage')
    return claims().reduce(
      (sum, { storage, copies }) => sum + (parseQuantity(storage) ?? 0n) * BigInt(Math.max(0, Math.trunc(copies))),
      0n,
    );
  if (kind === 'PersistentVolumeClaim') return wholeQuantity(claims().reduce((sum, { copies }) => sum + copies, 0));
  if (name === 'services.loadbalancers' || name === 'services.nodeports') {
    return wholeQuantity(
      of('Service').filter(
        (service) =>
          service.at(['spec', 'type']) === 'LoadBalancer' ||
          (name === 'services.nodeports' && service.at(['spec', 'type']) === 'NodePort'),
      ).length,
    );
  }
  // Every namespace has the ConfigMap with the API server's certificate.
  return kind === undefined
    ? undefined
    : wholeQuantity(
        of(kind).length +
          (kind === 'ConfigMap' && !of(kind).some((config) => config.name === 'kube-root-ca.crt') ? 1 : 0),
      );
}

const COUNTED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    services: 'Service',
    'count/services': 'Service',
    configmaps: 'ConfigMap',
    'count/configmaps': 'ConfigMap',
    secrets: 'Secret',
    'count/secrets': 'Secret',
    persistentvolumeclaims: 'PersistentVolumeClaim',
    'count/persistentvolumeclaims': 'PersistentVolumeClaim',
    replicationcontrollers: 'ReplicationController',
    'count/deployments.apps': 'Deployment',
    'count/statefulsets.apps': 'StatefulSet',
    'count/jobs.batch': 'Job',
    'count/cronjobs.batch': 'CronJob',
    'count/ingresses.networking.k8s.io': 'Ingress',
  }),
);
