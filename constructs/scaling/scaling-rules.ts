import type { k8s } from 'cdk8s-plus-28';
import { StrataError } from '../../model/errors';
import { type KubernetesVersion, minorOf } from '../../model/kubernetes-version';
import type { Duration } from '../../model/quantity';
import { durationProblem, seconds, wholeProblem } from '../../model/quantity';
import { value } from '../../model/setting';

/** How many pods may come or go within a span of time: so many, or a share of those that are there. */
export type ScalingPolicy =
  | { readonly pods: number; readonly every: Duration }
  | { readonly percent: number; readonly every: Duration };

/** How fast an autoscaler moves in one direction. */
export interface ScalingRules {
  /**
   * The stabilization window, `'0s'` to `'1h'`: of all the numbers that it computed in it, the one that moves least holds. So
   * the pods follow a change of load only when it has lasted that long.
   */
  readonly window: Duration;
  /** Bounds for each span of time, one at least. */
  readonly policies: readonly ScalingPolicy[];
  /** Which policy holds: `Max`, the one that allows most, `Min`, or `Disabled`: never in this direction. @default 'Max' */
  readonly select?: 'Max' | 'Min' | 'Disabled';
  /**
   * How far, in percent of the target, what it looks at may be off before the number of pods moves. From Kubernetes 1.35 on; before, the
   * cluster's own holds for all. @default 10
   */
  readonly tolerance?: number;
}

/** A tolerance as the API writes it; undefined where the cluster's own holds. */
export function toleranceToKube({ tolerance }: ScalingRules): string | undefined {
  return tolerance === undefined ? undefined : `${tolerance * 10}m`;
}

/** Refuses a tolerance that the cluster would drop without a word. @param kubernetes undefined: it keeps every field */
export function checkTolerance(
  place: string,
  kubernetes: KubernetesVersion | undefined,
  ...rules: readonly ScalingRules[]
): void {
  if (kubernetes === undefined || minorOf(kubernetes) >= 35) return;
  if (rules.every(({ tolerance }) => tolerance === undefined)) return;
  throw new StrataError(place, `Kubernetes ${kubernetes} drops a tolerance and goes by its own`, [
    'leave it out of scaleUp and scaleDown where the cluster is older than 1.35',
  ]);
}

/** What an autoscaler overlooks where nobody says it: `--horizontal-pod-autoscaler-tolerance` in percent. */
export const TOLERANCE = 10;

/** A setting for the rules of one direction. */
export function scalingRules(standard: ScalingRules) {
  return value(standard, rulesProblem);
}

export function rulesToKube({ window, policies, select = 'Max' }: ScalingRules): k8s.HpaScalingRulesV2 {
  return {
    stabilizationWindowSeconds: seconds(window),
    selectPolicy: select,
    policies: policies.map((policy) => ({
      type: 'pods' in policy ? 'Pods' : 'Percent',
      value: 'pods' in policy ? policy.pods : policy.percent,
      periodSeconds: seconds(policy.every),
    })),
  };
}

/** The bounds are the API server's own. */
function rulesProblem(given: unknown): string | undefined {
  const { window, policies, select, tolerance, ...others } = fieldsOf(given);
  const [other] = Object.keys(others);
  if (other !== undefined) return `not scaling rules: ${other} is not one of window, policies, select, tolerance`;
  // Thousandths are the finest that the API knows.
  if (tolerance !== undefined && !(typeof tolerance === 'number' && tolerance >= 0 && Number.isInteger(tolerance * 10)))
    return `wrong: its tolerance is ${JSON.stringify(tolerance)}, which is no percentage such as 5 or 2.5`;
  const wrong = spanProblem(window, 0, 3600);
  if (wrong !== undefined) return `wrong: its window is ${wrong}`;
  if (!Array.isArray(policies) || policies.length === 0) return 'without a policy: give one at least';
  for (const policy of policies) {
    const problem = policyProblem(policy);
    if (problem !== undefined) return `wrong: the policy ${JSON.stringify(policy)} is ${problem}`;
  }
  return select === undefined || ['Max', 'Min', 'Disabled'].includes(String(select))
    ? undefined
    : 'wrong: its select is not one of Max, Min, Disabled';
}

function policyProblem(given: unknown): string | undefined {
  const { pods, percent, every, ...others } = fieldsOf(given);
  const [other] = Object.keys(others);
  if (other !== undefined || (pods === undefined) === (percent === undefined))
    return 'not { pods, every } or { percent, every }';
  return wholeProblem(pods ?? percent, 1) ?? spanProblem(every, 1, 1800);
}

function spanProblem(given: unknown, min: number, max: number): string | undefined {
  const problem = given === '0s' && min === 0 ? undefined : durationProblem(given);
  if (problem !== undefined) return problem;
  const problemOfSeconds = wholeProblem(seconds(given as Duration), min, max);
  return problemOfSeconds && `${problemOfSeconds.replace('whole number', 'span')} seconds`;
}

function fieldsOf(given: unknown): Readonly<Record<string, unknown>> {
  return { ...(given as Readonly<Record<string, unknown>> | null) };
}
