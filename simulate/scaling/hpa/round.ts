import type { HpaRecommendation, HpaScaleEvent } from './behavior';
import { DOWN_STABILIZED, limited, pacedBy, stabilized, stabilizedBy, withScaleEvent } from './behavior';
import type { HpaFigure } from './per-pod';
import type { HpaPod } from './pods';
import type { HpaFailure, HpaReading } from './reading';
import { hpaFigure } from './reading';
import type { HpaMetric, HpaSpec } from './spec';
import { hpaTolerance } from './tolerance';

/** What the controller keeps of an autoscaler from round to round. */
export interface HpaState {
  readonly recommendations: readonly HpaRecommendation[];
  readonly ups: readonly HpaScaleEvent[];
  readonly downs: readonly HpaScaleEvent[];
  readonly conditions: HpaConditions;
}

/** In the order in which the status has them. */
export type HpaConditions = Readonly<Partial<Record<HpaConditionType, HpaCondition>>>;
export type HpaConditionType = 'AbleToScale' | 'ScalingActive' | 'ScalingLimited';

export interface HpaCondition {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** Of an autoscaler that the controller has not seen. */
export const NEW_HPA: HpaState = { recommendations: [], ups: [], downs: [], conditions: {} };

/** What a round of the controller ends with. */
export interface HpaOutcome {
  /** Pods that the target is told to have: as many as before where nothing is written. */
  readonly replicas: number;
  readonly isRescaled: boolean;
  /** Why, in the words of the event. */
  readonly reason?: string;
  /** What the metrics ask for, before behavior and bounds; undefined where they are not asked, or may not be followed. */
  readonly asked?: number;
  /** The number of the metric that asks for the most; undefined where none is asked. */
  readonly decided?: number;
  /** What each metric says; none where they are not asked. */
  readonly figures: readonly (HpaFigure | HpaFailure)[];
  readonly state: HpaState;
}

/** The scale subresource of the target. */
export interface HpaScale {
  /** Pods that are wanted. */
  readonly spec: number;
  /** Pods that are there, as the target's status counts them. */
  readonly status: number;
  readonly selector: string;
}

/** All that a round depends on. */
export interface HpaRound {
  readonly spec: HpaSpec;
  readonly namespace: string;
  /** The minor version of Kubernetes: 28 to 35. */
  readonly minor: number;
  /** Milliseconds, on the clock of the pods and samples. */
  readonly now: number;
  /** Or why it cannot be read. */
  readonly scale: HpaScale | HpaFailure;
  readonly pods: readonly HpaPod[];
  /** One for each metric of the spec. */
  readonly readings: readonly HpaReading[];
  /** Why the API server refuses a new number. @default - it takes it */
  readonly refused?: string;
  /** Every autoscaler, this one among them, whose target has a selector that selects these pods, as `namespace/name`. @default - this one alone */
  readonly selecting?: readonly string[];
}

/**
 * One round of the HorizontalPodAutoscaler's controller (pkg/controller/podautoscaler: reconcileAutoscaler), as a pure function of Kubernetes 1.28 to
 * 1.35, with the defaults of the controller's flags. Where Go's result depends on the processor, it is that of amd64.
 */
export function hpaRound(round: HpaRound, before: HpaState): HpaOutcome {
  const { scale, spec, minor, namespace, pods, now, selecting = [] } = round;
  if ('failed' in scale) {
    const message = `the HPA controller was unable to get the target's current scale: ${scale.failed}`;
    const conditions = { ...before.conditions, AbleToScale: untrue('FailedGetScale', message) };
    return { replicas: 0, isRescaled: false, figures: [], state: { ...before, conditions } };
  }
  const within = hpaTolerance(spec, minor);
  const around = { minor, namespace, pods, current: scale.spec, status: scale.status, now, within };
  const unselective =
    scale.selector === ''
      ? untrue('InvalidSelector', "the HPA target's scale is missing a selector")
      : selecting.length > 1
        ? untrue(
            'AmbiguousSelector',
            `pods by selector ${scale.selector} are controlled by multiple HPAs: [${selecting.join(' ')}]`,
          )
        : undefined;
  return hpaDecision(
    { spec, current: scale.spec, now, refused: round.refused },
    () => unselective ?? spec.metrics.map((metric, i) => hpaFigure(metric, round.readings[i]!, around)),
    before,
  );
}

/** A round once the metrics are read: `figures` is asked if they decide. It gives a condition where the target's selector is no good. */
export function hpaDecision(
  { spec, current, now, refused }: { spec: HpaSpec; current: number; now: number; refused?: string | undefined },
  figures: () => HpaCondition | readonly (HpaFigure | HpaFailure)[],
  before: HpaState,
): HpaOutcome {
  const conditions: Partial<Record<HpaConditionType, HpaCondition>> = { ...before.conditions };
  conditions.AbleToScale = SCALE_READ;
  const state: HpaState = {
    recommendations: before.recommendations.length > 0 ? before.recommendations : [{ replicas: current, at: now }],
    ups: before.ups,
    downs: before.downs,
    conditions,
  };
  const stays = (more: Partial<HpaOutcome> = {}): HpaOutcome => ({
    replicas: current,
    isRescaled: false,
    figures: [],
    state,
    ...more,
  });
  const goes = (replicas: number, reason: string, from: HpaState, more: Partial<HpaOutcome> = {}) =>
    rescaled({ spec, current, now, refused }, replicas, reason, conditions, from, more);

  if (current === 0 && spec.min !== 0) {
    conditions.ScalingActive = DISABLED;
    return stays();
  }
  if (current > spec.max) return goes(spec.max, 'Current number of replicas above Spec.MaxReplicas', state);
  if (current < spec.min) return goes(spec.min, 'Current number of replicas below Spec.MinReplicas', state);

  const found = figures();
  if ('status' in found) {
    conditions.ScalingActive = found;
    return stays();
  }
  const { asked, decided, firstFailed } = mostOf(found);
  if (firstFailed >= 0 && (decided < 0 || asked < current)) {
    conditions.ScalingActive = failureCondition(spec.metrics[firstFailed]!, found[firstFailed] as HpaFailure);
    return stays({ figures: found });
  }
  const metric = decided < 0 ? '' : metricText(spec.metrics[decided]!);
  conditions.ScalingActive = {
    status: 'True',
    reason: 'ValidMetricFound',
    message: `the HPA was able to successfully calculate a replica count from ${metric}`,
  };
  const more = { asked, ...(decided < 0 ? {} : { decided }), figures: found };
  const wanted = Math.max(0, asked);
  const reason = wanted > current ? `${metric} above target` : wanted < current ? 'All metrics below target' : '';
  const { replicas, recommendations } = normalized(spec, current, wanted, now, state, conditions);
  const after = { ...state, recommendations };
  return replicas === current ? stays({ ...more, state: after }) : goes(replicas, reason, after, more);
}

/** The largest number that a metric asks for: the first of those that are alike. */
function mostOf(figures: readonly (HpaFigure | HpaFailure)[]) {
  let [asked, decided, firstFailed] = [0, -1, -1];
  for (let i = 0; i < figures.length; i++) {
    const figure = figures[i]!;
    if ('failed' in figure) {
      if (firstFailed < 0) firstFailed = i;
    } else if (asked === 0 || figure.replicas > asked) {
      asked = figure.replicas;
      decided = i;
    }
  }
  return { asked, decided, firstFailed };
}

/** `normalizeDesiredReplicas` and `normalizeDesiredReplicasWithBehaviors`: what is recent, then how fast, then the bounds. */
function normalized(
  spec: HpaSpec,
  current: number,
  wanted: number,
  now: number,
  { recommendations, ups, downs }: HpaState,
  conditions: Partial<Record<HpaConditionType, HpaCondition>>,
) {
  const { behavior } = spec;
  const recent = behavior
    ? stabilizedBy(behavior, recommendations, current, wanted, now)
    : { ...DOWN_STABILIZED, ...stabilized(recommendations, wanted, now) };
  conditions.AbleToScale =
    recent.replicas === wanted ? READY_TO_SCALE : { status: 'True', reason: recent.reason, message: recent.message };
  const { replicas, reason, message } = behavior
    ? pacedBy(behavior, ups, downs, current, recent.replicas, spec, now)
    : limited(current, recent.replicas, spec.min, spec.max);
  conditions.ScalingLimited = { status: replicas === recent.replicas ? 'False' : 'True', reason, message };
  return { replicas, recommendations: recent.recommendations };
}

function rescaled(
  {
    spec: { behavior },
    current,
    now,
    refused,
  }: { spec: HpaSpec; current: number; now: number; refused: string | undefined },
  replicas: number,
  reason: string,
  conditions: Partial<Record<HpaConditionType, HpaCondition>>,
  state: HpaState,
  more: Partial<HpaOutcome>,
): HpaOutcome {
  if (refused !== undefined) {
    const message = `the HPA controller was unable to update the target scale: ${refused}`;
    conditions.AbleToScale = untrue('FailedUpdateScale', message);
    return { figures: [], ...more, replicas: current, isRescaled: false, state };
  }
  conditions.AbleToScale = {
    status: 'True',
    reason: 'SucceededRescale',
    message: `the HPA controller was able to update the target scale to ${replicas}`,
  };
  const { ups, downs } = state;
  const events = !behavior
    ? {}
    : replicas > current
      ? { ups: withScaleEvent(ups, behavior.up, replicas - current, now) }
      : { downs: withScaleEvent(downs, behavior.down, current - replicas, now) };
  return { figures: [], ...more, replicas, isRescaled: true, reason, state: { ...state, ...events } };
}

const SCALE_READ: HpaCondition = {
  status: 'True',
  reason: 'SucceededGetScale',
  message: "the HPA controller was able to get the target's current scale",
};
const READY_TO_SCALE: HpaCondition = {
  status: 'True',
  reason: 'ReadyForNewScale',
  message: 'recommended size matches current size',
};
const DISABLED: HpaCondition = untrue(
  'ScalingDisabled',
  'scaling is disabled since the replica count of the target is zero',
);

function untrue(reason: string, message: string): HpaCondition {
  return { status: 'False', reason, message };
}

function failureCondition({ type }: HpaMetric, { failed }: HpaFailure): HpaCondition {
  return untrue(`FailedGet${type}Metric`, `the HPA was unable to compute the replica count: ${failed}`);
}

/** What the controller calls a metric. */
export function metricText({ type, name, described, selector, target }: HpaMetric): string {
  switch (type) {
    case 'Resource':
    case 'ContainerResource':
      if (target.average !== undefined) return `${name} resource`;
      return type === 'Resource'
        ? `${name} resource utilization (percentage of request)`
        : `${name} container resource utilization (percentage of request)`;
    case 'Pods':
      return `pods metric ${name}`;
    case 'Object':
      return target.type === 'Value' ? `${described?.kind} metric ${name}` : `external metric ${name}(${selector})`;
    case 'External':
      return `external metric ${name}(${selector})`;
  }
}
