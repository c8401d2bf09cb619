import type { Resource } from '../../manifests/resource';
import { list, mappings, number, record, strings } from '../../manifests/resource';
import { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { everyKnown } from '../../world/known';
import { makesPods } from '../../world/pods';
import type { World } from '../../world/world';
import { knownNodes } from '../scheduling/fresh-pod';
import { hasEnded, knownPods, nodeNameOf, runningPods } from '../scheduling/known-pods';
import { missingOf } from '../scheduling/missing';
import { queueOf } from '../scheduling/queue';

/** What there is in a cluster that series are about, as far as manifests and facts tell. */
export interface Population {
  /** CPUs of each node, in thousandths. */
  readonly nodes: readonly { readonly cpu: number; readonly isControlPlane: boolean }[];
  /** Each pod, by what it is made of. */
  readonly pods: readonly WorkloadManifest[];
}

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

/** Nodes and pods of a cluster; undefined where the nodes are not known. Pods that a CronJob makes come and go, and are not among them. */
export const populationOf = memo((world: World): Population | undefined => {
  const nodes = knownNodes(world);
  if (!nodes) return undefined;
  const standing = knownPods(world)
    .filter((resource) => nodeNameOf(resource) !== undefined && !hasEnded(resource))
    .flatMap((resource) => WorkloadManifest.of(resource, world.namespaceOf(resource)) ?? []);
  const coming = missingOf(world, queueOf(world), runningPods(world)).map(({ workload }) => workload);
  // Those of an operator's objects, unless they stand there already.
  const operated = world.operated
    .filter(makesPods)
    .filter(({ namespace, resource }) => {
      const wanted = Object.entries(strings(resource.at(['spec', 'selector', 'matchLabels'])));
      return !standing.some(
        (pod) => pod.namespace === namespace && wanted.every(([key, value]) => pod.podLabels[key] === value),
      );
    })
    .flatMap((workload) => Array.from({ length: workload.replicas ?? nodes.length }, () => workload));
  return {
    nodes: nodes.map(({ allocatable, labels }) => ({
      cpu: Number(allocatable.get('cpu') ?? 0n),
      isControlPlane: labels[CONTROL_PLANE] !== undefined,
    })),
    pods: [...standing, ...coming, ...operated],
  };
});

/** How many probes the kubelet runs in a pod. */
export function probeCount({ running }: WorkloadManifest): number {
  return running
    .flatMap(({ json }) => [json['startupProbe'], json['readinessProbe'], json['livenessProbe']])
    .filter((probe) => record(probe) !== undefined).length;
}

/** How many claims a pod uses: its own, and those that are made for it. */
export function claimCount({ podSpec, resource }: WorkloadManifest): number {
  const templates = resource.kind === 'StatefulSet' ? list(resource.at(['spec', 'volumeClaimTemplates'])) : [];
  const volumes = mappings(podSpec['volumes']).filter(
    (volume) => record(volume['persistentVolumeClaim']) ?? record(volume['ephemeral']),
  );
  return volumes.length + templates.length;
}

/** How many claims there are or will be, in the namespaces that count. */
export function allClaimCount(world: World, counts: (namespace: string) => boolean = () => true): number {
  const isCounted = (resource: Resource) => counts(world.namespaceOf(resource));
  const stated = everyKnown(world, 'PersistentVolumeClaim').filter(isCounted).length;
  const made = world.workloads.flatMap(({ resource }) =>
    resource.kind === 'StatefulSet' && isCounted(resource)
      ? list(resource.at(['spec', 'volumeClaimTemplates'])).map(() => number(resource.at(['spec', 'replicas'])) ?? 1)
      : [],
  );
  return stated + made.reduce((sum, each) => sum + each, 0);
}
