import type { Json } from '../../manifests/resource';
import { Resource, record } from '../../manifests/resource';
import type { HpaPod, HpaRequests } from '../../simulate/scaling/hpa/pods';
import { hpaRequestsOf } from '../../simulate/scaling/hpa/pods';
import type { HpaReading } from '../../simulate/scaling/hpa/reading';
import type { HpaCondition, HpaOutcome, HpaState } from '../../simulate/scaling/hpa/round';
import { hpaRound, NEW_HPA } from '../../simulate/scaling/hpa/round';
import type { HpaMetric, HpaSpec } from '../../simulate/scaling/hpa/spec';
import { hpaSpecOf } from '../../simulate/scaling/hpa/spec';
import { withDefaults } from '../../upstream/kubernetes/defaults';

/** A number of Go that may be too large for one of JavaScript: written as a string then. */
type Whole = number | string;

/** What hpa/main.go prints: an HPA through its rounds, with what the controller itself did. Times are milliseconds. */
export interface HpaHistory {
  readonly minor: number;
  readonly templates: readonly Json[];
  readonly rounds: readonly HpaHistoryRound[];
  readonly end: {
    readonly recommendations: readonly (readonly [number, number])[];
    readonly ups: readonly (readonly [number, number, number])[];
    readonly downs: readonly (readonly [number, number, number])[];
  };
}

interface HistoryPod {
  readonly n: string;
  readonly p: string;
  readonly d?: boolean;
  readonly s?: number;
  readonly r?: string;
  readonly t?: number;
  readonly k?: number;
}

export interface HpaHistoryRound {
  readonly at: number;
  readonly hpa?: Json;
  readonly spec: number;
  readonly status: number;
  readonly noScale?: string;
  readonly refused?: string;
  readonly rival?: string;
  readonly noSelector?: boolean;
  /** Those that are new or not as they were the round before. */
  readonly pods?: readonly HistoryPod[];
  readonly gone?: readonly string[];
  readonly usage?: readonly {
    readonly n: string;
    readonly t: number;
    readonly w: number;
    readonly c: readonly { readonly n: string; readonly u: { readonly [resource: string]: Whole } }[] | null;
  }[];
  readonly usageErr?: string;
  readonly readings?: {
    readonly [metric: string]: {
      readonly err?: string;
      readonly pods?: readonly { readonly n: string; readonly t: number; readonly w?: number; readonly v: Whole }[];
      readonly value?: Whole;
      readonly values?: readonly Whole[];
    };
  };
  readonly out: {
    readonly replicas: number;
    readonly conditions: readonly (readonly [string, string, string, string])[] | null;
    readonly reason?: string;
    readonly measured?: readonly (readonly [Whole | null, Whole | null, Whole | null])[];
  };
}

/** A round of which ours differs. */
export interface HpaDifference {
  readonly round: number;
  readonly theirs: unknown;
  readonly ours: unknown;
}

/** A history as it is written: whole numbers beyond 2^53 become strings on the way in. */
export function hpaHistoryOf(line: string): HpaHistory {
  return JSON.parse(line.replace(/([:[,])(-?\d{16,})(?=[,\]}])/g, '$1"$2"')) as HpaHistory;
}

/** A round as our function ends it. */
export interface HpaPlayed {
  readonly round: HpaHistoryRound;
  readonly spec: HpaSpec;
  readonly outcome: HpaOutcome;
}

