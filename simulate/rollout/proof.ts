import { selects } from '../../manifests/selector';
import { memo } from '../../model/memo';
import { addTo } from '../../model/multimap';
import type { World } from '../../world/world';
import { boundsOf } from '../scheduling/bounds';
import { takersOf } from '../scheduling/filter';
import { isOfDefaultScheduler } from '../scheduling/fresh-pod';
import { clash } from '../scheduling/host-ports';
import type { SchedulerPod } from '../scheduling/pod';
import type { QueuedPod } from '../scheduling/queue';
import { clusterOf } from '../scheduling/queue';
import { RoomCount } from '../scheduling/room-count';
import type { ClusterState, NodeState } from '../scheduling/state';
import { isAlike } from './alike';
import type { Rollout } from './rollout';
import type { Situation } from './situation';
import { freesRoomFirst, isPaused } from './strategy';

/** Beyond so many pairs of pods and nodes it takes longer than it is worth. */
const MOST_PAIRS = 100_000;

/** The cluster with all pods that are queued, and what they may fill. */
const countOf = memo((world: World, { queue }: Situation): RoomCount | undefined => {
  const cluster = clusterOf(world, []);
  if (!cluster || cluster.hasBelow(Number.POSITIVE_INFINITY)) return undefined;
  const room = new RoomCount(cluster);
  for (const { pod } of queue) room.add(pod);
  return room;
});

/**
 * Whether it is certain by counting alone that the pods of both revisions find nodes, wherever all others are: then a rolling update
 * finishes. Only where no pod stands in the cluster yet.
 */
export function isCountedToFinish(world: World, situation: Situation, rollout: Rollout): boolean {
  const { strategy, options, admission, workload, fresh, most, replicas } = rollout;
  if (strategy.type !== 'RollingUpdate' || options.unready || admission.pods !== Number.POSITIVE_INFINITY) return false;
  if (isPaused(workload) || !isOfDefaultScheduler(workload) || situation.standing.length > 0) return false;
  const room = countOf(world, situation);
  // The old ones are among those that are queued; beside one that comes there are no more than these, of whichever revision.
  const keepApart = (pod: SchedulerPod) => JSON.stringify(pod.antiAffinity.map(({ selector }) => selector));
  const besides = keepApart(fresh.old) === keepApart(fresh.new) ? Math.max(0, most - 1 - replicas) : most;
  return (
    room?.isCertain(fresh.old) === true &&
    room.isCertain(
      fresh.new,
      Array.from({ length: besides }, () => fresh.new),
    )
  );
}

/** The pods that each node may have: those that it takes when none of the others is there. */
interface Crowd {
  readonly cluster: ClusterState;
  readonly byNode: ReadonlyMap<string, readonly QueuedPod[]>;
}

const crowdOf = memo((world: World, { queue }: Situation): Crowd | undefined => {
  const cluster = clusterOf(
    world,
    queue.flatMap(({ makes }) => makes),
  );
  if (!cluster || queue.length * cluster.size > MOST_PAIRS) return undefined;
  const byNode = new Map<string, QueuedPod[]>();
  for (const queued of queue) for (const { name } of takersOf(apart(queued.pod), cluster)) addTo(byNode, name, queued);
  return { cluster, byNode };
});

/** Without what keeps it away only from some others, or with others. */
function apart(pod: SchedulerPod): SchedulerPod {
  return { ...pod, affinity: [], spread: [] };
}

/** Whether the pods of other workloads that are queued make no difference to a rollout, wherever they are. */
export function isIndependent(world: World, situation: Situation, rollout: Rollout): boolean {
  const crowd = crowdOf(world, situation);
  if (!crowd) return false;
  const { name, fresh } = rollout;
  const others = situation.queue.filter(({ controller }) => controller !== name);
  if (others.length === 0) return true;
  if (others.some(({ pod }) => minds(pod, fresh.new) || minds(fresh.new, pod)) || sharesStorage(crowd, rollout, others))
    return false;
  return hasRoomEverywhere(crowd, rollout);
}

/** Whether in each domain of nodes there is always one that takes another pod. */
function hasRoomEverywhere({ cluster, byNode }: Crowd, { name, fresh, most, workload }: Rollout): boolean {
  const { affinity, antiAffinity, spread, hostPorts, volumes } = fresh.new;
  // Where its ports, its volumes or its controller tell nodes apart, each is by itself.
  const isSingle =
    workload.resource.kind === 'DaemonSet' ||
    affinity.length + hostPorts.length + volumes.claims.length + volumes.disks.length > 0;
  const keys = [...antiAffinity, ...spread].map(({ topologyKey }) => topologyKey);
  const domains = new Map<string, NodeState[]>();
  for (const node of takersOf(apart(fresh.new), cluster))
    addTo(domains, isSingle ? node.name : JSON.stringify(keys.map((key) => node.labels[key] ?? null)), node);
  return [...domains.values()].every((nodes) => {
    const there = new Set(nodes.flatMap((node) => byNode.get(node.name) ?? []));
    return hasAlwaysRoom(
      fresh.new,
      most,
      nodes,
      [...there].filter(({ controller }) => controller !== name),
    );
  });
}

/** Whether one pod's terms mean the other one. */
function minds(
  { namespace, affinity, antiAffinity, spread }: SchedulerPod,
  { labels, ...other }: SchedulerPod,
): boolean {
  return (
    [...affinity, ...antiAffinity].some(({ selector }) => selects(selector, labels)) ||
    (namespace === other.namespace && spread.some(({ selector }) => selects(selector, labels)))
  );
}

