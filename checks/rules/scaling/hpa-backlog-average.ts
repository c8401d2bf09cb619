import type { Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { queryOf, selectionsOf } from '../../../upstream/prometheus/query';
import { autoscalersOf } from '../../../world/autoscalers';
import type { ScaleTrigger } from '../../../world/keda';
import { triggersOf } from '../../../world/keda';
import { check } from '../../check';

const manifests = (target: string) => `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: worker, namespace: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: worker }
  maxReplicas: 20
  metrics: [{ type: External, external: { metric: { name: rabbitmq_queue_messages }, target: { ${target} } } }]
`;

export default check({
  id: 'hpa-backlog-average',
  group: 'scaling',
  description: 'the length of a queue is divided by the number of pods before it is compared with the target',
  severity: 'will-break',
  needs: [],
  source: 'pkg/controller/podautoscaler/replica_calculator.go',
  fix: 'use the target type AverageValue, with the messages that one pod may have to work off',
  example: {
    broken: manifests("type: Value, value: '30'"),
    fails: ['HorizontalPodAutoscaler/shop/worker spec.metrics[0].external.target.type'],
    fixed: manifests("type: AverageValue, averageValue: '30'"),
  },
  *judge(world) {
    for (const { resource, min, max } of autoscalersOf(world)) {
      if (min >= max) continue;
      for (const { what, path } of totalsOf(resource))
        yield {
          ...{ resource, path, value: resource.at(path) },
          message: `${what} does not shrink at once when a pod is added, and with the target type Value the autoscaler multiplies the pods by it over the target again every 15 seconds: one long queue takes them to the maximum of ${max}`,
        };
    }
  },
});

interface Total {
  readonly what: string;
  readonly path: Path;
}

/** What is waiting, as a total, with a target that is not divided by pods. */
function totalsOf(resource: Resource): Total[] {
  if (resource.kind === 'ScaledObject')
    return triggersOf(resource).flatMap((trigger) => {
      const what = trigger.metricType === 'Value' ? totalOf(trigger) : undefined;
      return what === undefined ? [] : [{ what, path: [...trigger.path, 'metricType'] }];
    });
  return list(resource.at(['spec', 'metrics'])).flatMap((entry, i) => {
    const type = string(record(entry)?.['type']);
    const field = type === 'External' ? 'external' : type === 'Object' ? 'object' : undefined;
    const source = field === undefined ? undefined : record(record(entry)?.[field]);
    const target = record(source?.['target']);
    const name = string(record(source?.['metric'])?.['name']);
    // The controller goes by the type for an object, and by the field that is set for what is external.
    const isValue = field === 'external' ? target?.['averageValue'] === undefined : target?.['type'] === 'Value';
    if (!field || !target || !name || !isValue || target['value'] === undefined || !countsWaiting(name)) return [];
    const at: Path = ['spec', 'metrics', i, field, 'target'];
    return [
      { what: `${name}, the total of what is waiting,`, path: [...at, target['type'] === 'Value' ? 'type' : 'value'] },
    ];
  });
}

/** Triggers of KEDA whose metric is a total, each with what it counts. */
const COUNTERS: Readonly<Record<string, string>> = {
  redis: 'the length of the list',
  'redis-cluster': 'the length of the list',
  'redis-sentinel': 'the length of the list',
  'redis-streams': 'the number of entries',
  'redis-cluster-streams': 'the number of entries',
  'redis-sentinel-streams': 'the number of entries',
  kafka: 'the lag of the consumer group',
  'apache-kafka': 'the lag of the consumer group',
  'aws-sqs-queue': 'the length of the queue',
  'azure-queue': 'the length of the queue',
  'azure-servicebus': 'the length of the queue',
  activemq: 'the length of the queue',
  'artemis-queue': 'the length of the queue',
  ibmmq: 'the length of the queue',
  beanstalkd: 'the number of jobs',
  'nats-jetstream': 'the lag of the consumer',
  stan: 'the lag of the consumer',
  pulsar: 'the backlog of the subscription',
  cron: 'the number of pods that is asked for',
};

function totalOf({ type, metadata }: ScaleTrigger): string | undefined {
  switch (type) {
    case 'rabbitmq': {
      const mode = metadata.get('mode') ?? 'QueueLength';
      return mode === 'QueueLength' ? 'the length of the queue' : undefined;
    }
    case 'gcp-pubsub': {
      const mode = metadata.get('mode') ?? 'SubscriptionSize';
      return /^(SubscriptionSize|NumUndeliveredMessages)$/.test(mode) ? 'the backlog of the subscription' : undefined;
    }
    case 'prometheus': {
      const query = metadata.get('query') ?? '';
      // A quotient is a share already.
      const names = query.includes('/') ? [] : selectionsOf(queryOf(query)).flatMap(({ metric }) => metric ?? []);
      const name = /\b(rate|irate|increase|avg|quantile)\b/.test(query) ? undefined : names.find(countsWaiting);
      return name === undefined ? undefined : `${name}, the total of what is waiting,`;
    }
    default:
      return Object.hasOwn(COUNTERS, type) ? COUNTERS[type] : undefined;
  }
}

const WAITING = new Set('queue queues queued backlog messages lag unacked unacknowledged undelivered'.split(' '));
/** What is a time, a rate or an average says nothing of how many there are. */
const NO_COUNT =
  /(^| )(rate|per|latency|seconds|second|ms|duration|age|time|ratio|percent|percentage|utilization|usage|average|avg|mean|max|quantile|bytes|p\d\d)( |$)/;

/** Whether a metric counts what waits to be done, by its name. */
function countsWaiting(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/);
  return words.some((word) => WAITING.has(word)) && !NO_COUNT.test(words.join(' '));
}
