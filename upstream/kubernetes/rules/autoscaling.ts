import type { Json } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { approximateQuantity, pathSegment } from '../formats';
import type { Rule, Visit } from '../rule';
import { atLeast, between, fieldsSet, inFormat, since, strictlyOneOf } from '../rule';

const SOURCES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Object: 'object',
    Pods: 'pods',
    Resource: 'resource',
    ContainerResource: 'containerResource',
    External: 'external',
  }),
);

function bounds(object: Json, walk: Visit): void {
  const target = record(object['scaleTargetRef']);
  const version = string(target?.['apiVersion']) ?? '';
  // The one kind of the core group that has a scale needs no group.
  if (
    target &&
    walk.minor >= 35 &&
    !(target['kind'] === 'ReplicationController' ? /^[^/]*(\/[^/]*)?$/ : /^[^/]+\/[^/]+$/).test(version)
  )
    walk.fail(
      ['scaleTargetRef', 'apiVersion'],
      target['apiVersion'],
      `Invalid value: "${version}": apiVersion must specify API group`,
    );
  const most = object['maxReplicas'];
  const least = typeof object['minReplicas'] === 'number' ? object['minReplicas'] : 1;
  if (most === undefined || most === null) walk.fail(['maxReplicas'], undefined, 'Required value');
  else if (typeof most === 'number' && most >= 1 && most < least)
    walk.fail(
      ['maxReplicas'],
      most,
      `Invalid value: ${most}: must be greater than or equal to \`minReplicas\``,
      'hpa-bounds',
    );
}

function scaler(object: Json, walk: Visit): void {
  bounds(object, walk);
  const least = object['minReplicas'];
  const idle = list(object['metrics']).some((entry) =>
    ['Object', 'External'].includes(String(record(entry)?.['type'])),
  );
  if (least === 0 && walk.minor >= 37 && !idle)
    walk.fail(
      ['minReplicas'],
      0,
      'Invalid value: 0: must specify at least one Object or External metric to support scaling to zero replicas',
    );
}

function metric(object: Json, walk: Visit): void {
  const type = string(object['type']) ?? '';
  const field = SOURCES.get(type);
  if (field === undefined) return;
  const set = fieldsSet(object, SOURCES.values());
  if (!set.includes(field))
    walk.fail([field], undefined, `Required value: must populate information for the given metric source`);
  for (const other of set)
    if (other !== field) walk.fail([other], object[other], 'Forbidden: must populate the given metric source only');
}

function target(object: Json, walk: Visit): void {
  const utilization = object['averageUtilization'];
  if (typeof utilization === 'number' && utilization < 1)
    walk.fail(['averageUtilization'], utilization, `Invalid value: ${utilization}: must be greater than 0`);
  for (const field of ['value', 'averageValue']) {
    const amount = approximateQuantity(object[field]);
    if (amount !== undefined && amount <= 0)
      walk.fail([field], object[field], `Invalid value: "${String(object[field])}": must be positive`);
  }
}

/** What a source's target must say: one of some fields, and all but an Object's no more than one. */
const targetHas =
  (fields: readonly string[], most: 'one' | 'any' = 'one'): NonNullable<Rule['object']> =>
  (object, walk) => {
    const target = record(object['target']);
    if (!target) return;
    const set = fieldsSet(target, fields);
    if (set.length === 0)
      walk.fail(['target', fields[0] ?? ''], undefined, `Required value: must set ${fields.join(' or ')}`);
    if (most === 'one' && set.length > 1)
      walk.fail(['target', set[1] ?? ''], target[set[1] ?? ''], `Forbidden: may not set both ${fields.join(' and ')}`);
  };

function policies(object: Json, walk: Visit): void {
  // Left out, the server fills them in; an empty list says that there are none.
  if (Array.isArray(object['policies']) && object['policies'].length === 0)
    walk.fail(['policies'], [], 'Required value: must specify at least one Policy');
}

function numbersGiven(object: Json, walk: Visit): void {
  for (const field of ['value', 'periodSeconds'])
    if (object[field] === undefined || object[field] === null)
      walk.fail([field], undefined, 'Invalid value: 0: must be greater than zero');
}

const reference = inFormat(pathSegment);

export const autoscalingRules: Record<string, Rule> = {
  'autoscaling.v2.HorizontalPodAutoscaler': {},
  'autoscaling.v2.HorizontalPodAutoscalerSpec': {
    fields: { maxReplicas: atLeast(1), minReplicas: (value, minor) => atLeast(minor >= 37 ? 0 : 1)(value, minor) },
    object: scaler,
  },
  'autoscaling.v1.HorizontalPodAutoscalerSpec': {
    fields: { maxReplicas: atLeast(1), minReplicas: atLeast(1), targetCPUUtilizationPercentage: atLeast(1) },
    object: bounds,
  },
  'autoscaling.v2.CrossVersionObjectReference': { fields: { kind: reference, name: reference } },
  'autoscaling.v1.CrossVersionObjectReference': { fields: { kind: reference, name: reference } },
  'autoscaling.v2.MetricSpec': {
    fields: { type: strictlyOneOf('Object', 'Pods', 'Resource', 'ContainerResource', 'External') },
    object: metric,
  },
  'autoscaling.v2.MetricTarget': {
    fields: { type: strictlyOneOf('Utilization', 'Value', 'AverageValue') },
    object: target,
  },
  'autoscaling.v2.MetricIdentifier': {
    fields: { name: reference },
    enter(_, walk) {
      walk.ofMetric = true;
    },
    object(_, walk) {
      walk.ofMetric = false;
    },
  },
  'autoscaling.v2.ResourceMetricSource': { object: targetHas(['averageUtilization', 'averageValue']) },
  'autoscaling.v2.ContainerResourceMetricSource': { object: targetHas(['averageUtilization', 'averageValue']) },
  'autoscaling.v2.PodsMetricSource': { object: targetHas(['averageValue']) },
  'autoscaling.v2.ExternalMetricSource': { object: targetHas(['value', 'averageValue']) },
  'autoscaling.v2.ObjectMetricSource': { object: targetHas(['value', 'averageValue'], 'any') },
  'autoscaling.v2.HPAScalingRules': {
    object: policies,
    fields: {
      tolerance: since(35, (value) =>
        (approximateQuantity(value) ?? 0) < 0 ? 'must be greater than or equal to 0' : undefined,
      ),
      stabilizationWindowSeconds: between(0, 3600),
      selectPolicy: strictlyOneOf('Max', 'Min', 'Disabled'),
    },
  },
  'autoscaling.v2.HPAScalingPolicy': {
    fields: { type: strictlyOneOf('Pods', 'Percent'), value: atLeast(1), periodSeconds: between(1, 1800) },
    object: numbersGiven,
  },
};
