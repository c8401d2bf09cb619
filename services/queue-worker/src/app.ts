import { createServer, type Drain, processMetrics, type RedisLink } from '@strata/service-common';
import type { FastifyInstance } from 'fastify';
import { Counter, Gauge } from 'prom-client';
import type { Worker } from './worker';

export interface AppParts {
  readonly drain: Drain;
  readonly redis: Pick<RedisLink, 'outage'>;
  readonly worker: Pick<Worker, 'counts' | 'redelivered' | 'isBusy' | 'outage'>;
}

export function buildApp({ drain, redis, worker }: AppParts): FastifyInstance {
  const app = createServer({
    drain,
    needs: [
      { name: 'broker', link: worker, without: 'no messages come' },
      { name: 'redis', link: redis, without: 'a message is kept until its work can be recorded' },
    ],
  });
  const registry = processMetrics();
  const registers = [registry];
  new Counter({
    ...{ name: 'queue_messages_total', help: 'Messages by what became of them.', labelNames: ['result'], registers },
    collect() {
      this.reset();
      for (const [result, count] of Object.entries(worker.counts)) this.inc({ result }, count);
    },
  });
  new Counter({
    ...{ name: 'queue_redelivered_total', help: 'Messages that had been delivered before.', registers },
    collect() {
      this.reset();
      this.inc(worker.redelivered);
    },
  });
  new Gauge({
    ...{ name: 'queue_worker_busy', help: 'Whether a message is worked on (1) or not (0).', registers },
    collect() {
      this.set(worker.isBusy ? 1 : 0);
    },
  });
  new Gauge({
    ...{ name: 'queue_broker_up', help: 'Whether the broker answers this pod (1) or not (0).', registers },
    collect() {
      this.set(worker.outage === undefined ? 1 : 0);
    },
  });
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  return app;
}
