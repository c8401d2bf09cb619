import fastify, { type FastifyInstance } from 'fastify';
import type { RedisLink } from './redis-link';

/** Written once by the signal handler, read by everything that behaves differently while the pod leaves. */
export interface Drain {
  signal: NodeJS.Signals | undefined;
}

export interface ProbeContext {
  readonly drain: Drain;
  readonly redis: Pick<RedisLink, 'outage'>;
  /** What the service cannot do while Redis is away. */
  readonly withoutRedis: string;
}

/** The HTTP server both services start from: probes, and the manners of a server behind a Kubernetes Service. */
export function createServer({ drain, redis, withoutRedis }: ProbeContext): FastifyInstance {
  const app = fastify({
    bodyLimit: 8 * 1024,
    requestTimeout: 10_000,
    // A request that still arrives on a kept-alive connection while closing is answered, not refused.
    return503OnClosing: false,
  });

  app.addHook('onSend', async (_request, reply) => {
    if (drain.signal) reply.header('connection', 'close');
  });

  app.get('/healthz', async () => ({ alive: true }));

  /**
   * Ready means "started and not draining". An absent Redis does not count: all replicas share it, so failing here
   * would leave the Service without endpoints and nobody would see the degraded answers.
   */
  app.get('/readyz', async (_request, reply) => {
    if (drain.signal) return reply.code(503).send({ ready: false, missing: [`draining: ${drain.signal} received`] });
    if (redis.outage === undefined) return { ready: true, missing: [], redis: 'up', degraded: [] };
    return { ready: true, missing: [], redis: 'down', degraded: [`${withoutRedis}: ${redis.outage}`] };
  });

  return app;
}
