import { QueuePublisher } from '../../constructs/app/queue-publisher';
import { QueueWorker } from '../../constructs/app/queue-worker';
import { RabbitMq } from '../../constructs/app/rabbitmq';
import { redisOf } from '../../constructs/app/redis';
import { workQueueSettings } from '../../constructs/app/work-queue';
import { QueueScaler } from '../../constructs/scaling/queue-scaler';
import { feature } from '../feature';

export const workQueue = feature('work-queue', {
  group: 'scaling',
  summary: 'a queue of RabbitMQ that loses nothing, and as many workers as messages ask for, down to none',
  settings: workQueueSettings,
  needs: ['event-autoscaling', 'volumes'],
  apply: (context, settings) => {
    const { namespace, target } = context;
    const { queue, deliveryLimit, credentialsRevision } = settings;
    const rabbitmq = new RabbitMq(context.component('rabbitmq'), 'rabbitmq', {
      ...settings,
      namespace,
      classes: target.cluster.storage,
      credentials: context.credentials(credentialsRevision),
      queues: [{ name: queue, deliveryLimit }],
    });
    const consumers = context.component('queue-worker');
    const redis = redisOf(consumers.node.root);
    const { workload } = new QueueWorker(consumers, 'queue-worker', { ...settings, namespace, rabbitmq, redis });
    new QueueScaler(consumers, 'scaler', {
      ...settings,
      workload,
      kubernetes: target.cluster.kubernetes,
      source: rabbitmq.watchedBy(target.cluster.keda!.pods, queue),
    });
    // A Job counts as healthy only when it is done, and nothing must wait for a batch.
    const sender = context.component('queue-publisher', { last: true });
    new QueuePublisher(sender, 'queue-publisher', { ...settings, namespace, rabbitmq });
  },
});
