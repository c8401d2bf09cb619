import type { HpaRecommendation, HpaScaleEvent } from './behavior';
import { limited, pacedBy, stabilized, stabilizedBy, withScaleEvent } from './behavior';
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

/** In the order in which the status has them; undefined where the controller had no reason to say anything yet. */
export interface HpaConditions {
  readonly AbleToScale: HpaCondition | undefined;
  readonly ScalingActive: HpaCondition | undefined;
  readonly ScalingLimited: HpaCondition | undefined;
}

export interface HpaCondition {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** Of an autoscaler that the controller has not seen. */
export const NEW_HPA: HpaState = {
  recommendations: [],
  ups: [],
  downs: [],
  conditions: { AbleToScale: undefined, ScalingActive: undefined, ScalingLimited: undefined },
};

/** What a round of the controller ends with. */
export interface HpaOutcome {
  /** Pods that the target is told to have: as many as before where nothing is written. */
  readonly replicas: number;
  readonly isRescaled: boolean;
  /** Why, in the words of the event; undefined where it is not rescaled. */
  readonly reason: string | undefined;
  /** What the metrics ask for, before behavior and bounds; undefined where they are not asked, or may not be followed. */
  readonly asked: number | undefined;
  /** The number of the metric that asks for the most; undefined where none is asked. */
  readonly decided: number | undefined;
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
    return {
      replicas: 0,
      isRescaled: false,
      reason: undefined,
      asked: undefined,
      decided: undefined,
      figures: NONE,
      state: { ...before, conditions },
    };
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

/** What a decision is made of, beside the metrics. */
export interface HpaDecided {
  readonly spec: HpaSpec;
  readonly current: number;
  /** Milliseconds. */
  readonly now: number;
  readonly refused: string | undefined;
}

/** A round once the metrics are read: `figures` is asked if they decide. It gives a condition where the target's selector is no good. */
export function hpaDecision(
  given: HpaDecided,
  figures: () => HpaCondition | readonly (HpaFigure | HpaFailure)[],
  before: HpaState,
): HpaOutcome {
  const { spec, current, now } = given;
  const { ups, downs, conditions } = before;
  const recommendations = before.recommendations.length > 0 ? before.recommendations : [{ replicas: current, at: now }];
  const { ScalingLimited: limitedBefore } = conditions;
  const stays = (active: HpaCondition | undefined, found: readonly (HpaFigure | HpaFailure)[] = NONE): HpaOutcome => ({
    replicas: current,
    isRescaled: false,
    reason: undefined,
    asked: undefined,
    decided: undefined,
    figures: found,
    state: {
      recommendations,
      ups,
      downs,
      conditions: { AbleToScale: SCALE_READ, ScalingActive: active, ScalingLimited: limitedBefore },
    },
  });
  if (current === 0 && spec.min !== 0) return stays(DISABLED);
  if (current > spec.max || current < spec.min) {
    const outside = {
      replicas: current > spec.max ? spec.max : spec.min,
      reason:
        current > spec.max
          ? 'Current number of replicas above Spec.MaxReplicas'
          : 'Current number of replicas below Spec.MinReplicas',
      asked: undefined,
      decided: undefined,
      figures: NONE,
    };
    return rescaled(given, outside, { recommendations, ups, downs, conditions });
  }
  const found = figures();
  if ('status' in found) return stays(found);
  const { asked, decided, firstFailed } = mostOf(found);
  if (firstFailed >= 0 && (decided < 0 || asked < current))
    return stays(failureCondition(spec.metrics[firstFailed]!, found[firstFailed] as HpaFailure), found);
  const metric = decided < 0 ? '' : metricText(spec.metrics[decided]!);
  const active: HpaCondition = {
    status: 'True',
    reason: 'ValidMetricFound',
    message: `the HPA was able to successfully calculate a replica count from ${metric}`,
  };
  const wanted = Math.max(0, asked);
  const { replicas, able, limit, recent } = normalized(spec, current, wanted, now, recommendations, before);
  const state: HpaState = {
    recommendations: recent,
    ups,
    downs,
    conditions: { AbleToScale: able, ScalingActive: active, ScalingLimited: limit },
  };
  const which = decided < 0 ? undefined : decided;
  if (replicas === current)
    return { replicas, isRescaled: false, reason: undefined, asked, decided: which, figures: found, state };
  const reason = wanted > current ? `${metric} above target` : wanted < current ? 'All metrics below target' : '';
  return rescaled(given, { replicas, reason, asked, decided: which, figures: found }, state);
}

const NONE: readonly never[] = [];

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
  { behavior, min, max }: HpaSpec,
  current: number,
  wanted: number,
  now: number,
  recommendations: readonly HpaRecommendation[],
  { ups, downs }: HpaState,
) {
  const found = behavior
    ? stabilizedBy(behavior, recommendations, current, wanted, now)
    : stabilized(recommendations, wanted, now);
  const { replicas: stable, recommendations: recent } = found;
  const able: HpaCondition =
    stable === wanted ? READY_TO_SCALE : { status: 'True', reason: found.reason, message: found.message };
  const { replicas, reason, message } = behavior
    ? pacedBy(behavior, ups, downs, current, stable, min, max, now)
    : limited(current, stable, min, max);
  const limit: HpaCondition = { status: replicas === stable ? 'False' : 'True', reason, message };
  return { replicas, able, limit, recent };
}

/** Writes a number to the target. */
function rescaled(
  { spec: { behavior }, current, now, refused }: HpaDecided,
  to: Pick<HpaOutcome, 'replicas' | 'asked' | 'decided' | 'figures'> & { readonly reason: string },
  { recommendations, ups, downs, conditions }: HpaState,
): HpaOutcome {
  const { replicas } = to;
  const told = (AbleToScale: HpaCondition) => ({ ...conditions, AbleToScale });
  if (refused !== undefined) {
    const message = `the HPA controller was unable to update the target scale: ${refused}`;
    return {
      ...to,
      replicas: current,
      isRescaled: false,
      reason: undefined,
      state: { recommendations, ups, downs, conditions: told(untrue('FailedUpdateScale', message)) },
    };
  }
  const message = `the HPA controller was able to update the target scale to ${replicas}`;
  return {
    ...to,
    isRescaled: true,
    state: {
      recommendations,
      ups: behavior && replicas > current ? withScaleEvent(ups, behavior.up, replicas - current, now) : ups,
      downs: behavior && replicas < current ? withScaleEvent(downs, behavior.down, current - replicas, now) : downs,
      conditions: told({ status: 'True', reason: 'SucceededRescale', message }),
    },
  };
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
