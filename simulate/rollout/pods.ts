import { list, mappings, number } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { podsOf as scaleOf } from '../../world/autoscalers';
import type { World } from '../../world/world';
import type { SchedulerPod } from '../scheduling/pod';
import { withPriority } from '../scheduling/priority';
import { daemons, named } from '../scheduling/queue';
import { podOfRevision } from './revision';
import type { RolloutPod, RolloutState } from './state';

/** The pods that the controller of a workload makes during a rollout. */
export class RolloutPods {
  /** A pod of each revision. */
  readonly of: Readonly<Record<'old' | 'new', SchedulerPod>>;
  /** The nodes on which a DaemonSet has pods. */
  readonly nodes: readonly string[];
  readonly replicas: number;
  private readonly kind: string;
  private readonly made = new Map<string, RolloutPod>();

  constructor(
    private readonly world: World,
    private readonly workload: WorkloadManifest,
    /** New pods never become ready. */
    private readonly unready: boolean,
  ) {
    this.kind = workload.resource.kind;
    const of = (revision: 'old' | 'new') =>
      withPriority(world, podOfRevision(world, workload, revision), workload.podSpec);
    this.of = { old: of('old'), new: of('new') };
    this.nodes = this.kind === 'DaemonSet' ? daemons(world, this.of.new).map((pod) => nodeOf(pod)!) : [];
    this.replicas = this.kind === 'DaemonSet' ? this.nodes.length : (scaleOf(world, workload)?.min ?? 0);
  }

  /** Every pod of the new revision that there may be. */
  *fresh(): Iterable<RolloutPod> {
    if (this.kind === 'DaemonSet') for (const node of this.nodes) yield this.make('new', node, true);
    else for (let i = 0; i < this.replicas; i++) yield this.make('new', String(i), this.kind === 'StatefulSet');
  }

  /** One that is not there yet; for a slot, where the workload has slots. */
  create(revision: 'old' | 'new', { places }: RolloutState, slot: string | undefined): RolloutPod {
    if (slot !== undefined) return this.make(revision, slot, true);
    for (let i = 0; ; i++) {
      const pod = this.make(revision, String(i), false);
      if (!places.has(pod)) return pod;
    }
  }

  /** The ordinal of a StatefulSet's pod, and the node of a DaemonSet's. */
  slotOf(pod: SchedulerPod, node: string | undefined): string | undefined {
    if (this.kind === 'DaemonSet') return nodeOf(pod) ?? node;
    if (this.kind !== 'StatefulSet') return undefined;
    const first = number(this.workload.resource.at(['spec', 'ordinals', 'start'])) ?? 0;
    return String(Number(/\d+$/.exec(pod.name)?.[0]) - first);
  }

  /** The same pod whenever it is asked for. */
  private make(revision: 'old' | 'new', slot: string, hasSlot: boolean): RolloutPod {
    const key = `${revision} ${slot}`;
    let pod = this.made.get(key);
    if (!pod) {
      const healthy = revision === 'old' || !this.unready;
      pod = { pod: this.named(revision, slot), revision, healthy, slot: hasSlot ? slot : undefined };
      this.made.set(key, pod);
    }
    return pod;
  }

  private named(revision: 'old' | 'new', slot: string): SchedulerPod {
    const { resource } = this.workload;
    const pod = this.of[revision];
    if (this.kind === 'StatefulSet') return named(pod, resource, Number(slot));
    if (this.kind !== 'DaemonSet') return { ...pod, name: `${resource.name}-${revision}-${slot}` };
    return this.daemonsOf(revision).get(slot)!;
  }

  private readonly daemons = new Map<string, ReadonlyMap<string | undefined, SchedulerPod>>();

  private daemonsOf(revision: 'old' | 'new'): ReadonlyMap<string | undefined, SchedulerPod> {
    let found = this.daemons.get(revision);
    if (!found) {
      found = new Map(daemons(this.world, this.of[revision]).map((pod) => [nodeOf(pod), pod]));
      this.daemons.set(revision, found);
    }
    return found;
  }
}

/** The node that a DaemonSet's pod is for. */
function nodeOf({ node }: SchedulerPod): string | undefined {
  for (const term of node.terms ?? [])
    for (const field of mappings(term['matchFields'])) {
      const [name] = list(field['values']);
      if (typeof name === 'string') return name;
    }
  return undefined;
}
