import type { Resource } from '../../manifests/resource';
import { number } from '../../manifests/resource';
import type { ScaleTrigger } from '../../world/keda';
import { behaviorPath, triggersOf } from '../../world/keda';
import type { ClockSpan } from './clock';
import { clockSpans } from './clock';

/** The types of triggers of which it is known here what KEDA makes of them. */
const KNOWN = ['cpu', 'memory', 'cron', 'prometheus'];
/** KEDA's own. Seconds. */
const COOLDOWN = 300;

/** Why it is not known what KEDA makes of a ScaledObject; undefined where it is. */
export function unknownOfKeda(scaledObject: Resource): string | undefined {
  const triggers = triggersOf(scaledObject);
  if (triggers.length === 0) return 'it has no trigger, and KEDA refuses it';
  const stranger = triggers.find(({ type }) => !KNOWN.includes(type));
  return stranger && `what KEDA makes of a trigger of type ${stranger.type} is not known here`;
}

/** The HorizontalPodAutoscaler that KEDA makes of a ScaledObject (controllers/keda/hpa.go): each type of metric by itself. */
export function madeByKeda(scaledObject: Resource): Pick<Resource, 'object'> {
  const at = (field: string) => number(scaledObject.at(['spec', field]));
  const behavior = scaledObject.at(behaviorPath(scaledObject));
  const metrics = triggersOf(scaledObject).map(metricOf);
  return {
    object: {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      spec: {
        minReplicas: Math.max(1, at('minReplicaCount') ?? 0),
        maxReplicas: at('maxReplicaCount') ?? 100,
        metrics: metrics.sort((a, b) => (a.type < b.type ? -1 : a.type > b.type ? 1 : 0)),
        ...(behavior === undefined ? {} : { behavior }),
      },
    },
  };
}

/** The hours of its cron triggers, by the names of their metrics. */
export function cronSpans(scaledObject: Resource): Map<string, ClockSpan> {
  return new Map(
    triggersOf(scaledObject).flatMap((trigger, i) => clockSpans(trigger).map((span) => [nameOf(trigger, i), span])),
  );
}

/** Seconds after which the last pod goes when nothing is active; undefined where it never does. */
export function idleSeconds(scaledObject: Resource): number | undefined {
  const at = (field: string) => number(scaledObject.at(['spec', field]));
  const toZero = at('idleReplicaCount') === 0 || (at('minReplicaCount') ?? 0) === 0;
  return toZero ? (at('cooldownPeriod') ?? COOLDOWN) : undefined;
}

/** As KEDA calls it, so far as it matters: `s1-cron`. */
function nameOf({ type }: ScaleTrigger, index: number): string {
  return `s${index}-${type}`;
}

function metricOf(trigger: ScaleTrigger, index: number) {
  const { type, metadata, metricType } = trigger;
  const value = metadata.get(type === 'prometheus' ? 'threshold' : 'value');
  if (type === 'cron' || type === 'prometheus') {
    const isValue = metricType === 'Value';
    const amount = type === 'cron' ? '1' : value;
    const target = { type: isValue ? 'Value' : 'AverageValue', [isValue ? 'value' : 'averageValue']: amount };
    return { type: 'External', external: { metric: { name: nameOf(trigger, index) }, target } };
  }
  const target =
    metricType === 'AverageValue'
      ? { type: 'AverageValue', averageValue: value }
      : { type: 'Utilization', averageUtilization: Number(value) };
  const container = metadata.get('containerName');
  return container === undefined
    ? { type: 'Resource', resource: { name: type, target } }
    : { type: 'ContainerResource', containerResource: { name: type, container, target } };
}
