import { isDeepStrictEqual } from 'node:util';
import { parseQuantity } from '../manifests/quantity';
import type { Path, Resource } from '../manifests/resource';
import { record, string } from '../manifests/resource';
import { kubernetesData } from '../upstream/kubernetes/data';
import type { Problem } from '../upstream/kubernetes/rule';
import { problemsAt } from '../upstream/kubernetes/validate';
import { podsOf } from './autoscalers';
import type { World } from './world';

/** Something among what is known of a cluster that no cluster can have: nothing can be simulated from it. */
export interface Unusable {
  readonly resource: Resource;
  readonly path: Path;
  readonly message: string;
}

/** Kinds that a simulation of pods on nodes reads. */
const READ: ReadonlySet<string> = new Set([
  ...['Pod', 'ReplicationController', 'ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job'],
  ...['Node', 'PriorityClass', 'RuntimeClass', 'LimitRange', 'HorizontalPodAutoscaler', 'PodDisruptionBudget'],
  ...['PersistentVolumeClaim', 'PersistentVolume', 'StorageClass', 'CSINode', 'CSIStorageCapacity'],
]);

/** Fields, and all below them, by which it counts, measures or selects. */
const FIELDS: ReadonlySet<string | number> = new Set([
  ...['replicas', 'minReplicas', 'maxReplicas', 'parallelism', 'completions', 'minAvailable', 'maxUnavailable'],
  ...['requests', 'limits', 'allocatable', 'capacity', 'overhead', 'containers', 'initContainers'],
  ...['selector', 'labelSelector', 'namespaceSelector', 'nodeSelector', 'nodeSelectorTerms', 'allowedTopologies'],
  ...['taints', 'tolerations', 'topologySpreadConstraints', 'affinity', 'labels', 'strategy', 'updateStrategy'],
]);
/** What else is said of a container or a pod does not matter. */
const OF_CONTAINERS: ReadonlySet<string | number> = new Set(['resources', 'ports', 'restartPolicy']);

/** Whatever contradicts itself, or has a value that no API server accepts where it matters to a simulation. */
export function unusableIn(world: World): Unusable[] {
  const { facts, declaredExternal = [] } = world;
  const found = [world.resources, facts.objects, declaredExternal].flatMap((objects) => {
    const read = objects.filter(({ kind }) => READ.has(kind));
    return [...contradictions(world, read), ...read.flatMap((resource) => refusals(world, resource))];
  });
  return found.length > 0 ? found : tooMany(world);
}

/** Kubernetes is built for so many pods (https://kubernetes.io/docs/setup/best-practices/cluster-large). */
const MOST_PODS = 150_000;

function tooMany(world: World): Unusable[] {
  const counts = world.workloads.map((workload) => ({ workload, pods: podsOf(world, workload)?.min ?? 0 }));
  const all = counts.reduce((sum, { pods }) => sum + pods, 0);
  if (all <= MOST_PODS) return [];
  const { workload, pods } = counts.reduce((a, b) => (b.pods > a.pods ? b : a));
  const message = `it has ${pods} of ${all} pods, and no cluster has more than ${MOST_PODS}`;
  return [{ resource: workload.resource, path: ['spec', 'replicas'], message }];
}

/** Two objects of one name that differ. What is applied and what stands in the cluster may. */
function* contradictions(world: World, objects: readonly Resource[]): Generator<Unusable> {
  const first = new Map<string, Resource>();
  for (const resource of objects) {
    if (string(resource.at(['metadata', 'name'])) === undefined) continue;
    const key = `${resource.group} ${world.idOf(resource)}`;
    const other = first.get(key);
    if (!other) first.set(key, resource);
    else if (!isDeepStrictEqual(other.object, resource.object))
      yield { resource, path: ['metadata', 'name'], message: 'there are two of this name, and they differ' };
  }
}

function refusals(world: World, resource: Resource): Unusable[] {
  const { oldest, newest } = kubernetesData();
  const problems = problemsAt(resource, world.facts.minor ?? newest) ?? problemsAt(resource, oldest) ?? [];
  const found = problems.filter((problem) => problem.depends === undefined && matters(resource, problem));
  return [
    ...found.map(({ path, message }) => ({ resource, path, message })),
    ...(resource.kind === 'Node' ? ofNode(resource) : []),
  ];
}

/** Kinds whose selector is of what it selects, and not of what their own controller makes. */
const SELECTING: ReadonlySet<string> = new Set(['PodDisruptionBudget', 'PersistentVolumeClaim']);

const TOPICS: ReadonlySet<string | undefined> = new Set(['schema-valid', 'rollout-can-progress']);

function matters({ kind }: Resource, { path, value, topic }: Problem): boolean {
  const inSelector = path.includes('matchExpressions') || path.includes('matchLabels');
  // Its fields together say nothing that can be followed.
  if (kind === 'PodDisruptionBudget' && path.length === 1) return true;
  // What is left out has a value that is taken in its place, but in a requirement. What a label is called does not matter to those who compare it.
  if ((value === undefined && !inSelector) || (!TOPICS.has(topic) && !inSelector)) return false;
  if (path[0] === 'spec' && path[1] === 'selector' && !SELECTING.has(kind)) return path.at(-1) === 'operator';
  const at = path.findIndex((step) => FIELDS.has(step));
  if (at < 0) return false;
  const ofContainer = path[at] === 'containers' || path[at] === 'initContainers';
  return !ofContainer || path.length === at + 1 || path.slice(at).some((step) => OF_CONTAINERS.has(step));
}

/** The server looks at this when the kubelet reports it. */
function ofNode(node: Resource): Unusable[] {
  const path = ['status', 'allocatable'];
  const negative = Object.entries(record(node.at(path)) ?? {}).filter(([, written]) => {
    const amount = parseQuantity(written);
    return amount !== undefined && amount < 0n;
  });
  const named = string(node.at(['metadata', 'name'])) ?? '';
  return [
    ...(named === ''
      ? [{ resource: node, path: ['metadata'], message: 'a node needs a name, and this one has none' }]
      : []),
    ...negative.map(([name, written]) => ({
      resource: node,
      path: [...path, name],
      message: `Invalid value: ${JSON.stringify(written)}: must be greater than or equal to 0`,
    })),
  ];
}
