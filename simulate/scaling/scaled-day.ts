import type { ClockDate } from './clock';
import type { HpaFigure } from './hpa/per-pod';
import { averageFigure, fullUtilization, utilizationFigure } from './hpa/per-pod';
import type { HpaFailure } from './hpa/reading';
import type { HpaState } from './hpa/round';
import { hpaDecision, NEW_HPA } from './hpa/round';
import type { HpaSpec } from './hpa/spec';
import type { HpaTolerance } from './hpa/tolerance';
import { hpaTolerance } from './hpa/tolerance';
import { sharedFigure, valueFigure } from './hpa/totals';
import type { DayLoad } from './load';
import { DAY_ROUNDS, ROUND_SECONDS } from './load';

/** What pods make of a load for one metric of their autoscaler; amounts in thousandths. */
export type MetricSource =
  /** Measured of each pod: what a unit of the load costs the pods together, what one takes without any, and at how much it is held. */
  | {
      readonly of: 'pod';
      readonly unit: number;
      readonly idle: number;
      readonly limit: number;
      /** What a pod requests, of a percentage. */
      readonly request?: bigint;
    }
  /** Measured beside the pods: a queue, or requests at a route. */
  | { readonly of: 'whole'; readonly unit: number }
  /** So many pods at each minute of the day, as a cron trigger of KEDA asks for. */
  | { readonly of: 'clock'; readonly pods: readonly number[] }
  /** Why the controller gets no answer. */
  | HpaFailure;

export function isOfClock(source: MetricSource): source is Extract<MetricSource, { readonly of: 'clock' }> {
  return 'of' in source && source.of === 'clock';
}

/** A workload with its autoscaler, and what is known of its pods. */
export interface ScaledService {
  readonly spec: HpaSpec;
  readonly minor: number;
  /** Pods at the beginning. */
  readonly replicas: number;
  /** Seconds from when a pod is made until it is ready. */
  readonly readyAfter: number;
  /** One for each metric of the spec. */
  readonly sources: readonly MetricSource[];
  /** Units of the load that a ready pod serves at most. @default - nobody says */
  readonly serves?: number;
  /** The fewest pods at each minute of the day, where CronJobs set them. @default - those of the spec all day */
  readonly floors?: readonly number[];
  /** Which day it is, where the clock matters. @default - any */
  readonly date?: ClockDate;
  /** KEDA takes the last pod away so many seconds after nothing was active any more. @default - it does not */
  readonly idleAfter?: number;
}

/** Of each round of a day. */
export interface ScaledDay {
  readonly load: DayLoad;
  /** Pods that are wanted once the round is over. */
  readonly pods: readonly number[];
  /** Pods that are ready when it begins. */
  readonly ready: readonly number[];
  /** What the metrics ask for, before behavior and bounds; undefined where they fail, or are not asked. */
  readonly asked: readonly (number | undefined)[];
  /** Why it scaled, in the words of the event; undefined where it did not. */
  readonly reasons: readonly (string | undefined)[];
}

/** Metrics are of the round before: metrics-server and adapters ask every 15 seconds, for what was since they last did. */
const METRIC_AGE = ROUND_SECONDS;
const METRIC_WINDOW = ROUND_SECONDS;
/** How long a pod's CPU is that of its start (see hpa/samples). */
const CPU_PERIOD = 300;
/** The day begins with an hour at its first load, so that it does not begin with a start. */
const WARM_UP = 3600 / ROUND_SECONDS;

/** Plays a day to the controller. Pods are made at once, become ready after the time that they need, and share the load; the youngest go first. */
export function scaledDay(service: ScaledService, load: DayLoad): ScaledDay {
  const { spec, readyAfter, floors, idleAfter } = service;
  const within = hpaTolerance(spec, service.minor);
  const specs = new Map([[spec.min, spec]]);
  let activeAt = Number.NEGATIVE_INFINITY;
  const fleet = new Fleet(service.replicas, readyAfter);
  let state: HpaState = NEW_HPA;
  let loadBefore = 0;
  const pods: number[] = [];
  const ready: number[] = [];
  const asked: (number | undefined)[] = [];
  const reasons: (string | undefined)[] = [];
  for (let i = -WARM_UP; i < DAY_ROUNDS; i++) {
    const at = (i + WARM_UP) * ROUND_SECONDS;
    const now = load[Math.max(0, i)]!;
    const minute = minuteOf(i);
    fleet.moveTo(at);
    const min = floors?.[minute] ?? spec.min;
    if (!specs.has(min)) specs.set(min, { ...spec, min });
    const outcome = hpaDecision(
      { spec: specs.get(min)!, current: fleet.total, now: at * 1000, refused: undefined },
      () => figuresOf(service, fleet, loadBefore, minute, within),
      state,
    );
    state = outcome.state;
    let { replicas } = outcome;
    if (idleAfter !== undefined) {
      if (isActive(service, now, minute)) activeAt = at;
      // Asked every half minute: the first pods come, and the last ones go, within the round.
      if (activeAt === at) replicas = Math.max(replicas, spec.min);
      else if (at - activeAt > idleAfter) replicas = 0;
    }
    if (i >= 0) {
      pods.push(replicas);
      ready.push(fleet.ready);
      asked.push(outcome.asked);
      reasons.push(replicas === outcome.replicas ? outcome.reason : 'KEDA: triggers are active, or none is any more');
    }
    fleet.keepReady();
    fleet.scale(replicas);
    loadBefore = now;
  }
  return { load, pods, ready, asked, reasons };
}

