import { deploymentController } from './deployment';
import type { RevisionPod, RolloutController, RolloutPlan, RolloutState } from './state';
import { ownPods, podsOfRevision } from './state';
import type { Strategy } from './strategy';

/** The rollout of a Deployment, and how long its pods take. All times are seconds. */
export interface TimedRollout {
  readonly strategy: Extract<Strategy, { type: 'RollingUpdate' | 'Recreate' }>;
  readonly replicas: number;
  /** From when a new pod has a node until its containers run: images, volumes, init containers. */
  readonly start: number;
  /** From when its containers run until it is ready; undefined: it never is. */
  readonly ready: number | undefined;
  /** From when a pod is deleted until it is gone: `stopTime`. */
  readonly stop: number;
  /** minReadySeconds. @default 0 */
  readonly minReadySeconds?: number;
  /** progressDeadlineSeconds. @default 600 */
  readonly progressDeadline?: number;
  /** Pods of the Deployment that the quotas admit at once; those that are stopping count. @default - no quota */
  readonly quota?: number;
  /** Pods of the Deployment that the nodes have room for at once; those that are stopping take theirs. @default - for all */
  readonly room?: number;
  /** spec.paused. @default false */
  readonly paused?: boolean;
}

/** The pods of a Deployment at one moment. */
export interface TimelineMoment {
  /** Seconds since the template changed. */
  readonly at: number;
  /** Pods of each revision, without those that are stopping. */
  readonly old: number;
  readonly new: number;
  /** Of both: ready for minReadySeconds, and not. */
  readonly available: number;
  readonly unavailable: number;
  readonly stopping: number;
}

/** A time in which no pod is available. */
export interface TimelineGap {
  readonly from: number;
  /** Undefined: it does not end. */
  readonly length: number | undefined;
}

/** What happens in a rollout, and when. */
export interface RolloutTimeline {
  /** The states that last, in order, each until the next one. */
  readonly moments: readonly TimelineMoment[];
  /** Most pods at once: `pods` without those that are stopping, `counted` with them, as a quota and the nodes count them. */
  readonly peak: { readonly pods: number; readonly counted: number };
  /** Fewest available pods. */
  readonly lowest: number;
  readonly gaps: readonly TimelineGap[];
  /**
   * When the rollout is complete, as `kubectl rollout status` tells; undefined: never. Where a quota refuses pods meanwhile, it may be later:
   * the ReplicaSet asks again after twice the time, and each change of its pods doubles it once more.
   */
  readonly end: number | undefined;
  /** Why it never ends; undefined: it does. */
  readonly never: string | undefined;
  /** When the last pod that stops is gone. */
  readonly gone: number;
  /** When it is first said to have failed (ProgressDeadlineExceeded), which stops nothing; undefined: it is not. */
  readonly givenUp: number | undefined;
}

/**
 * What the Deployment controller does when the template changes, all pods of the old revision being available before. Controllers act at once.
 * Where a pod becomes available in the same moment in which another is gone, both are counted: that is the case with more pods.
 */
export function rolloutTimeline(rollout: TimedRollout): RolloutTimeline {
  return new TimedDeployment(rollout).run();
}

interface TimedPod extends RevisionPod {
  /** When it is ready, and when it is available; undefined: not known to be. */
  readyAt: number | undefined;
  availableAt: number | undefined;
}

/** Any node: which one makes no difference here. */
const SOME_NODE = 'node';
const EXCEEDED = Number.POSITIVE_INFINITY;
/** A controller that a quota refuses tries again after so many seconds, twice as many each time, at most so many (client-go, workqueue). */
const FIRST_RETRY = 0.005;
const LONGEST_RETRY = 1000;

class TimedDeployment {
  private now = 0;
  private state: RolloutState<TimedPod>;
  /** When each pod that is stopping is gone. */
  private readonly stopping: { readonly revision: RevisionPod['revision']; readonly at: number }[] = [];
  private readonly controller: RolloutController<TimedPod>;
  private readonly quota: number;
  private readonly room: number;
  /** How often in a row the quota has refused a pod, and when the ReplicaSet tries again. */
  private refusals = 0;
  private retryAt: number | undefined;
  private mayCreate = true;

  private readonly moments: TimelineMoment[] = [];
  private readonly peak = { pods: 0, counted: 0 };
  private lowest = Number.POSITIVE_INFINITY;
  private end: number | undefined;
  private progressAt = 0;
  private givenUp: number | undefined;

