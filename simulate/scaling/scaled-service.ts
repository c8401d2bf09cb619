import { parseQuantity } from '../../manifests/quantity';
import { positionOf } from '../../manifests/reading/yaml/position';
import type { Resource } from '../../manifests/resource';
import { record } from '../../manifests/resource';
import type { Container, WorkloadManifest } from '../../manifests/workload';
import { StrataError } from '../../model/errors';
import { misspellingOf } from '../../model/misspelling';
import { autoscalersOf, hpasOf, scalersOf, workloadScaled } from '../../world/autoscalers';
import { amounts, dividedUp, isOfPods } from '../../world/pod-amounts';
import { podResources, resourcesOf } from '../../world/requests';
import type { World } from '../../world/world';
import type { ClockSpan } from './clock';
import { clockDate, clockSteps, floorsOf, wantedBy } from './clock';
import type { HpaPod } from './hpa/pods';
import { hpaRequest } from './hpa/pods';
import { metricText } from './hpa/round';
import type { HpaMetric, HpaSpec } from './hpa/spec';
import { hpaSpecOf } from './hpa/spec';
import { cronSpans, idleSeconds, madeByKeda, unknownOfKeda } from './made-by-keda';
import type { MetricSource, ScaledService } from './scaled-day';

/** The versions that hpa/ was compared with; one that is newer is taken for the newest of them. */
const OLDEST = 28;
const NEWEST = 35;

/** What a unit of the load takes by the name of a metric, in thousandths, and what a pod takes without any. */
export interface UnitCost {
  readonly unit: number;
  readonly idle: number;
}

/** What the user says of the pods of a service. */
export interface PodsSaid {
  readonly costs: ReadonlyMap<string, UnitCost>;
  /** Units of the load that a pod serves at most. @default - what its CPU limit allows */
  readonly serves: number | undefined;
  /** Seconds until a pod is ready. */
  readonly readyAfter: number;
  /** The day, such as `2026-01-05`. @default - the first on which hours begin, where the clock matters */
  readonly date: string | undefined;
}

/** A workload with the autoscaler that scales it. */
export interface ScaledWorkload {
  readonly workload: WorkloadManifest;
  readonly hpa: Resource;
}

/**
 * The workload that is meant, by its name or the only one that an HPA scales.
 * @throws StrataError where there is none, or another autoscaler.
 */
export function scaledWorkload(world: World, place: string, wanted: string | undefined): ScaledWorkload {
  const scaled = autoscalersOf(world).flatMap((scaler) => {
    const workload = workloadScaled(world, scaler);
    return workload ? [{ workload, hpa: scaler.resource }] : [];
  });
  const names = [...new Set(scaled.map(({ workload }) => workload.resource.name))].sort();
  const found = scaled.filter(({ workload }) => wanted === undefined || workload.resource.name === wanted);
  const [first, ...others] = found;
  if (!first) {
    if (wanted === undefined)
      throw new StrataError(place, 'finds no workload that an autoscaler scales', [
        'give a HorizontalPodAutoscaler with its target, or a target that has one',
      ]);
    const [meant] = misspellingOf(wanted, names);
    throw new StrataError(place, `no autoscaler scales a workload ${wanted}`, [
      meant === undefined ? `name one of ${names.join(', ') || 'none: there is no autoscaler'}` : `write ${meant}`,
    ]);
  }
  if (others.some(({ workload }) => workload !== first.workload))
    throw new StrataError(place, `is about one workload, and autoscalers scale ${names.length}`, [
      `name one of ${names.join(', ')}`,
    ]);
  const unknown = hpasOf(world).includes(first.hpa) ? undefined : unknownOfKeda(first.hpa);
  if (unknown !== undefined)
    throw new StrataError(placeOf(first.hpa), `${world.idOf(first.hpa)} is not simulated: ${unknown}`, [
      'give the HorizontalPodAutoscaler that KEDA makes in place of it: kubectl get hpa -o yaml',
    ]);
  const rivals = scalersOf(world, first.workload);
  if (rivals.length > 1)
    throw new StrataError(
      placeOf(first.hpa),
      `${rivals.map(({ resource }) => world.idOf(resource)).join(' and ')} scale the same workload: the controller stops both`,
      ['keep one of them'],
    );
  return first;
}