/** Plays a history to our function, round by round. */
export function* hpaPlayed({ minor, rounds, ...history }: Omit<HpaHistory, 'end'>): Generator<HpaPlayed, void> {
  const templates = history.templates.map((spec) => requestsIn(spec, minor));
  let state: HpaState = NEW_HPA;
  let namespace = '';
  let spec: HpaSpec | undefined;
  const there = new Map<string, HpaPod>();
  for (const round of rounds) {
    for (const pod of round.pods ?? []) there.set(pod.n, podOf(pod, templates));
    for (const name of round.gone ?? []) there.delete(name);
    const pods = [...there.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
    if (round.hpa) {
      const resource = new Resource(round.hpa, { file: '-', text: '' }, 0);
      namespace = resource.statedNamespace;
      spec = hpaSpecOf(resource, minor);
    }
    const outcome = hpaRound(
      {
        spec: spec!,
        namespace,
        minor,
        now: round.at,
        scale:
          round.noScale === undefined
            ? { spec: round.spec, status: round.status, selector: round.noSelector ? '' : 'app=web' }
            : { failed: round.noScale },
        pods,
        readings: spec!.metrics.map((metric, n) => readingOf(metric, n, round)),
        ...(round.refused === undefined ? {} : { refused: round.refused }),
        ...(round.rival === undefined || pods.length === 0
          ? {}
          : { selecting: [`${namespace}/rival`, `${namespace}/web`] }),
      },
      state,
    );
    state = outcome.state;
    yield { round, spec: spec!, outcome };
  }
}

/** The first round that our function does not end as it was, if there is one. `seen` is told every outcome. */
export function hpaDifference(
  history: HpaHistory,
  seen: (outcome: HpaOutcome, spec: HpaSpec) => void = () => {},
): HpaDifference | undefined {
  const { minor, rounds, end } = history;
  let state: HpaState = NEW_HPA;
  let i = 0;
  for (const { round, spec, outcome } of hpaPlayed(history)) {
    state = outcome.state;
    seen(outcome, spec);
    const theirs = theirsOf(round, minor);
    const ours = oursOf(outcome, round, minor);
    if (JSON.stringify(theirs) !== JSON.stringify(ours)) return { round: i, theirs, ours };
    i += 1;
  }
  const ours = {
    recommendations: state.recommendations.map(({ replicas, at }) => [replicas, at]),
    ups: state.ups.map(({ change, at, isOutdated }) => [change, at, Number(isOutdated)]),
    downs: state.downs.map(({ change, at, isOutdated }) => [change, at, Number(isOutdated)]),
  };
  return JSON.stringify(ours) === JSON.stringify(end) ? undefined : { round: rounds.length, theirs: end, ours };
}

function requestsIn(spec: Json, minor: number): HpaRequests {
  return hpaRequestsOf(record(withDefaults({ apiVersion: 'v1', kind: 'Pod', spec }, minor)['spec'])!);
}

function podOf(pod: HistoryPod, templates: readonly HpaRequests[]): HpaPod {
  return {
    name: pod.n,
    phase: pod.p,
    deleted: pod.d === true,
    ...(pod.s === undefined ? {} : { start: pod.s }),
    ...(pod.r === undefined ? {} : { ready: { status: pod.r, since: pod.t ?? 0 } }),
    requests: templates[pod.k ?? 0]!,
  };
}

function readingOf({ type }: HpaMetric, n: number, { usage, usageErr, readings }: HpaHistoryRound): HpaReading {
  if (type === 'Resource' || type === 'ContainerResource') {
    if (usageErr !== undefined) return { failed: usageErr };
    return {
      usage: (usage ?? []).map(({ n: pod, t, w, c }) => ({
        pod,
        at: t,
        window: w,
        containers: (c ?? []).map((container) => ({
          name: container.n,
          used: new Map(Object.entries(container.u).map(([name, amount]) => [name, BigInt(amount)])),
        })),
      })),
    };
  }
  const reading = readings![n]!;
  if (reading.err !== undefined) return { failed: reading.err };
  if (type === 'Object') return { value: BigInt(reading.value!) };
  if (type === 'External') return { series: (reading.values ?? []).map(BigInt) };
  return {
    pods: (reading.pods ?? []).map(({ n: pod, t, w, v }) => ({
      pod,
      at: t,
      ...(w === undefined ? {} : { window: w }),
      value: BigInt(v),
    })),
  };
}

const text = (amount: Whole | bigint | null | undefined) =>
  amount === null || amount === undefined ? null : String(amount);

function theirsOf({ out }: HpaHistoryRound, minor: number) {
  return {
    replicas: out.replicas,
    isRescaled: (out.conditions ?? []).some(([, , reason]) => reason === 'SucceededRescale'),
    conditions: (out.conditions ?? []).map(([type, status, reason, message]) => [
      type,
      status,
      reason,
      sorted(message),
    ]),
    reason: out.reason ?? '',
    measured: measuredFrom(minor, out) ? (out.measured ?? []).map((each) => each.map(text)) : [],
  };
}

/** Where the scale cannot be read, and in 1.28 where a round fails in any way, the status keeps what was measured before. */
function measuredFrom(minor: number, { conditions }: HpaHistoryRound['out']): boolean {
  const stale = minor >= 29 ? /^FailedGetScale$/ : /^Failed|Selector$/;
  return !(conditions ?? []).some(([, status, reason]) => status === 'False' && stale.test(reason));
}

function oursOf({ replicas, isRescaled, reason, figures, state }: HpaOutcome, round: HpaHistoryRound, minor: number) {
  return {
    replicas: round.noScale === undefined ? replicas : round.spec,
    isRescaled,
    conditions: Object.entries(state.conditions as unknown as Record<string, HpaCondition | undefined>).flatMap(
      ([type, condition]) => (condition ? [[type, condition.status, condition.reason, condition.message]] : []),
    ),
    reason: reason ?? '',
    measured: measuredFrom(minor, round.out)
      ? figures.map((figure) =>
          'failed' in figure
            ? [null, null, null]
            : [text(figure.utilization), text(figure.average), text(figure.value)],
        )
      : [],
  };
}

/** The controller prints autoscalers of one selector in any order. */
function sorted(message: string): string {
  return message.replace(/(controlled by multiple HPAs: \[)(.*)\]$/, (_, before: string, all: string) => {
    return `${before}${all.split(' ').sort().join(' ')}]`;
  });
}
