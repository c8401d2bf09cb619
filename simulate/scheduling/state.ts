import type { Labels } from '../../manifests/selector';
import type { SchedulerNode } from './node';
import type { SchedulerPod } from './pod';
import type { NodeRefusal } from './refusal';
import { StorageState } from './storage/state';
import type { Storage } from './storage/storage';
import { NO_STORAGE } from './storage/storage';
import type { SchedulerTaint } from './taints';
import { CORDON } from './taints';

/** A node, and what the pods on it take. */
export interface NodeState extends SchedulerNode {
  readonly pods: ReadonlySet<SchedulerPod>;
  /** What its pods ask for, together. */
  readonly requested: ReadonlyMap<string, bigint>;
  /** CPU and memory of its pods as scores count them. */
  readonly weighed: ReadonlyMap<string, bigint>;
  /** Its place among the nodes. */
  readonly index: number;
  /** Another number whenever anything of it has changed. */
  readonly version: number;
}

/** What was said of each node, by its index, and of which version of it. */
export interface Remembered {
  readonly versions: number[];
  readonly refusals: (NodeRefusal | undefined)[];
}

/** Pods that are alike to every filter and score that looks at other pods, with a node for each of them. */
export interface PodGroup {
  readonly pod: SchedulerPod;
  readonly nodes: readonly NodeState[];
}

interface OpenGroup extends PodGroup {
  readonly nodes: OpenNode[];
}

interface OpenNode extends Omit<NodeState, 'unschedulable' | 'taints' | 'version'> {
  version: number;
  unschedulable: boolean;
  taints: readonly SchedulerTaint[];
  readonly pods: Set<SchedulerPod>;
  readonly requested: Map<string, bigint>;
  readonly weighed: Map<string, bigint>;
}

/** Where pods are: nodes by name, in their order, with what is on them. It changes as pods come and go. */
export class ClusterState {
  /** What the pods on nodes took of the storage. */
  readonly storage: StorageState;
  private readonly byName = new Map<string, OpenNode>();
  private readonly byLikeness = new Map<string, OpenGroup>();
  private readonly byNamespace = new Map<string, Set<OpenGroup>>();
  /** Those that keep others away. */
  private readonly keeping = new Set<OpenGroup>();
  /** How many pods of each priority there are on nodes. */
  private readonly priorities = new Map<number, number>();
  private changes = 0;
  private changesOfNodes = 0;
  private nodesEver = 0;

  constructor(
    nodes: readonly SchedulerNode[],
    /** Labels of namespaces by name. */
    private readonly namespaces: ReadonlyMap<string, Labels>,
    storage: Storage = NO_STORAGE,
  ) {
    this.storage = new StorageState(storage);
    for (const node of nodes) this.grow(node);
  }

  /** Another node is there, with no pod on it. */
  grow(node: SchedulerNode): void {
    this.changesOfNodes += 1;
    this.byName.set(node.name, {
      ...node,
      pods: new Set(),
      requested: new Map(),
      weighed: new Map(),
      index: this.nodesEver++,
      version: 0,
    });
  }

  /** The same nodes with the same pods on them; what was decided for claims while pods were placed is not copied. */
  copy(): ClusterState {
    const copied = new ClusterState(
      [...this.byName.values()].map(({ pods: _, requested: __, index: ___, version: ____, ...node }) => node),
      this.namespaces,
      this.storage.storage,
    );
    for (const { name, pods } of this.byName.values()) for (const pod of pods) copied.add(pod, name);
    return copied;
  }

  /** What filters that look at a node alone said, by what they look at of a pod: they say it again while the node is the same. */
  readonly remembered = new Map<string, Remembered>();

  /** How many nodes there are. */
  get size(): number {
    return this.byName.size;
  }

  /** Another number whenever a node came, was cordoned, uncordoned or dropped. */
  get nodesVersion(): number {
    return this.changesOfNodes;
  }

  get nodes(): Iterable<NodeState> {
    return this.byName.values();
  }

  node(name: string): NodeState | undefined {
    return this.byName.get(name);
  }

  groups(): Iterable<PodGroup> {
    return this.byLikeness.values();
  }

  groupsIn(namespace: string): Iterable<PodGroup> {
    return this.byNamespace.get(namespace) ?? [];
  }

  /** Those whose pods keep others away. */
  groupsApart(): Iterable<PodGroup> {
    return this.keeping;
  }

  /** Whether each node has a value of its own of this label. */
  isUnique(key: string): boolean {
    const values = [...this.byName.values()].map(({ labels }) => labels[key]);
    return !values.includes(undefined) && new Set(values).size === values.length;
  }

  /** Every namespace has its name as a label; of one that nobody speaks of no other is known. */
  labelsOfNamespace(name: string): Labels {
    return { ...this.namespaces.get(name), 'kubernetes.io/metadata.name': name };
  }

  /** Whether there is a pod on a node whose priority is lower. */
  hasBelow(priority: number): boolean {
    for (const known of this.priorities.keys()) if (known < priority) return true;
    return false;
  }