/** All that a day of it depends on. @throws StrataError where a metric's cost is not said. */
export function scaledService(world: World, { workload, hpa }: ScaledWorkload, said: PodsSaid): ScaledService {
  const minor = Math.min(NEWEST, Math.max(OLDEST, world.facts.minor ?? NEWEST));
  const isHpa = hpasOf(world).includes(hpa);
  const spec = hpaSpecOf(isHpa ? hpa : madeByKeda(hpa), minor);
  if (!spec)
    throw new StrataError(placeOf(hpa), `${world.idOf(hpa)} is refused by the API server`, [
      'correct it: strata verify says where',
    ]);
  const bad = refusedIn(spec);
  if (bad) throw new StrataError(placeOf(hpa), `${world.idOf(hpa)}: ${bad.found}`, [bad.fix]);
  if (workload.replicas === 0 && spec.min > 0)
    throw new StrataError(
      placeOf(workload.resource),
      `${world.idOf(workload.resource)} has replicas: 0, which switches its autoscaler off`,
      ['leave replicas out, or write at least 1'],
    );
  const spans = isHpa ? new Map<string, ClockSpan>() : cronSpans(hpa);
  const measured = spec.metrics.filter(({ name }) => !spans.has(name));
  const unsaid = [...new Set(measured.map(({ name }) => name))].filter((name) => !said.costs.has(name));
  if (unsaid.length > 0)
    throw new StrataError(
      placeOf(hpa),
      `${world.idOf(hpa)} scales by ${unsaid.join(' and ')}, and nobody says what of it a unit of the load takes`,
      [`write --takes ${unsaid.map((name) => `${name}=AMOUNT`).join(',')}, such as cpu=5m for a request each second`],
    );
  const known = new Set(measured.map(({ name }) => name));
  const stranger = [...said.costs.keys()].find((name) => !known.has(name) && name !== 'cpu');
  if (stranger !== undefined)
    throw new StrataError('--takes', `${world.idOf(hpa)} does not scale by ${stranger}`, [
      `name what it scales by: ${[...known].join(', ')}`,
    ]);
  const steps = isHpa ? clockSteps(world, hpa) : [];
  const over = steps.find(({ pods }) => pods > spec.max);
  if (over)
    throw new StrataError(
      placeOf(hpa),
      `a CronJob sets its minReplicas to ${over.pods}, more than maxReplicas, ${spec.max}: the API server refuses that`,
      [`raise maxReplicas to at least ${over.pods}`],
    );
  const date = clockDate('--date', said.date, [...steps, ...[...spans.values()].map(({ start }) => start)]);
  const replicas = workload.replicas ?? spec.min;
  const serves = said.serves ?? servedWithin(world, workload, said);
  const idleAfter = isHpa ? undefined : idleSeconds(hpa);
  return {
    ...(steps.length > 0 ? { floors: floorsOf(steps, spec.min, date) } : {}),
    ...(idleAfter === undefined ? {} : { idleAfter }),
    ...(steps.length > 0 || spans.size > 0 ? { date } : {}),
    spec,
    minor,
    replicas: Math.min(spec.max, Math.max(spec.min, replicas)),
    readyAfter: said.readyAfter,
    sources: spec.metrics.map((metric) => {
      const span = spans.get(metric.name);
      if (span) return { of: 'clock', pods: wantedBy(span, date) };
      return sourceOf(world, workload, metric, said.costs.get(metric.name)!, minor);
    }),
    ...(serves === undefined ? {} : { serves }),
  };
}

/** What of a spec the API server refuses, as the numbers of a day would be none. */
function refusedIn({ min, max, metrics }: HpaSpec): { readonly found: string; readonly fix: string } | undefined {
  if (min > max)
    return {
      found: `minReplicas is ${min}, more than maxReplicas, ${max}`,
      fix: `lower minReplicas to at most ${max}, or raise maxReplicas to at least ${min}`,
    };
  for (const { name, target } of metrics)
    for (const aim of [target.utilization, target.average, target.value])
      if (aim !== undefined && aim <= 0)
        return { found: `the target of ${name} is ${aim}, and has to be above 0`, fix: 'write a target above 0' };
  return undefined;
}

/** As much of the load as the CPU limit of a pod lets it serve. */
function servedWithin(world: World, workload: WorkloadManifest, { costs }: PodsSaid): number | undefined {
  const cost = costs.get('cpu');
  const limit = limitOf(world, workload, 'cpu', workload.running);
  return cost && cost.unit > 0 && Number.isFinite(limit) ? Math.max(0, limit - cost.idle) / cost.unit : undefined;
}