/** Volumes that others may take, or claims of theirs. */
function sharesStorage({ cluster }: Crowd, { fresh }: Rollout, others: readonly QueuedPod[]): boolean {
  const { claims, disks } = fresh.new.volumes;
  if (claims.length + disks.length === 0) return false;
  const { volumes, limits, measured } = cluster.storage.storage;
  if (disks.length > 0 || volumes.size + limits.size + measured.size > 0) return true;
  const own = new Set(claims.map(({ claim }) => claim));
  return others.some(
    ({ pod }) =>
      pod.namespace === fresh.new.namespace &&
      pod.volumes.claims.some(({ claim }) => claim !== undefined && own.has(claim)),
  );
}

/** Whether one of some nodes takes the last of so many pods, wherever the others are: they cannot fill all of these nodes. */
function hasAlwaysRoom(
  pod: SchedulerPod,
  count: number,
  nodes: readonly NodeState[],
  others: readonly QueuedPod[],
): boolean {
  if (others.some((other) => other.pod.hostPorts.some((taken) => pod.hostPorts.some((wanted) => clash(taken, wanted)))))
    return false;
  const before = BigInt(Math.max(0, count - 1));
  const amounts = [...pod.requests].filter(([, amount]) => amount > 0n);
  const byPods = fillable(
    nodes.map((node) => (node.allocatable.get('pods') ?? 0n) - BigInt(node.pods.size)),
    BigInt(others.length) + before,
  );
  const byAmounts = amounts.map(([name, amount]) =>
    fillable(
      nodes.map((node) => (node.allocatable.get(name) ?? 0n) - (node.requested.get(name) ?? 0n) - amount + 1n),
      others.reduce((sum, other) => sum + (other.pod.requests.get(name) ?? 0n), 0n) + amount * before,
    ),
  );
  return byAmounts.reduce((sum, each) => sum + each, byPods) < nodes.length;
}

/** How many nodes can be filled at most, each by so much. */
function fillable(needed: readonly bigint[], amount: bigint): number {
  let left = amount;
  let count = 0;
  for (const each of [...needed].sort((a, b) => (a < b ? -1 : 1))) {
    if (each > left) break;
    left -= each > 0n ? each : 0n;
    count += 1;
  }
  return count;
}

/** Whether no choice matters to a rollout, neither that of a node nor that of a pod, if its pods are alone. */
export function isIndifferent(world: World, situation: Situation, rollout: Rollout): boolean {
  const crowd = crowdOf(world, situation);
  const { fresh, name, workload } = rollout;
  const isStanding = situation.standing.some(({ member }) => member.controller?.name === name);
  if (!crowd || isStanding || workload.resource.kind !== 'Deployment') return false;
  return isAlike([fresh.old], fresh.new, crowd.cluster) || isAlwaysTaken(crowd, rollout);
}

/**
 * Whether some node takes each pod, wherever those before are: with one spread constraint, and room in every domain that it counts, the
 * domain that has fewest takes one more.
 */
function isAlwaysTaken(crowd: Crowd, rollout: Rollout): boolean {
  const { affinity, antiAffinity, spread, hostPorts, volumes } = rollout.fresh.new;
  const [constraint] = spread;
  if (!constraint || spread.length > 1 || constraint.minDomains > 1) return false;
  if ([affinity, antiAffinity, hostPorts, volumes.claims, volumes.disks].some(({ length }) => length > 0)) return false;
  const domainOf = ({ labels }: NodeState) => labels[constraint.topologyKey];
  const open = new Set(takersOf(apart(rollout.fresh.new), crowd.cluster).map(domainOf));
  return [...crowd.cluster.nodes].every((node) => open.has(domainOf(node))) && hasRoomEverywhere(crowd, rollout);
}

/** Whether the pods of other workloads, wherever they are, can only take room away from a rollout. */
export function canOnlyLoseRoom({ queue }: Situation, { name, fresh }: Rollout): boolean {
  const { affinity, spread, namespace } = fresh.new;
  return (
    affinity.length === 0 &&
    queue.every(
      ({ controller, pod }) =>
        controller === name ||
        pod.namespace !== namespace ||
        spread.every(({ selector }) => !selects(selector, pod.labels)),
    )
  );
}

/**
 * Whether a rollout finishes wherever the pods are: each of them is placed in any case, and a new pod has room where an old one was, or
 * even where every pod stands on every node that may take it.
 */
export function isCertainToFinish(world: World, situation: Situation, rollout: Rollout): boolean {
  const { name, fresh, strategy, options, admission, replicas } = rollout;
  const { affinity, spread, volumes } = fresh.new;
  const isPlain = affinity.length + spread.length + volumes.claims.length + volumes.disks.length === 0;
  const frees = freesRoomFirst(strategy);
  if (!isPlain || options.unready || admission.pods < replicas + (frees ? 0 : 1)) return false;
  if (situation.standing.some(({ member }) => member.controller?.name === name)) return false;
  const crowded = fullOf(world, situation);
  if (!crowded) return false;
  if (frees) return isAlike([fresh.old], fresh.new, crowded);
  return strategy.type === 'RollingUpdate' && takersOf(fresh.new, crowded).length > 0;
}

/** The cluster with all of its crowd, if each pod is placed in any case. */
const fullOf = memo((world: World, situation: Situation): ClusterState | undefined => {
  const crowd = crowdOf(world, situation);
  if (!crowd) return undefined;
  const pods = situation.queue.map(({ pod }) => pod);
  if (!boundsOf(pods, crowd.cluster).every((bound) => bound === 'placed')) return undefined;
  const full = crowd.cluster.copy();
  for (const [node, queued] of crowd.byNode) for (const { pod } of queued) full.add(pod, node);
  return full;
});
