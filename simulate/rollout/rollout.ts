import type { WorkloadManifest } from '../../manifests/workload';
import type { World } from '../../world/world';
import { clusterOf, ownerText } from '../scheduling/queue';
import { claimsMadeFor } from '../scheduling/storage/known';
import { isAlike } from './alike';
import { waitsForVolume } from './attachment';
import { daemonSetController } from './daemon-set';
import { deploymentController } from './deployment';
import { follow, RolloutStage } from './follow';
import { stateKeys } from './key';
import { RolloutPods } from './pods';
import type { Admission, OtherPods } from './quota';
import { admissionOf } from './quota';
import type { RolloutNumbers } from './reason';
import { numbersOf, reasonOf, wayOut } from './reason';
import type { Situation } from './situation';
import { clusterWithout, othersIn, pendingIn } from './situation';
import type { RolloutController, RolloutPlan, RolloutPod, RolloutState } from './state';
import { podsOfRevision } from './state';
import { statefulSetController } from './stateful-set';
import type { Strategy } from './strategy';
import { freesRoomFirst, isPaused, strategyOf } from './strategy';

/** So many looks at nodes and pods are worth it for one rollout. */
const MOST_WORK = 150_000;

/** What is asked of a rollout. */
export interface RolloutOptions {
  /** New pods never become ready. */
  readonly unready: boolean;
  /** So many states are followed. */
  readonly most: number;
}

/** A state in which nothing moves any more. */
export interface RolloutEnd {
  readonly done: boolean;
  readonly numbers: RolloutNumbers;
  /** Why it is not done. */
  readonly reason: string;
  /** Why it may be done in the end all the same. */
  readonly wayOut: string | undefined;
}

/** What comes of the rollout of one workload, from one way in which all pods are placed before it. */
export interface RolledOut {
  readonly ends: readonly RolloutEnd[];
  readonly complete: boolean;
  readonly peak: number;
  readonly lowest: number;
  /** So many states were followed. */
  readonly states: number;
}

/** The rollout of one workload in a situation. */
export class Rollout {
  /** `Deployment/shop/web` */
  readonly name: string;
  readonly others: readonly OtherPods[];
  readonly admission: Admission;
  readonly strategy: Strategy;
  private readonly pods: RolloutPods;

  constructor(
    private readonly world: World,
    private readonly situation: Situation,
    readonly workload: WorkloadManifest,
    readonly options: RolloutOptions,
    admission?: Admission,
  ) {
    this.name = ownerText(workload);
    this.others = othersIn(world, situation, workload);
    this.admission = admission ?? admissionOf(world, workload, this.others);
    this.pods = new RolloutPods(world, workload, options.unready);
    this.strategy = strategyOf(workload, this.replicas)!;
  }

  get replicas(): number {
    return this.pods.replicas;
  }

  /** A pod of each revision. */
  get fresh(): RolloutPods['of'] {
    return this.pods.of;
  }

  /** The same rollout in another situation, with what the quotas leave in this one. */
  within(situation: Situation): Rollout {
    return new Rollout(this.world, situation, this.workload, this.options, this.admission);
  }

  /** So many of its pods may be there at once. */
  get most(): number {
    const { strategy, replicas } = this;
    return replicas + (strategy.type === 'RollingUpdate' || strategy.type === 'Nodes' ? strategy.surge : 0);
  }

  /** From where the queued pods are placed so. `waits`: a volume of one node keeps pods on others from becoming ready. `isIndifferent`: no choice matters. */
  from(places: readonly (string | undefined)[], waits: boolean, isIndifferent = false): RolledOut {
    const makes = [...this.pods.fresh()].flatMap(({ pod }) => claimsMadeFor(this.world, this.workload, pod));
    const cluster = clusterWithout(this.world, this.situation, this.name, places, makes);
    const old = this.oldPods(places);
    const waiting = pendingIn(this.situation, places);
    const pending = waiting.flatMap(({ pod, controller }): RolloutPod[] =>
      controller === this.name ? [] : [{ pod, revision: 'other', healthy: true }],
    );
    const own = [...old.map(([{ pod }]) => pod), this.fresh.new];
    const exact = pending.length > 0 || own.some(({ volumes }) => volumes.claims.length + volumes.disks.length > 0);
    const keys = stateKeys(own, cluster, exact);
    const plan: RolloutPlan = {
      replicas: this.replicas,
      admitted: this.admission.pods,
      isReady: waits ? (pod, state) => this.isReady(pod, state) && !waitsForVolume(pod, state, cluster) : this.isReady,
      create: (revision, state, slot) => this.pods.create(revision, state, slot),
      keyOf: keys.ofState,
      nodeKeysOf: keys.ofNodes,
    };
    const start: RolloutState = {
      oldSpec: this.replicas,
      newSpec: 0,
      places: new Map([...old, ...pending.map((pod) => [pod, undefined] as const)]),
    };
    const controller = this.controller(plan);
    const stage = new RolloutStage(cluster);
    const olds = old.map(([{ pod }]) => pod);
    const alike = isIndifferent || (pending.length === 0 && isAlike(olds, this.fresh.new, cluster));
    const followed = follow(start, controller, plan, stage, { alike, most: this.mostStates(cluster.size) });
    const ends = followed.ends.map((state) => this.endOf(state, controller, plan, stage));
    return { ...followed, ends };
  }