function sourceOf(
  world: World,
  workload: WorkloadManifest,
  metric: HpaMetric,
  { unit, idle }: UnitCost,
  minor: number,
): MetricSource {
  const { type, name, container, target } = metric;
  if (type === 'Object' || type === 'External') return { of: 'whole', unit };
  if (type === 'Pods') return { of: 'pod', unit, idle, limit: Number.POSITIVE_INFINITY };
  const measured = workload.running.filter((each) => container === undefined || each.name === container);
  const limit = limitOf(world, workload, name, measured);
  if (target.utilization === undefined || target.average !== undefined) return { of: 'pod', unit, idle, limit };
  const request = hpaRequest(podIn(world, workload), name, container, minor);
  if (typeof request === 'string') return { failed: `failed to get ${name} utilization: ${request}` };
  return { of: 'pod', unit, idle, limit, request };
}

/** Thousandths at which the containers are held together; infinity where one is not. */
function limitOf(world: World, workload: WorkloadManifest, name: string, containers: readonly Container[]): number {
  let sum = 0n;
  const whole = amounts(record(workload.podSpec['resources'])?.['limits']).get(name);
  for (const container of containers) {
    const limit = resourcesOf(world, workload, container).limits.get(name) ?? whole;
    if (limit === undefined) return Number.POSITIVE_INFINITY;
    sum += limit;
  }
  return Number(dividedUp(whole !== undefined && whole < sum ? whole : sum, 1_000_000n));
}

/** A pod of the workload, as far as its requests go: with the defaults of LimitRanges. */
function podIn(world: World, workload: WorkloadManifest): HpaPod {
  const thousandths = (of: ReadonlyMap<string, bigint>) =>
    new Map([...of].map(([name, amount]) => [name, dividedUp(amount, 1_000_000n)]));
  const requests = (role: Container['role']) =>
    workload.containers
      .filter((container) => container.role === role)
      .map((container) => ({
        name: container.name,
        requests: thousandths(resourcesOf(world, workload, container).requests),
      }));
  const resources = record(workload.podSpec['resources']);
  const asked = [...amounts(resources?.['requests']).keys(), ...amounts(resources?.['limits']).keys()];
  return {
    name: workload.resource.name,
    phase: 'Running',
    deleted: false,
    requests: {
      containers: requests('container'),
      sidecars: requests('sidecar'),
      ...(asked.some(isOfPods) ? { whole: thousandths(podResources(world, workload, 'requests')) } : {}),
    },
  };
}

/** Reads `cpu=5m+20m`: what a unit of the load takes of a metric, and what a pod takes without any. @throws StrataError for what is not so. */
export function readUnitCosts(option: string, texts: readonly string[]): ReadonlyMap<string, UnitCost> {
  return new Map(
    texts.map((text) => {
      const [, name, unit, idle = '0'] = /^([^=]+)=([^+]+)(?:\+(.+))?$/.exec(text) ?? [];
      const [each, without] = [milliOfSmall(unit), milliOfSmall(idle)];
      if (name === undefined || each === undefined || without === undefined || each < 0 || without < 0)
        throw new StrataError(`${option} ${text}`, 'is not what a unit of the load takes of a metric', [
          'write NAME=AMOUNT, or NAME=AMOUNT+IDLE where a pod takes something without any load: cpu=5m+20m',
        ]);
      return [name, { unit: each, idle: without }];
    }),
  );
}

/** A unit may take less than a thousandth: it is many that count. */
function milliOfSmall(text: string | undefined): number | undefined {
  const amount = parseQuantity(text);
  return amount === undefined ? undefined : Number(amount) / 1e6;
}

function placeOf(resource: Resource): string {
  const { line, column } = positionOf(resource, ['spec']);
  return `${resource.source.file}:${line}:${column}`;
}

/** What an autoscaler aims at: `cpu resource utilization (percentage of request) of 70%`. */
export function hpaAimText(metric: HpaMetric): string {
  const { utilization, average, value } = metric.target;
  const amount = (of: bigint) => (of % 1000n === 0n ? String(of / 1000n) : `${of}m`);
  const aim =
    average !== undefined
      ? `${amount(average)} for each pod`
      : utilization !== undefined
        ? `${utilization}%`
        : amount(value ?? 0n);
  return `${metricText(metric)} of ${aim}`;
}
