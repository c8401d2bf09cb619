import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { StrataError } from '../../model/errors';
import type { KubernetesVersion } from '../../model/kubernetes-version';
import { wholeProblem } from '../../model/quantity';
import { forWorkloads, value, whole } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { checkSettings, settingsOf } from '../../model/settings';
import type { Workload } from '../core/workload';
import type { PrometheusAdapter } from '../monitoring/prometheus-adapter';
import { checkReachable } from './reachable';
import { isServed, isUse, metricToKube, scalingMetrics, type UseMetric, useToKube } from './scaling-metrics';
import {
  checkTolerance,
  rulesToKube,
  type ScalingRules,
  scalingRules,
  TOLERANCE,
  toleranceToKube,
} from './scaling-rules';

export const autoscalingSettings = settingsOf('autoscaling', {
  /** The workloads that are scaled: `public`, those that people reach, or a list of names. */
  workloads: forWorkloads(),
  /** Fewest pods. */
  min: whole(2, { min: 1 }),
  /** Most pods. */
  max: whole(6, { min: 1 }),
  /** Mean CPU use over the pods, in percent of the request, that it steers for; `none`: it does not look at CPU. */
  cpuPercent: value<number | 'none'>(70, (given) => (given === 'none' ? undefined : wholeProblem(given, 1))),
  /**
   * What it looks at beside: CPU or memory in another measure or of one container, and by the feature prometheus-adapter requests per second
   * of each pod, requests to an object that leads to the workload, or a query. The one that asks for most pods holds.
   */
  metrics: scalingMetrics([]),
  /** How fast pods are added: the stabilization window, policies as pods or percent per span, and which of them holds. */
  scaleUp: scalingRules({
    window: '0s',
    policies: [
      { percent: 50, every: '30s' },
      { pods: 2, every: '30s' },
    ],
    select: 'Max',
  }),
  /** How fast pods are removed, in the same words. */
  scaleDown: scalingRules({ window: '5m', policies: [{ pods: 1, every: '1m' }], select: 'Max' }),
});

declare module '../../model/settings' {
  interface Settings {
    readonly autoscaling?: ValuesOf<typeof autoscalingSettings>;
  }
}

export interface AutoscalerProps extends Partial<Omit<ValuesOf<typeof autoscalingSettings>, 'workloads'>> {
  readonly workload: Workload;
  /** Serves the metrics beside CPU and memory. @default - there is none, and these alone can be looked at */
  readonly adapter?: PrometheusAdapter | undefined;
  /** The cluster's version. @default - one that knows every field */
  readonly kubernetes?: KubernetesVersion;
}

/**
 * A HorizontalPodAutoscaler on CPU, and on metrics that Prometheus knows. Unless the settings say otherwise it scales up at once, by half of the pods or two,
 * whichever is more, and down by one pod a minute after five quiet minutes. From then on it owns the number of pods: the
 * workload's `replicas` stays unset.
 */
export class Autoscaler extends Construct {
  /** The CPU and memory that it looks at. */
  readonly uses: readonly UseMetric[];

  constructor(scope: Construct, id: string, props: AutoscalerProps) {
    super(scope, id);
    const settings = { ...autoscalingSettings.defaults, ...props };
    const { workload, adapter, min, max, cpuPercent, metrics, scaleUp, scaleDown } = settings;
    const place = `autoscaler of ${workload.name}`;
    checkSettings(place, autoscalingSettings, settings);
    const { kind, apiVersion } = workload.controller;
    if (kind === 'Job' || kind === 'CronJob')
      throw new StrataError(place, `a ${kind} runs to its end and cannot be scaled`, [
        'scale a Deployment or a StatefulSet',
      ]);
    if (kind === 'DaemonSet')
      throw new StrataError(place, 'a DaemonSet has a pod on each node, whatever the load', [
        'scale a Deployment or a StatefulSet',
      ]);
    if (min > max) throw new StrataError(place, `min (${min}) is above max (${max})`, ['lower min', 'raise max']);
    if (cpuPercent === 'none' && metrics.length === 0)
      throw new StrataError(place, 'looks at nothing: cpuPercent is none, and metrics is empty', [
        'give it a percentage of CPU',
        'give it a metric: metrics: [{ requestsPerPod: 20 }]',
      ]);
    const byCpu: readonly UseMetric[] = cpuPercent === 'none' ? [] : [{ use: 'cpu', percent: cpuPercent }];
    const uses = [...byCpu, ...metrics.filter(isUse)];
    this.uses = uses;
    const served = metrics.filter((metric) => isServed(metric));
    if (served.length > 0 && !adapter)
      throw new StrataError(place, 'nothing serves the metrics that it is to look at', [
        'add the feature prometheus-adapter to the target',
        'remove them from its metrics, and scale by CPU or memory alone',
      ]);
    checkUses(place, uses);
    for (const use of uses) checkReachable(place, use, workload, scaleUp.tolerance ?? TOLERANCE);
    checkTolerance(place, props.kubernetes, scaleUp, scaleDown);
    workload.scaledBetween(min, max);
    const spec = {
      scaleTargetRef: { apiVersion, kind, name: workload.name },
      minReplicas: min,
      maxReplicas: max,
      metrics: [...uses.map(useToKube), ...served.map((metric) => metricToKube(metric, workload.first, adapter!))],
      behavior: { scaleUp: rulesToKube(scaleUp), scaleDown: rulesToKube(scaleDown) },
    };
    const metadata = { name: workload.name, namespace: workload.namespace.name, labels: workload.labels };
    new Scaler(this, 'autoscaler', { metadata, spec }, { scaleUp, scaleDown });
  }
}

/** A HorizontalPodAutoscaler with the tolerances that the typed API, that of 1.28, does not know. */
class Scaler extends k8s.KubeHorizontalPodAutoscalerV2 {
  constructor(
    scope: Construct,
    id: string,
    props: k8s.KubeHorizontalPodAutoscalerV2Props,
    private readonly rules: Readonly<Record<'scaleUp' | 'scaleDown', ScalingRules>>,
  ) {
    super(scope, id, props);
  }

  override toJson(): ReturnType<k8s.KubeHorizontalPodAutoscalerV2['toJson']> {
    const object = super.toJson();
    for (const [direction, rules] of Object.entries(this.rules)) {
      const tolerance = toleranceToKube(rules);
      if (tolerance !== undefined) object.spec.behavior[direction].tolerance = tolerance;
    }
    return object;
  }
}

/** One measure of a resource: two of one container, or of the pods, would be the one that asks for more. */
function checkUses(place: string, uses: readonly UseMetric[]): void {
  const names = uses.map(({ use, container }) => (container === undefined ? use : `${use} of ${container}`));
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined)
    throw new StrataError(place, `has two targets for the use of ${twice}`, [
      'remove one of them from its metrics',
      ...(twice === 'cpu' ? ["say cpuPercent: 'none'"] : []),
    ]);
}
