import { addTo } from '../../model/multimap';
import { takersOf } from './filter';
import { clash } from './host-ports';
import { meetsRequirement } from './node-affinity';
import type { SchedulerPod } from './pod';
import { means } from './pod-affinity';
import type { ClusterState, NodeState } from './state';
import { rejectionOf } from './storage/rejection';
import { podShape } from './symmetry';
import { untolerated } from './taints';

/** Nodes of which one is enough, with what it takes to fill them up for a pod: the cheapest first, as sums from the start. */
interface NodeGroup {
  readonly nodes: readonly NodeState[];
  readonly sums: ReadonlyMap<string, readonly bigint[]>;
}

/** Pods that are alike, and how others that came before keep them away. */
interface Shape {
  readonly pod: SchedulerPod;
  /** So many of them have come. */
  count: number;
  /** In each of these groups there must be a node for it; undefined: that cannot be counted. */
  readonly groups: readonly NodeGroup[] | undefined;
  /** Other shapes that keep it away from a node, or from a larger domain, each of their pods from one. */
  readonly rivals: { readonly shape: Shape; readonly over: 'node' | 'domain' }[];
  compared: number;
}

/**
 * Whether pods are certain to be placed, by counting alone: however those before are placed, they do not have what it takes to fill every
 * node that takes it, or to keep it from all of them. Of a spread that must be met, the domain with the fewest pods is always open, so
 * there must be such a node in each.
 */
export class RoomCount {
  private readonly shapes: Shape[] = [];
  private readonly byText = new Map<string, Shape>();
  private readonly totals = new Map<string, bigint>();

  constructor(private readonly cluster: ClusterState) {}

  /** `more` have come besides. */
  isCertain(pod: SchedulerPod, more: readonly SchedulerPod[] = []): boolean {
    for (const each of more) this.add(each);
    const isCertain = this.judge(pod);
    for (const each of more) this.add(each, -1);
    return isCertain;
  }

  private judge(pod: SchedulerPod): boolean {
    const shape = this.shapeOf(pod);
    if (!shape.groups) return false;
    const rivals = this.rivalsOf(shape).filter(({ shape: { count } }) => count > 0);
    // A domain that one of them has may be all there is.
    if (rivals.some(({ over }) => over === 'domain')) return false;
    const apart = rivals.reduce((sum, { shape: { count } }) => sum + count, 0);
    const others = this.totalsWithout(rivals.map(({ shape: rival }) => rival));
    return shape.groups.every((group) => mostFilled(group, others) + apart < group.nodes.length);
  }

  /** A pod has come, and is somewhere. */
  add(pod: SchedulerPod, times = 1): void {
    this.shapeOf(pod).count += times;
    for (const [name, amount] of [...pod.requests, ['pods', 1n] as const])
      this.totals.set(name, (this.totals.get(name) ?? 0n) + amount * BigInt(times));
  }

  /** What pods asked for, but those that keep the pod from their nodes anyway. */
  private totalsWithout(rivals: readonly Shape[]): ReadonlyMap<string, bigint> {
    if (rivals.length === 0) return this.totals;
    const totals = new Map(this.totals);
    for (const { pod, count } of rivals)
      for (const [name, amount] of [...pod.requests, ['pods', 1n] as const])
        totals.set(name, (totals.get(name) ?? 0n) - amount * BigInt(count));
    return totals;
  }

  private shapeOf(pod: SchedulerPod): Shape {
    const text = podShape(pod);
    let shape = this.byText.get(text);
    if (!shape) {
      shape = { pod, count: 0, groups: this.groupsFor(pod), rivals: [], compared: 0 };
      this.byText.set(text, shape);
      this.shapes.push(shape);
    }
    return shape;
  }

  private groupsFor(pod: SchedulerPod): NodeGroup[] | undefined {
    const { affinity, spread, volumes, gates } = pod;
    if (affinity.length + volumes.claims.length + volumes.disks.length + gates.length > 0 || spread.length > 1)
      return undefined;
    if (rejectionOf(pod, this.cluster.storage) !== undefined) return undefined;
    const takers = takersOf({ ...pod, spread: [] }, this.cluster);
    const [constraint] = spread;
    if (!constraint) return takers.length === 0 ? undefined : [groupOf(takers, pod)];
    const { topologyKey, honors, minDomains } = constraint;
    const domains = new Map<string, NodeState[]>();
    for (const node of this.cluster.nodes) {
      const domain = node.labels[topologyKey];
      const isLeftOut =
        (honors.affinity && !meetsRequirement(pod.node, node)) ||
        (honors.taints && untolerated(node.taints, pod.tolerations) !== undefined);
      if (domain !== undefined && !isLeftOut) addTo(domains, domain, node);
    }
    if (domains.size === 0 || domains.size < minDomains) return undefined;
    const isTaker = new Set(takers);
    const groups = [...domains.values()].map((nodes) => nodes.filter((node) => isTaker.has(node)));
    return groups.some(({ length }) => length === 0) ? undefined : groups.map((nodes) => groupOf(nodes, pod));
  }

  /** Those that came before and share a port or anti-affinity with it; shapes that have come since are compared once. */
  private rivalsOf(shape: Shape): Shape['rivals'] {
    for (; shape.compared < this.shapes.length; shape.compared++) {
      const other = this.shapes[shape.compared]!;
      const over = this.keptApart(shape.pod, other.pod);
      if (over) shape.rivals.push({ shape: other, over });
    }
    return shape.rivals;
  }

  private keptApart(pod: SchedulerPod, other: SchedulerPod): 'node' | 'domain' | undefined {
    const keys = [
      ...pod.antiAffinity.filter((term) => means(term, other, this.cluster)),
      ...other.antiAffinity.filter((term) => means(term, pod, this.cluster)),
    ].map(({ topologyKey }) => topologyKey);
    if (keys.some((key) => !this.cluster.isUnique(key))) return 'domain';
    if (keys.length > 0) return 'node';
    const share = pod.hostPorts.some((port) => other.hostPorts.some((taken) => clash(taken, port)));
    return share ? 'node' : undefined;
  }
}

/** No more nodes of a group than so many can be full for the pod. */
function mostFilled({ sums }: NodeGroup, totals: ReadonlyMap<string, bigint>): number {
  let filled = 0;
  for (const [name, costs] of sums) filled += countUpTo(costs, totals.get(name) ?? 0n);
  return filled;
}

/** For each resource that the pod asks for, what others must ask for on nodes of the group until they are full for it. */
function groupOf(nodes: readonly NodeState[], pod: SchedulerPod): NodeGroup {
  const wanted = new Map([...pod.requests].filter(([, amount]) => amount > 0n)).set('pods', 1n);
  const sums = [...wanted].map(([name, amount]) => {
    const costs = nodes
      .map((node) => {
        const used = name === 'pods' ? BigInt(node.pods.size) : (node.requested.get(name) ?? 0n);
        return (node.allocatable.get(name) ?? 0n) - used - amount + 1n;
      })
      .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    let sum = 0n;
    return [name, costs.map((cost) => (sum += cost))] as const;
  });
  return { nodes, sums: new Map(sums) };
}

/** How many of rising sums are within a total. */
function countUpTo(sums: readonly bigint[], total: bigint): number {
  let [low, high] = [0, sums.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! <= total) low = middle + 1;
    else high = middle;
  }
  return low;
}
