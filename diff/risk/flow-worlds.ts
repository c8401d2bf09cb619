import type { Json, Resource } from '../../manifests/resource';
import { mappings, record } from '../../manifests/resource';
import { selects } from '../../manifests/selector';
import type { WorkloadManifest } from '../../manifests/workload';
import { namespacesWithPods, podsMatching } from '../../world/pods';
import { serviceOf } from '../../world/services';
import { World } from '../../world/world';
import type { ObjectChange } from '../object-change';
import type { WorldChange } from './risk';

/** Up to so many workloads every connection between them is compared. */
const MOST = 80;
/** Of more: so many that the changes are about, that policies name as peers, that stand beside them, and of other namespaces. */
const ABOUT = 30;
const PEERS = 15;
const BESIDE = 10;
const ELSEWHERE = 5;

type Worlds = Pick<WorldChange, 'before' | 'after'>;

/**
 * The worlds whose connections are compared. Each workload may connect to each other one, so that of large worlds only those are left
 * that the changes are about, with examples of everybody else: a connection that opens or closes for all is still seen.
 */
export function flowWorlds(diff: WorldChange, touches: (change: ObjectChange) => boolean): Worlds {
  const { before, after } = diff;
  if (before.workloads.length <= MOST && after.workloads.length <= MOST) return diff;
  const changes = diff.changes.filter(touches);
  // Policies come first: what they are about says more than a pod with another label.
  const sorted = [...changes.filter(isPolicy), ...changes.filter((change) => !isPolicy(change))];
  const kept = new Set<string>();
  const keep = (workloads: Iterable<WorkloadManifest>, most: number) => {
    let count = 0;
    for (const workload of workloads) {
      if (count >= most) return;
      if (!kept.has(nameOf(workload))) count += 1;
      kept.add(nameOf(workload));
    }
  };
  const sides = (of: (world: World, resource: Resource) => Iterable<WorkloadManifest>) =>
    sorted.flatMap((change) => [
      ...(change.before ? of(before, change.before) : []),
      ...(change.after ? of(after, change.after) : []),
    ]);
  keep(sides(about), ABOUT);
  keep(sides(peersOf), PEERS);
  const places = new Set([...kept].map((name) => name.split('/')[1]!));
  keep(
    [...places].flatMap((place) => after.workloadsIn(place)),
    BESIDE,
  );
  keep(
    namespacesWithPods(after).flatMap((place) => (places.has(place) ? [] : after.workloadsIn(place).slice(0, 1))),
    ELSEWHERE,
  );
  return { before: reduced(before, kept), after: reduced(after, kept) };
}

function nameOf({ resource, namespace }: WorkloadManifest): string {
  return `${resource.kind}/${namespace}/${resource.name}`;
}

function isPolicy({ id }: ObjectChange): boolean {
  return /Policy\//.test(id);
}

/** The workloads whose connections an object decides of. */
function about(world: World, resource: Resource): readonly WorkloadManifest[] {
  const namespace = world.namespaceOf(resource);
  switch (resource.kind) {
    case 'NetworkPolicy':
      return podsMatching(world, namespace, resource.at(['spec', 'podSelector']));
    case 'Namespace':
      return world.workloadsIn(resource.name);
    case 'Service':
      return serviceOf(world, namespace, resource.name)?.workloads ?? [];
    default: {
      const own = world.workloadsIn(namespace);
      const itself = own.filter((workload) => workload.resource === resource);
      return itself.length > 0 ? itself : own;
    }
  }
}

/** The workloads that a NetworkPolicy names at the other end. */
function* peersOf(world: World, policy: Resource): Iterable<WorkloadManifest> {
  if (policy.kind !== 'NetworkPolicy') return;
  for (const [direction, side] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const)
    for (const rule of mappings(policy.at(['spec', direction])))
      for (const peer of mappings(rule[side])) yield* podsOfPeer(world, world.namespaceOf(policy), peer);
}

function* podsOfPeer(world: World, namespace: string, peer: Json): Iterable<WorkloadManifest> {
  if (!record(peer['namespaceSelector'])) {
    if (peer['podSelector']) yield* podsMatching(world, namespace, peer['podSelector']);
    return;
  }
  for (const place of namespacesWithPods(world))
    if (selects(peer['namespaceSelector'], world.namespaceLabels(place) ?? {}))
      yield* podsMatching(world, place, peer['podSelector'] ?? {}).slice(0, 2);
}

/** What is neither a workload that is left nor decides of any connection. */
const DROPPED: ReadonlySet<string> = new Set([
  'ConfigMap',
  'Secret',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'PersistentVolumeClaim',
]);

function reduced(world: World, kept: ReadonlySet<string>): World {
  const workloads = new Map(world.workloads.map((workload) => [workload.resource, nameOf(workload)]));
  const names = new Set([...kept].map((name) => name.split('/')[1]!));
  const resources = world.resources.filter((resource) => {
    const name = workloads.get(resource);
    if (name !== undefined) return kept.has(name);
    const namespace = DROPPED.has(resource.kind) ? undefined : world.namespaceOf(resource);
    return namespace !== undefined && (namespace === '' || names.has(namespace));
  });
  const { facts, declaredExternal, previous, documents, appliedTo, unread } = world;
  return new World(resources, facts, declaredExternal, previous, documents, appliedTo, unread);
}
