import type { PlatformSpec } from 'strata';
import { client } from './workloads/client';
import { rabbitmq } from './workloads/rabbitmq';

/** The producer fills the queue each minute, the workers empty it; RabbitMQ and both share one user. */
export const queue: PlatformSpec = {
  name: 'queue',
  compose: (platform) => {
    const { port, user } = rabbitmq(platform);
    for (const one of ['worker', 'producer'] as const) client(platform, one, user).connectsTo(port, { as: 'STOMP' });
  },
};
