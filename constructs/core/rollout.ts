import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type {
  RolloutSpecStrategy,
  RolloutSpecStrategyCanary,
  RolloutSpecStrategyCanarySteps,
  RolloutSpecStrategyCanaryTrafficRouting,
} from '../../imports/argoproj.io';
import {
  Rollout as RolloutKind,
  RolloutSpecStrategyCanaryMaxSurge,
  RolloutSpecStrategyCanaryMaxUnavailable,
  RolloutSpecStrategyCanaryStepsPauseDuration,
} from '../../imports/argoproj.io';
import type { SharesBy } from '../../model/cluster-facts';
import { JUDGED_EVERY, OLD_KEPT } from '../../model/controlled-release';
import type { Duration } from '../../model/quantity';
import { seconds } from '../../model/quantity';
import type { ControlledBlueGreen, ControlledCanary, ControlledRelease, Judge } from '../../model/release';
import type { ControlledPods } from './controlled-pods';

/** What a Rollout is made of beside its pods. */
export interface RolloutProps {
  readonly release: ControlledRelease;
  /** What writes the shares of a canary. @default - the number of pods is the share */
  readonly sharesBy?: SharesBy | undefined;
  readonly revisionHistoryLimit: number;
}

/** The Service that leads to the next version alone, while there is one. */
export function nextNameOf(name: string): string {
  return `${name}-next`;
}

/** The AnalysisTemplate that measures a service for so long. */
export function analysisNameOf(name: string, watch: Duration): string {
  return `${name}-errors-${watch}`;
}

/** A Rollout of Argo in place of a Deployment. Its Services, its route and its analyses are made elsewhere, by the names here. */
export function createRollout(scope: Construct, pods: ControlledPods, options: RolloutProps): void {
  const { selector, replicas, template, metadata } = pods;
  new Rollout(scope, 'rollout', {
    metadata,
    spec: {
      replicas,
      revisionHistoryLimit: options.revisionHistoryLimit,
      selector,
      // Pods that do not start end the release: all requests are with the version before then.
      progressDeadlineAbort: true,
      strategy: strategyOf(metadata, options),
      template,
    },
  });
}

/** Its pod template is one of Kubernetes', which has a type of its own. */
class Rollout extends RolloutKind {
  override toJson() {
    const object = super.toJson();
    const { template } = object.spec;
    return { ...object, spec: { ...object.spec, template: k8s.toJson_PodTemplateSpec(template) } };
  }
}

function strategyOf(of: ControlledPods['metadata'], { release, sharesBy }: RolloutProps): RolloutSpecStrategy {
  return release.way === 'blueGreen'
    ? { blueGreen: blueGreen(of.name, release) }
    : { canary: canary(of, release, sharesBy) };
}

function blueGreen(
  name: string,
  { switches = 'by-hand', keepOld = OLD_KEPT, judge }: ControlledBlueGreen,
): NonNullable<RolloutSpecStrategy['blueGreen']> {
  return {
    activeService: name,
    previewService: nextNameOf(name),
    autoPromotionEnabled: switches === 'when-ready',
    scaleDownDelaySeconds: seconds(keepOld),
    ...(judge ? { postPromotionAnalysis: analysis(name, judge.watch) } : {}),
  };
}

function canary(
  { name, namespace }: ControlledPods['metadata'],
  { steps, judge }: ControlledCanary,
  sharesBy: SharesBy | undefined,
): RolloutSpecStrategyCanary {
  return {
    ...(sharesBy === undefined
      ? {}
      : {
          stableService: name,
          canaryService: nextNameOf(name),
          trafficRouting: ROUTING[sharesBy](name, namespace),
        }),
    // Where shares are pods, one comes before another goes.
    maxSurge: RolloutSpecStrategyCanaryMaxSurge.fromNumber(1),
    maxUnavailable: RolloutSpecStrategyCanaryMaxUnavailable.fromNumber(0),
    steps: steps.map((step): RolloutSpecStrategyCanarySteps => {
      if ('share' in step) return { setWeight: step.share };
      if ('hold' in step) return { pause: {} };
      if (judge) return { analysis: analysis(name, step.watch) };
      return { pause: { duration: RolloutSpecStrategyCanaryStepsPauseDuration.fromString(inSeconds(step.watch)) } };
    }),
  };
}

/** What the controller writes the shares into: an object of the service's name. */
const ROUTING: Readonly<
  Record<SharesBy, (name: string, namespace: string | undefined) => RolloutSpecStrategyCanaryTrafficRouting>
> = {
  traefik: (name) => ({ traefik: { weightedTraefikServiceName: name } }),
  'gateway-api': (name, namespace) => ({ plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: name, namespace } } }),
  istio: (name) => ({ istio: { virtualService: { name } } }),
};

function analysis(name: string, watch: Duration) {
  return {
    templates: [{ templateName: analysisNameOf(name, watch) }],
    args: [{ name: 'version', valueFrom: { podTemplateHashValue: 'Latest' } }],
  };
}

/** Go knows no days. */
export function inSeconds(time: Duration): string {
  return `${seconds(time)}s`;
}

/** What is measured of a next version, and for how long at a time. */
export interface JudgedTimes extends Required<Judge> {
  readonly watches: readonly Duration[];
}

/** What a release is judged by; undefined where nothing is. */
export function judgedTimes(release: ControlledRelease): JudgedTimes | undefined {
  const { judge } = release;
  if (!judge) return undefined;
  const watches =
    release.way === 'blueGreen'
      ? [release.judge!.watch]
      : release.steps.flatMap((step) => ('watch' in step ? [step.watch] : []));
  return { failing: judge.failing, every: judge.every ?? JUDGED_EVERY, watches: [...new Set(watches)] };
}