  constructor(private readonly rollout: TimedRollout) {
    const { replicas, quota = EXCEEDED, room = EXCEEDED, strategy } = rollout;
    this.quota = quota;
    this.room = room;
    const old = Array.from({ length: Math.min(replicas, quota) }, (_, i): [TimedPod, string | undefined] => {
      const since = i < room ? 0 : undefined;
      return [{ revision: 'old', readyAt: since, availableAt: since }, i < room ? SOME_NODE : undefined];
    });
    this.state = { oldSpec: replicas, newSpec: 0, places: new Map(old) };
    const counts = () => this.stopping.length;
    const mayCreate = () => this.mayCreate;
    const plan: RolloutPlan<TimedPod> = {
      replicas,
      get admitted() {
        return mayCreate() ? quota - counts() : 0;
      },
      isReady: (pod) => this.isAvailable(pod),
      isStopping: () => this.stopping.some(({ revision }) => revision === 'old'),
      create: (revision) => ({ revision, readyAt: undefined, availableAt: undefined }),
      keyOf: () => '',
      nodeKeysOf: () => () => '',
    };
    this.controller = rollout.paused ? { next: () => [], isDone: () => false } : deploymentController(plan, strategy);
  }

  run(): RolloutTimeline {
    this.note();
    this.settle();
    for (let next = this.nextAt(); next !== undefined; next = this.nextAt()) {
      this.waitUntil(next);
      this.settle();
    }
    if (this.end === undefined) this.waitUntil(Number.POSITIVE_INFINITY);
    const { moments, peak, lowest, end, givenUp } = this;
    const never = end === undefined ? this.whyNever() : undefined;
    return {
      moments,
      peak,
      lowest,
      gaps: this.rollout.replicas === 0 ? [] : gapsIn(moments),
      end,
      never,
      gone: this.lastGone,
      givenUp,
    };
  }

  private lastGone = 0;

  private isAvailable({ availableAt }: TimedPod): boolean {
    return availableAt !== undefined && availableAt <= this.now;
  }

  /** When something happens next that the controllers do not do by themselves; undefined: nothing does. */
  private nextAt(): number | undefined {
    const { now, state, stopping, retryAt } = this;
    const times = [...state.places.keys()].flatMap(({ readyAt, availableAt }) => [readyAt, availableAt]);
    const moments = [...times, ...stopping.map(({ at }) => at)].filter(
      (at): at is number => at !== undefined && at > now,
    );
    // Where the quota is still used up, another refusal changes nothing but when it is tried again.
    const hasRoom = ownPods(state).length + stopping.length < this.quota;
    if (retryAt !== undefined && (hasRoom || moments.length > 0)) moments.push(retryAt);
    return moments.length > 0 ? Math.min(...moments) : undefined;
  }

  private waitUntil(next: number): void {
    const { progressDeadline = 600, paused, strategy } = this.rollout;
    const deadline = this.progressAt + progressDeadline;
    // Before Recreate makes the new ReplicaSet, what counts is that the rollout before was complete (syncRolloutStatus).
    const isJudged = !paused && (strategy.type !== 'Recreate' || this.state.newSpec > 0);
    if (this.end === undefined && this.givenUp === undefined && isJudged && next > deadline) this.givenUp = deadline;
    if (next !== Number.POSITIVE_INFINITY) this.now = next;
  }

  /** What the controllers do at this moment, until they wait. */
  private settle(): void {
    const { now } = this;
    const pods = [...this.state.places.keys()];
    const changed = pods.filter(({ readyAt, availableAt }) => readyAt === now || availableAt === now);
    const isDue = this.retryAt !== undefined && this.retryAt <= now;
    if (isDue) this.retryAt = undefined;
    // A change of its pods brings a ReplicaSet back as well; the end of another one's pod does not.
    this.mayCreate = this.refusals === 0 || isDue || changed.some(({ revision }) => revision === 'new');
    if (changed.length > 0) this.progressAt = now;
    // What has become available is seen before what is gone: see above.
    this.act();
    for (const [i, pod] of [...this.stopping.entries()].reverse())
      if (pod.at <= now) {
        this.stopping.splice(i, 1);
        this.lastGone = now;
      }
    this.act();
    if (this.mayCreate) this.judgeQuota();
    this.note();
    if (this.end === undefined && this.controller.isDone(this.state)) this.end = now;
  }

