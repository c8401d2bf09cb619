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

/** Pods that are alike to every filter that looks at other pods, with a node for each of them. */
export interface PodGroup {
  readonly pod: SchedulerPod;
  readonly nodes: readonly NodeState[];
}

interface OpenNode extends Omit<NodeState, 'unschedulable' | 'taints' | 'version'> {
  version: number;
  unschedulable: boolean;
  taints: readonly SchedulerTaint[];
  readonly pods: Set<SchedulerPod>;
  readonly requested: Map<string, bigint>;
}

/** Where pods are: nodes by name, in their order, with what is on them. It changes as pods come and go. */
export class ClusterState {
  /** What the pods on nodes took of the storage. */
  readonly storage: StorageState;
  private readonly byName = new Map<string, OpenNode>();
  private readonly byLikeness = new Map<string, { readonly pod: SchedulerPod; readonly nodes: OpenNode[] }>();

  constructor(
    nodes: readonly SchedulerNode[],
    /** Labels of namespaces by name. */
    private readonly namespaces: ReadonlyMap<string, Labels>,
    storage: Storage = NO_STORAGE,
  ) {
    this.storage = new StorageState(storage);
    for (const [index, node] of nodes.entries())
      this.byName.set(node.name, { ...node, pods: new Set(), requested: new Map(), index, version: 0 });
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

  get nodes(): Iterable<NodeState> {
    return this.byName.values();
  }

  node(name: string): NodeState | undefined {
    return this.byName.get(name);
  }

  groups(): Iterable<PodGroup> {
    return this.byLikeness.values();
  }

  /** Every namespace has its name as a label; of one that nobody speaks of no other is known. */
  labelsOfNamespace(name: string): Labels {
    return { ...this.namespaces.get(name), 'kubernetes.io/metadata.name': name };
  }

  /** The scheduler places a pod. */
  place(pod: SchedulerPod, on: string): void {
    this.storage.decide(pod, this.open(on));
    this.add(pod, on);
  }

  /** A pod is there already: what its claims got is known. */
  add(pod: SchedulerPod, on: string): void {
    const node = this.open(on);
    node.version += 1;
    node.pods.add(pod);
    this.storage.add(pod);
    for (const [name, amount] of pod.requests) node.requested.set(name, (node.requested.get(name) ?? 0n) + amount);
    const likeness = likenessOf(pod);
    const group = this.byLikeness.get(likeness);
    if (group) group.nodes.push(node);
    else this.byLikeness.set(likeness, { pod, nodes: [node] });
  }

  remove(pod: SchedulerPod, from: string): void {
    const node = this.open(from);
    if (!node.pods.delete(pod)) throw new Error(`${pod.namespace}/${pod.name} is not on ${from}`);
    node.version += 1;
    this.storage.remove(pod);
    for (const [name, amount] of pod.requests) node.requested.set(name, node.requested.get(name)! - amount);
    const likeness = likenessOf(pod);
    const { nodes } = this.byLikeness.get(likeness)!;
    nodes.splice(nodes.indexOf(node), 1);
    if (nodes.length === 0) this.byLikeness.delete(likeness);
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
    node.version += 1;
    node.taints = node.taints.filter(({ key }) => key !== taintKey);
  }

  /** The node is no more; no pod may be on it. */
  drop(name: string): void {
    const { pods } = this.open(name);
    if (pods.size > 0) throw new Error(`there are pods on ${name}`);
    this.byName.delete(name);
  }

  private open(name: string): OpenNode {
    const node = this.byName.get(name);
    if (!node) throw new Error(`there is no node ${name}`);
    return node;
  }
}

const likenesses = new WeakMap<SchedulerPod, string>();

function likenessOf(pod: SchedulerPod): string {
  const known = likenesses.get(pod);
  if (known !== undefined) return known;
  const { namespace, labels, terminating, antiAffinity } = pod;
  const terms = antiAffinity.map((term) => ({ ...term, namespaces: [...term.namespaces].sort() }));
  const likeness = JSON.stringify([namespace, Object.entries(labels).sort(), terminating, terms]);
  likenesses.set(pod, likeness);
  return likeness;
}
