import { Construct } from 'constructs';
import { images } from '../../model/images';
import { resources, whole } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { checkSettings, settingsOf } from '../../model/settings';
import { Controller } from '../core/controller';
import type { NamespaceRef } from '../core/namespace';
import { Probe } from '../core/probe';
import { Workload } from '../core/workload';
import type { RabbitMq } from './rabbitmq';
import type { Redis } from './redis';
import type { RedisRights } from './redis-rights';

/** Settings of a worker, for the group of what has one. */
export const queueWorkerFields = {
  /** How long the work of one message takes, in milliseconds. Its pod is given that long to end it when it is told to stop. */
  workMilliseconds: whole(200, { max: 3_600_000 }),
  /** What a worker asks for and may use. */
  workerResources: resources({ cpu: '50m', memory: '64Mi', memoryLimit: '128Mi' }),
};

const queueWorkerSettings = settingsOf('queueWorker', queueWorkerFields);

export interface QueueWorkerProps extends Partial<ValuesOf<typeof queueWorkerSettings>> {
  readonly namespace: NamespaceRef;
  readonly rabbitmq: RabbitMq;
  readonly queue: string;
  /** Remembers which messages are done. */
  readonly redis: Redis;
}

/** Just what the program calls: it looks whether a message is done, and records that it is. */
const RIGHTS: RedisRights = { keys: ['work:*'], commands: ['exists', 'set'] };

/** The program of services/queue-worker: it takes one message at a time, and acknowledges it when its work is done. */
export class QueueWorker extends Construct {
  readonly workload: Workload;

  constructor(scope: Construct, id: string, props: QueueWorkerProps) {
    super(scope, id);
    const settings = { ...queueWorkerSettings.defaults, ...props };
    checkSettings(id, queueWorkerSettings, settings);
    const { namespace, queue, workMilliseconds } = settings;
    this.workload = new Workload(this, id, {
      namespace,
      controller: Controller.deployment(),
      pod: {
        // The work of one message, and what it takes to record and acknowledge it.
        terminationGracePeriod: Math.ceil(workMilliseconds / 1000) + 30,
        container: {
          name: 'worker',
          image: images.queueWorker,
          ports: { http: 8080 },
          resources: settings.workerResources,
          env: { PORT: '8080', QUEUE: queue, WORK_MILLISECONDS: String(workMilliseconds) },
          probes: {
            startup: Probe.http('/healthz', 'http', { every: 1, failures: 60 }),
            readiness: Probe.http('/readyz', 'http', { every: 5, failures: 3 }),
            liveness: Probe.http('/healthz', 'http', { every: 10, failures: 3 }),
          },
        },
      },
    });
    this.workload.servesMetrics('http', { job: id, exposes: ['queue_*', 'process_*', 'nodejs_*'], series: 90 });
    this.workload.connectsTo(props.rabbitmq.port('amqp'), { as: 'AMQP', may: { consume: queue } });
    this.workload.connectsTo(props.redis.port('redis'), { as: 'REDIS', may: RIGHTS });
  }
}
