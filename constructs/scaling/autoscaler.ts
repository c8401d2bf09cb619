import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { Keda } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import type { KubernetesVersion } from '../../model/kubernetes-version';
import { wholeProblem } from '../../model/quantity';
import { choice, forWorkloads, value, whole } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { checkSettings, settingsOf } from '../../model/settings';
import type { Workload } from '../core/workload';
import type { PrometheusAdapter } from '../monitoring/prometheus-adapter';
import { ClockScaler } from './clock-scaler';
import { type Hours, hoursList, hoursText } from './hours';
import { stretchesOf } from './hours-apart';
import { checkReachable } from './reachable';
import {
  isServed,
  isUse,
  metricToKube,
  metricToTrigger,
  type ScalingMetric,
  scalingMetrics,
  type UseMetric,
  useToKube,
  useToTrigger,
} from './scaling-metrics';
import {
  checkTolerance,
  rulesToKube,
  type ScalingRules,
  scalingRules,
  TOLERANCE,
  toleranceToKube,
} from './scaling-rules';
import { TriggerScaler } from './trigger-scaler';

export const autoscalingSettings = settingsOf('autoscaling', {
  /** The workloads that are scaled: `public`, those that people reach, or a list of names. */
  workloads: forWorkloads(),
  /** Fewest pods; in the `hours` it is more. */
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
  /**
   * Hours of the week with more pods at least, before anybody asks for them: `{ days: 'Mon-Fri', from: '08:00', to: '18:00', zone: 'Europe/Berlin', min: 10 }`.
   * Where KEDA runs they are triggers of it; elsewhere CronJobs set the fewest pods of the autoscaler when they begin and when they end.
   */
  hours: hoursList(),
  /** Pods while no `hours` are on and nothing is to do: `min`; or `zero`, by KEDA: then there is no pod
   * outside of the hours, however busy the last ones are, but for what a `query` about others asks for. */
  idle: choice('min', 'zero'),
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
  /** The KEDA that runs there: it scales by the clock, and to none. @default - none */
  readonly keda?: Keda | undefined;
}

/**
 * A HorizontalPodAutoscaler on CPU, and on metrics that Prometheus knows; by the clock where KEDA runs a ScaledObject, of which KEDA makes it. Unless the settings say otherwise it scales up at once, by half of the pods or two,
 * whichever is more, and down by one pod a minute after five quiet minutes. From then on it owns the number of pods: the
 * workload's `replicas` stays unset.
 */
export class Autoscaler extends Construct {
  /** The CPU and memory that it looks at. */
  readonly uses: readonly UseMetric[];

  constructor(scope: Construct, id: string, props: AutoscalerProps) {
    super(scope, id);
    const settings = { ...autoscalingSettings.defaults, ...props };
    const { workload, adapter, min, max, cpuPercent, metrics, scaleUp, scaleDown, hours, idle, keda } = settings;
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
    const toZero = idle === 'zero';
    for (const each of hours) checkHours(place, each, min, max);
    const stretches = stretchesOf(place, hours);
    if (toZero) checkWoken(place, keda !== undefined, workload, hours, served);
    workload.scaledBetween(toZero ? 0 : min, max);
    if (keda && (hours.length > 0 || toZero)) {
      const measures = [
        ...uses.map(useToTrigger),
        ...served.map((metric) => metricToTrigger(metric, workload.first, adapter!, keda.pods)),
      ];
      new TriggerScaler(this, 'triggers', { workload, min, max, measures, hours, toZero, scaleUp, scaleDown });
      return;
    }
    const spec = {
      scaleTargetRef: { apiVersion, kind, name: workload.name },
      minReplicas: min,
      maxReplicas: max,
      metrics: [...uses.map(useToKube), ...served.map((metric) => metricToKube(metric, workload.first, adapter!))],
      behavior: { scaleUp: rulesToKube(scaleUp), scaleDown: rulesToKube(scaleDown) },
    };
    const metadata = { name: workload.name, namespace: workload.namespace.name, labels: workload.labels };
    new Scaler(this, 'autoscaler', { metadata, spec }, { scaleUp, scaleDown });
    if (hours.length > 0)
      new ClockScaler(this, 'clock', { workload, autoscaler: workload.name, hours, stretches, min });
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

/** Hours are for more pods than there are at other times. */
function checkHours(place: string, hours: Hours, min: number, max: number): void {
  if (hours.min > max)
    throw new StrataError(`${place}.hours`, `${hoursText(hours)} has a min of ${hours.min}, above max (${max})`, [
      'lower its min',
      'raise max',
    ]);
  if (hours.min <= min)
    throw new StrataError(
      `${place}.hours`,
      `${hoursText(hours)} has a min of ${hours.min}, and min is ${min} at all times`,
      ['raise its min above that', 'lower min', 'leave these hours out'],
    );
}

/** Without a pod nothing measures what pods do: something else has to start the first one. */
function checkWoken(
  place: string,
  keda: boolean,
  workload: Workload,
  hours: readonly Hours[],
  served: readonly ScalingMetric[],
): void {
  if (!keda)
    throw new StrataError(`${place}.idle`, 'is zero, and only KEDA takes the last pod away and starts the first one', [
      'say in the facts of the cluster that it runs there: keda',
      "leave it out: idle: 'min'",
    ]);
  const isWoken = hours.length > 0 || served.some((metric) => 'query' in metric && metric.query.of !== workload.app);
  if (!isWoken)
    throw new StrataError(
      `${place}.idle`,
      'is zero, and nothing would start the first pod: all that it looks at is measured at its own pods',
      [
        'say when there are pods: hours',
        'let it look at what others measure: metrics: [{ query: { … }, perPod: … }]',
        "leave it out: idle: 'min'",
      ],
    );
}