/** The minute of the day of a round; before the first it stands still, as the load does. */
function minuteOf(round: number): number {
  return Math.floor((Math.max(0, round) * ROUND_SECONDS) / 60);
}

/** Whether KEDA finds something to do beside CPU and memory, which never start a pod. */
function isActive({ sources }: ScaledService, load: number, minute: number): boolean {
  return sources.some((source) => {
    if ('failed' in source || source.of === 'pod') return false;
    return isOfClock(source) ? source.pods[minute]! > 0 : load * source.unit > 0;
  });
}

/** Pods by when they were made: those that are old are all alike. */
class Fleet {
  private readonly made: number[] = [];
  private readonly counts: number[] = [];
  /** Where the first group stands that is not old. */
  private old: number;
  private at = 0;
  total: number;
  ready: number;
  /** Pods that were ready a round ago, when the load was measured. */
  readyBefore: number;
  private readonly grownUp: number;

  constructor(
    pods: number,
    private readonly readyAfter: number,
  ) {
    this.old = pods;
    this.total = pods;
    this.ready = pods;
    this.readyBefore = pods;
    this.grownUp = Math.max(CPU_PERIOD, readyAfter + METRIC_AGE + METRIC_WINDOW);
  }

  moveTo(at: number): void {
    this.at = at;
    while (this.made.length > 0 && at - this.made[0]! >= this.grownUp) {
      this.old += this.counts.shift()!;
      this.made.shift();
    }
    this.ready = this.old;
    for (let i = 0; i < this.made.length; i++) if (at - this.made[i]! >= this.readyAfter) this.ready += this.counts[i]!;
  }

  keepReady(): void {
    this.readyBefore = this.ready;
  }

  scale(to: number): void {
    if (to > this.total) {
      this.made.push(this.at);
      this.counts.push(to - this.total);
    }
    for (let gone = this.total - to; gone > 0; ) {
      const last = this.counts.length - 1;
      if (last < 0) {
        this.old -= gone;
        break;
      }
      const some = Math.min(gone, this.counts[last]!);
      gone -= some;
      this.counts[last]! -= some;
      if (this.counts[last] === 0) {
        this.counts.pop();
        this.made.pop();
      }
    }
    this.total = to;
  }

  /** How many pods of each group there are for a metric: `busy` and `idle` count those whose sample counts, by whether they served a round ago. */
  groups(cpu: boolean) {
    let [unready, missing, busy, idle] = [0, 0, this.old, 0];
    for (let i = 0; i < this.made.length; i++) {
      const [age, count] = [this.at - this.made[i]!, this.counts[i]!];
      const isStarting =
        cpu && (age < this.readyAfter || (age < CPU_PERIOD && age - METRIC_AGE < this.readyAfter + METRIC_WINDOW));
      if (age < METRIC_AGE + METRIC_WINDOW) missing += count;
      else if (isStarting) unready += count;
      else if (age - METRIC_AGE >= this.readyAfter) busy += count;
      else idle += count;
    }
    return { ready: busy + idle, unready, missing, sampled: busy + idle, busy, idle };
  }
}

function figuresOf(
  { spec, sources, minor }: ScaledService,
  fleet: Fleet,
  load: number,
  minute: number,
  within: HpaTolerance,
): readonly (HpaFigure | HpaFailure)[] {
  const current = fleet.total;
  return spec.metrics.map(({ target, name, type }, i) => {
    const source = sources[i]!;
    if ('failed' in source) return source;
    if (source.of === 'whole' || source.of === 'clock') {
      const used = isOfClock(source) ? BigInt(source.pods[minute]!) * 1000n : BigInt(Math.round(load * source.unit));
      if (target.average !== undefined && (type === 'External' || target.type === 'AverageValue'))
        return sharedFigure({ used, target: target.average }, current, within, type === 'External' && minor >= 34);
      const total = { used, target: target.value ?? 0n };
      return valueFigure(total, current, { selected: current, ready: fleet.ready }, within, minor) ?? NO_PODS;
    }
    const groups = fleet.groups(name === 'cpu' && type !== 'Pods');
    if (groups.sampled === 0) return NO_SAMPLES;
    const { idle, limit } = source;
    const share = fleet.readyBefore === 0 ? 0 : (load * source.unit) / fleet.readyBefore;
    const used = BigInt(
      groups.busy * Math.round(Math.min(limit, idle + share)) + groups.idle * Math.round(Math.min(limit, idle)),
    );
    if (target.average !== undefined) return averageFigure(groups, used, target.average, current, within);
    const percent = target.utilization ?? 0;
    const request = source.request ?? 0n;
    const missingRequested = request * BigInt(groups.missing);
    // No spread: it takes longer than the rest of the round.
    const all = {
      ready: groups.ready,
      unready: groups.unready,
      missing: groups.missing,
      sampled: groups.sampled,
      known: groups.sampled,
      used,
      requested: request * BigInt(groups.sampled),
      missingRequested,
      missingUsed: ((request * fullUtilization(percent)) / 100n) * BigInt(groups.missing),
      unreadyRequested: request * BigInt(groups.unready),
    };
    return utilizationFigure(all, percent, current, within) ?? NO_REQUESTS;
  });
}

const NO_PODS: HpaFailure = { failed: 'no pods returned by selector while calculating replica count' };
const NO_SAMPLES: HpaFailure = { failed: 'did not receive metrics for targeted pods (pods might be unready)' };
const NO_REQUESTS: HpaFailure = { failed: 'no metrics returned matched known pods' };
