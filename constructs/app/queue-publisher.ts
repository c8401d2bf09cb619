import { Construct } from 'constructs';
import { images } from '../../model/images';
import { resources, whole } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { checkSettings, settingsOf } from '../../model/settings';
import { Controller } from '../core/controller';
import { podField } from '../core/downward';
import type { NamespaceRef } from '../core/namespace';
import { Probe } from '../core/probe';
import { Workload } from '../core/workload';
import type { RabbitMq } from './rabbitmq';

/** Settings of a publisher, for the group of what has one. */
export const queuePublisherFields = {
  /** Messages of a batch. Another number is another Job, and so another batch. */
  messages: whole(1000, { min: 1, max: 10_000_000 }),
  /** Messages per second at most; 0: as fast as they are confirmed. */
  perSecond: whole(0, { max: 10_000 }),
  /** What the publisher asks for and may use. */
  publisherResources: resources({ cpu: '50m', memory: '64Mi', memoryLimit: '128Mi' }),
};

const queuePublisherSettings = settingsOf('queuePublisher', queuePublisherFields);

export interface QueuePublisherProps extends Partial<ValuesOf<typeof queuePublisherSettings>> {
  readonly namespace: NamespaceRef;
  readonly rabbitmq: RabbitMq;
  readonly queue: string;
}

/**
 * The program of services/queue-publisher as a Job: it sends a batch, and has succeeded when each message is confirmed. A pod that takes
 * the place of another sends the same messages, by the same ids.
 */
export class QueuePublisher extends Construct {
  readonly workload: Workload;

  constructor(scope: Construct, id: string, props: QueuePublisherProps) {
    super(scope, id);
    const settings = { ...queuePublisherSettings.defaults, ...props };
    checkSettings(id, queuePublisherSettings, settings);
    const { namespace, queue, messages, perSecond } = settings;
    this.workload = new Workload(this, id, {
      namespace,
      // The brokers may start beside it, and at the rate that is asked for it takes its time.
      controller: Controller.job({ deadline: 900 + (perSecond > 0 ? Math.ceil(messages / perSecond) : 0) }),
      pod: {
        container: {
          name: 'publisher',
          image: images.queuePublisher,
          ports: { http: 8080 },
          resources: settings.publisherResources,
          env: {
            PORT: '8080',
            QUEUE: queue,
            MESSAGES: String(messages),
            PER_SECOND: String(perSecond),
            // The Job's name, which all of its pods share.
            BATCH: podField("metadata.labels['batch.kubernetes.io/job-name']"),
          },
          probes: {
            startup: Probe.http('/healthz', 'http', { every: 1, failures: 60 }),
            liveness: Probe.http('/healthz', 'http', { every: 10, failures: 3 }),
          },
        },
      },
    });
    this.workload.connectsTo(props.rabbitmq.port('amqp'), { as: 'AMQP', may: 'publish' });
  }
}
