import { parseQuantity } from '../../../manifests/quantity';
import type { Json, Resource } from '../../../manifests/resource';
import { list, mappings, number, record, string } from '../../../manifests/resource';
import { inReplacingVersion } from '../../../upstream/kubernetes/conversions';
import { withDefaults } from '../../../upstream/kubernetes/defaults';
import { dividedUp } from '../../../world/pod-amounts';

/** A HorizontalPodAutoscaler as its controller sees it: `autoscaling/v2`, with what the API server of a version fills in and drops. */
export interface HpaSpec {
  readonly min: number;
  readonly max: number;
  readonly metrics: readonly HpaMetric[];
  /** @default - the rule of before there was a behavior: no more than twice as many at once, or 4; 5 minutes before pods go */
  readonly behavior?: HpaBehavior;
}

export interface HpaMetric {
  readonly type: 'Resource' | 'ContainerResource' | 'Pods' | 'Object' | 'External';
  /** Of the resource, or of the metric. */
  readonly name: string;
  /** Of a ContainerResource. */
  readonly container?: string;
  /** The object that an Object metric describes. */
  readonly described?: { readonly kind: string; readonly name: string };
  /** The metric's selector, as the controller prints it. */
  readonly selector: string;
  readonly target: HpaTarget;
}

/** Amounts are thousandths: of a CPU, of a byte, of a request. */
export interface HpaTarget {
  readonly type: string;
  /** Percent of what the pods request. */
  readonly utilization?: number;
  readonly average?: bigint;
  readonly value?: bigint;
}

export interface HpaBehavior {
  readonly up: HpaRules;
  readonly down: HpaRules;
}

export interface HpaRules {
  /** Seconds. @default - of the way down: 300, a flag of the controller */
  readonly window?: number;
  readonly select: string;
  readonly policies: readonly HpaPolicy[];
  /** @default 0.1, a flag of the controller */
  readonly tolerance?: number;
}

export interface HpaPolicy {
  readonly type: string;
  readonly value: number;
  /** Seconds. */
  readonly period: number;
}

const SOURCES: { readonly [type: string]: string } = {
  Resource: 'resource',
  ContainerResource: 'containerResource',
  Pods: 'pods',
  Object: 'object',
  External: 'external',
};

/** What a manifest of any version says to the controller of a minor version; undefined where the API server refuses it. */
export function hpaSpecOf({ object }: Pick<Resource, 'object'>, minor: number): HpaSpec | undefined {
  const kept = withDefaults(inReplacingVersion(object) ?? object, minor);
  const spec = record(kept['spec']);
  const max = number(spec?.['maxReplicas']);
  if (!spec || max === undefined) return undefined;
  const metrics = list(spec['metrics']).map(metricOf);
  if (!metrics.every((metric) => metric !== undefined)) return undefined;
  const behavior = record(spec['behavior']);
  return {
    min: number(spec['minReplicas']) ?? 1,
    max,
    metrics,
    ...(behavior ? { behavior: { up: rulesOf(behavior['scaleUp']), down: rulesOf(behavior['scaleDown']) } } : {}),
  };
}

function metricOf(entry: unknown): HpaMetric | undefined {
  const json = record(entry);
  const type = string(json?.['type']) ?? '';
  const source = Object.hasOwn(SOURCES, type) ? record(json?.[SOURCES[type]!]) : undefined;
  const target = record(source?.['target']);
  if (!source || !target) return undefined;
  const metric = record(source['metric']);
  const name = string((metric ?? source)['name']);
  if (name === undefined) return undefined;
  const container = string(source['container']);
  const described = record(source['describedObject']);
  const aim = targetOf(target);
  if (type === 'Pods' && aim.average === undefined) return undefined;
  return {
    type: type as HpaMetric['type'],
    name,
    ...(container === undefined ? {} : { container }),
    ...(described
      ? { described: { kind: string(described['kind']) ?? '', name: string(described['name']) ?? '' } }
      : {}),
    selector: selectorText(record(metric?.['selector'])),
    target: aim,
  };
}

function targetOf(target: Json): HpaTarget {
  const utilization = number(target['averageUtilization']);
  const average = milliOf(target['averageValue']);
  const value = milliOf(target['value']);
  return {
    type: string(target['type']) ?? '',
    ...(utilization === undefined ? {} : { utilization }),
    ...(average === undefined ? {} : { average }),
    ...(value === undefined ? {} : { value }),
  };
}

/** Thousandths, rounded up as `MilliValue` does. */
export function milliOf(quantity: unknown): bigint | undefined {
  const amount = parseQuantity(quantity);
  return amount === undefined ? undefined : dividedUp(amount, 1_000_000n);
}

function rulesOf(value: unknown): HpaRules {
  const rules = record(value) ?? {};
  const window = number(rules['stabilizationWindowSeconds']);
  const tolerance = toleranceOf(rules['tolerance']);
  return {
    ...(window === undefined ? {} : { window }),
    select: string(rules['selectPolicy']) ?? 'Max',
    policies: mappings(rules['policies']).map((policy) => ({
      type: string(policy['type']) ?? '',
      value: number(policy['value']) ?? 0,
      period: number(policy['periodSeconds']) ?? 0,
    })),
    ...(tolerance === undefined ? {} : { tolerance }),
  };
}

const POWERS = [1e-9, 1e-6, 1e-3];

/** `AsApproximateFloat64` of the quantity as it is stored: digits and a suffix of thousands. */
function toleranceOf(value: unknown): number | undefined {
  let digits = parseQuantity(value);
  if (digits === undefined) return undefined;
  let power = 0;
  while (power < POWERS.length && digits % 1000n === 0n) {
    digits /= 1000n;
    power++;
  }
  return power < POWERS.length ? Number(digits) * POWERS[power]! : Number(digits);
}

/** A label selector as `%+v` prints it. */
function selectorText(selector: Json | undefined): string {
  if (!selector) return 'nil';
  const labels = Object.entries(record(selector['matchLabels']) ?? {})
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => `${key}: ${value},`);
  const expressions = mappings(selector['matchExpressions']).map(
    ({ key, operator, values }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${list(values).join(' ')}],},`,
  );
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`;
}
