import { text, whole } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { settingsOf } from '../../model/settings';
import { queueScalerFields } from '../scaling/queue-scaler';
import { queuePublisherFields } from './queue-publisher';
import { queueWorkerFields } from './queue-worker';
import { rabbitmqFields } from './rabbitmq';

export const workQueueSettings = settingsOf('workQueue', {
  ...rabbitmqFields,
  /** The queue's name. What is delivered too often goes to the queue of that name with `.failed` behind it. */
  queue: text(
    'jobs',
    /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/,
    'a name of lower case letters, digits and inner dots and hyphens',
  ),
  /** Deliveries of a message before it is set aside. */
  deliveryLimit: whole(5, { min: 1 }),
  /** Part of the credentials' Secret name where they come from outside: a new value is a rotation and rolls the pods. The nodes' cookie stays as it is. */
  credentialsRevision: text(
    '1',
    /^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/,
    'lower case letters, digits and inner hyphens, 22 at most',
  ),
  ...queueWorkerFields,
  ...queueScalerFields,
  ...queuePublisherFields,
});

declare module '../../model/settings' {
  interface Settings {
    readonly workQueue?: ValuesOf<typeof workQueueSettings>;
  }
}