  /** The scheduler places a pod. */
  place(pod: SchedulerPod, on: string): void {
    this.storage.decide(pod, this.open(on));
    this.add(pod, on);
  }

  /** What the claims of a pod on a node got is theirs, also when the pod has gone. */
  settle(pod: SchedulerPod, on: string): void {
    this.storage.settle(pod, this.open(on));
  }

  /** A pod is there already: what its claims got is known. */
  add(pod: SchedulerPod, on: string): void {
    const node = this.open(on);
    this.changed(node);
    node.pods.add(pod);
    this.storage.add(pod);
    count(node, pod, 1n);
    this.priorities.set(pod.priority, (this.priorities.get(pod.priority) ?? 0) + 1);
    const likeness = likenessOf(pod);
    const group = this.byLikeness.get(likeness);
    if (group) group.nodes.push(node);
    else this.begin(likeness, { pod, nodes: [node] });
  }

  remove(pod: SchedulerPod, from: string): void {
    this.lift(pod, from);
    this.storage.forget(pod);
  }

  /** Takes a pod from its node; its claims keep what they got. */
  lift(pod: SchedulerPod, from: string): void {
    const node = this.open(from);
    if (!node.pods.delete(pod)) throw new Error(`${pod.namespace}/${pod.name} is not on ${from}`);
    this.changed(node);
    this.storage.remove(pod);
    count(node, pod, -1n);
    const others = this.priorities.get(pod.priority)! - 1;
    if (others > 0) this.priorities.set(pod.priority, others);
    else this.priorities.delete(pod.priority);
    const likeness = likenessOf(pod);
    const group = this.byLikeness.get(likeness)!;
    group.nodes.splice(group.nodes.indexOf(node), 1);
    if (group.nodes.length > 0) return;
    this.byLikeness.delete(likeness);
    this.byNamespace.get(pod.namespace)!.delete(group);
    this.keeping.delete(group);
  }

  private begin(likeness: string, group: OpenGroup): void {
    const { namespace, antiAffinity } = group.pod;
    this.byLikeness.set(likeness, group);
    const others = this.byNamespace.get(namespace);
    if (others) others.add(group);
    else this.byNamespace.set(namespace, new Set([group]));
    if (antiAffinity.length > 0) this.keeping.add(group);
  }

  /** Runs something that leaves the same pods on a node; what is remembered of the node holds again afterwards. */
  trying<T>(on: string, run: () => T): T {
    const node = this.open(on);
    const { version } = node;
    const found = run();
    node.version = version;
    return found;
  }

  /** `kubectl cordon`; the node gets a taint for it, which some topology spread constraints look at. */
  cordon(name: string): void {
    this.taint(name, CORDON);
    this.open(name).unschedulable = true;
  }

  uncordon(name: string): void {
    this.untaint(name, CORDON.key);
    this.open(name).unschedulable = false;
  }

  /** `kubectl taint nodes NAME KEY=VALUE:EFFECT`, instead of those of its key. */
  taint(name: string, taint: SchedulerTaint): void {
    this.untaint(name, taint.key);
    const node = this.open(name);
    node.taints = [...node.taints, taint];
  }

  /** `kubectl taint nodes NAME KEY-`. */
  untaint(name: string, taintKey: string): void {
    const node = this.open(name);
    this.changed(node);
    this.changesOfNodes += 1;
    node.taints = node.taints.filter(({ key }) => key !== taintKey);
  }

  /** The node is no more; no pod may be on it. */
  drop(name: string): void {
    const { pods } = this.open(name);
    if (pods.size > 0) throw new Error(`there are pods on ${name}`);
    this.byName.delete(name);
    this.changesOfNodes += 1;
  }

  /** No version of a node is that of another content of it. */
  private changed(node: OpenNode): void {
    this.changes += 1;
    node.version = this.changes;
  }

  private open(name: string): OpenNode {
    const node = this.byName.get(name);
    if (!node) throw new Error(`there is no node ${name}`);
    return node;
  }
}

function count(node: OpenNode, { requests, weighed }: SchedulerPod, times: bigint): void {
  for (const [name, amount] of requests) node.requested.set(name, (node.requested.get(name) ?? 0n) + times * amount);
  for (const [name, amount] of weighed.stands) node.weighed.set(name, (node.weighed.get(name) ?? 0n) + times * amount);
}

const likenesses = new WeakMap<SchedulerPod, string>();

function likenessOf(pod: SchedulerPod): string {
  const known = likenesses.get(pod);
  if (known !== undefined) return known;
  const { namespace, labels, terminating, affinity, antiAffinity, preferences } = pod;
  const terms = [affinity, antiAffinity, preferences.near, preferences.away].map((each) =>
    each.map((term) => ({ ...term, namespaces: [...term.namespaces].sort() })),
  );
  const likeness = JSON.stringify([namespace, Object.entries(labels).sort(), terminating, terms]);
  likenesses.set(pod, likeness);
  return likeness;
}