  private act(): void {
    this.place();
    for (let [next] = this.controller.next(this.state); next; [next] = this.controller.next(this.state)) {
      const before = this.state;
      this.state = next;
      for (const [pod, node] of before.places) if (!next.places.has(pod)) this.stop(pod, node);
      // A ReplicaSet that is told another number tries again.
      if (next.newSpec !== before.newSpec) this.mayCreate = true;
      if (next.places.size !== before.places.size) this.progressAt = this.now;
      this.place();
      this.count();
    }
  }

  private stop({ revision }: TimedPod, node: string | undefined): void {
    // One without a node is gone at once.
    if (node !== undefined && this.rollout.stop > 0) this.stopping.push({ revision, at: this.now + this.rollout.stop });
    else this.lastGone = this.now;
  }

  /** Gives pods a node that wait for one. */
  private place(): void {
    const { start, ready, minReadySeconds = 0 } = this.rollout;
    const places = new Map(this.state.places);
    let free = this.room - this.stopping.length - [...places.values()].filter((node) => node !== undefined).length;
    for (const [pod, node] of places) {
      if (node !== undefined || free <= 0) continue;
      free -= 1;
      places.set(pod, SOME_NODE);
      if (ready === undefined && pod.revision === 'new') continue;
      pod.readyAt = this.now + start + (ready ?? 0);
      pod.availableAt = pod.readyAt + minReadySeconds;
    }
    this.state = { ...this.state, places };
  }

  /** Whether pods are missing because the quota refused them, and when they are asked for again. */
  private judgeQuota(): void {
    if (podsOfRevision(this.state, 'new').length >= this.state.newSpec) {
      this.refusals = 0;
      this.retryAt = undefined;
      return;
    }
    const again = this.now + Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** this.refusals);
    this.refusals += 1;
    this.retryAt = Math.min(this.retryAt ?? Number.POSITIVE_INFINITY, again);
  }

  private get numbers(): Omit<TimelineMoment, 'at'> {
    const own = ownPods(this.state);
    const available = own.filter((pod) => this.isAvailable(pod)).length;
    const of = (revision: 'old' | 'new') => podsOfRevision(this.state, revision).length;
    const unavailable = own.length - available;
    return { old: of('old'), new: of('new'), available, unavailable, stopping: this.stopping.length };
  }

  private count(): void {
    const { old, new: fresh, available, stopping } = this.numbers;
    this.peak.pods = Math.max(this.peak.pods, old + fresh);
    this.peak.counted = Math.max(this.peak.counted, old + fresh + stopping);
    this.lowest = Math.min(this.lowest, available);
  }

  private note(): void {
    this.count();
    const { now: at, numbers, moments } = this;
    const last = moments.at(-1);
    // The state before the change shows only in the numbers.
    if (last?.at === at) moments.pop();
    const before = moments.at(-1);
    const isNew =
      !before || Object.entries(numbers).some(([name, count]) => before[name as keyof TimelineMoment] !== count);
    if (isNew) moments.push({ at, ...numbers });
  }

  private whyNever(): string {
    if (this.rollout.paused) return 'it is paused';
    const { state, quota, room, stopping } = this;
    const own = ownPods(state);
    const pending = own.filter((pod) => state.places.get(pod) === undefined).length;
    const unready = own.filter((pod) => state.places.get(pod) !== undefined && !this.isAvailable(pod)).length;
    const isRefused = own.length < state.oldSpec + state.newSpec && own.length + stopping.length >= quota;
    return [
      ...(isRefused ? [`the quota admits ${podsText(quota)} at once, and ${own.length} are there`] : []),
      ...(pending > 0
        ? [`the nodes have room for ${podsText(room)}, and ${pending} more ${pending === 1 ? 'waits' : 'wait'} for it`]
        : []),
      ...(unready > 0
        ? [unready === 1 ? 'one new pod never becomes ready' : `${unready} new pods never become ready`]
        : []),
    ].join('; ');
  }
}

function podsText(count: number): string {
  return count === 1 ? 'one pod' : `${count} pods`;
}

/** The times in which no pod is available. */
export function gapsIn(moments: readonly TimelineMoment[]): TimelineGap[] {
  const gaps: TimelineGap[] = [];
  let from: number | undefined;
  for (const { at, available } of moments) {
    if (available === 0 && from === undefined) from = at;
    if (available > 0 && from !== undefined) {
      gaps.push({ from, length: at - from });
      from = undefined;
    }
  }
  return from === undefined ? gaps : [...gaps, { from, length: undefined }];
}