  /** Why new pods may wait for volumes of which it is not known where they are; undefined: they do not. */
  get volumeDoubt(): string | undefined {
    const { kind } = this.workload.resource;
    // A pod of a StatefulSet finds its volume where it was, and so does one that comes when an old pod has gone.
    if (kind !== 'Deployment' || freesRoomFirst(this.strategy) || this.fresh.new.volumes.claims.length === 0)
      return undefined;
    const cluster = clusterOf(this.world, []);
    return cluster?.storage.isUnsure(this.fresh.new)
      ? 'the volumes of its claims may hold it to some nodes'
      : undefined;
  }

  /** Where states are large, fewer of them are followed. */
  private mostStates(nodes: number): number {
    return Math.max(50, Math.min(this.options.most, Math.round(MOST_WORK / (nodes + 5 * this.most))));
  }

  /** Whether pods of several nodes may want one volume that is attached to a single one. */
  get mayWaitForVolume(): boolean {
    return this.workload.resource.kind === 'Deployment' && this.fresh.new.volumes.claims.length > 0;
  }

  private readonly isReady = (pod: RolloutPod, { places }: RolloutState): boolean =>
    pod.healthy && places.get(pod) !== undefined;

  private controller(plan: RolloutPlan): RolloutController {
    const { strategy } = this;
    // No ReplicaSet is made for the new template.
    if (isPaused(this.workload)) return { next: () => [], isDone: () => false };
    switch (strategy.type) {
      case 'Ordinals':
        return statefulSetController(plan, strategy);
      case 'Nodes':
        return daemonSetController(plan, strategy, this.pods.nodes);
      case 'OnDelete':
        return { next: () => [], isDone: () => true };
      default:
        return deploymentController(plan, strategy);
    }
  }

  private endOf(
    state: RolloutState,
    controller: RolloutController,
    plan: RolloutPlan,
    stage: RolloutStage,
  ): RolloutEnd {
    const wanted = this.strategy.type === 'RollingUpdate' ? state.oldSpec + state.newSpec : this.replicas;
    const numbers = numbersOf(plan, state, wanted);
    if (controller.isDone(state)) return { done: true, numbers, reason: '', wayOut: undefined };
    const cluster = stage.show(state);
    const [pending] = podsOfRevision(state, 'new').filter((pod) => state.places.get(pod) === undefined);
    return {
      done: false,
      numbers,
      reason: reasonOf(plan, state, cluster, this.admission, wanted),
      wayOut: pending && wayOut(pending.pod, cluster),
    };
  }

  private oldPods(places: readonly (string | undefined)[]): [RolloutPod, string | undefined][] {
    const { standing, queue } = this.situation;
    const isOwn = (controller: string | undefined) => controller === this.name;
    const known = standing.flatMap(({ member, node }): [RolloutPod, string][] =>
      isOwn(member.controller?.name) && !member.pod.terminating
        ? [
            [
              { pod: member.pod, revision: 'old', healthy: member.ready, slot: this.pods.slotOf(member.pod, node) },
              node,
            ],
          ]
        : [],
    );
    const waiting = new Set(pendingIn(this.situation, places));
    const queued = queue.flatMap((each, i): [RolloutPod, string | undefined][] => {
      const { pod, controller } = each;
      const isThere = places[i] !== undefined || waiting.has(each);
      if (!isOwn(controller) || !isThere) return [];
      return [[{ pod, revision: 'old', healthy: true, slot: this.pods.slotOf(pod, places[i]) }, places[i]]];
    });
    return [...known, ...queued].slice(0, Math.max(known.length, this.admission.pods));
  }
}
