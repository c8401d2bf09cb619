import { createServer, type Drain, processMetrics } from '@strata/service-common';
import type { FastifyInstance } from 'fastify';
import { Counter, Gauge } from 'prom-client';
import type { Publisher } from './publisher';

export interface AppParts {
  readonly drain: Drain;
  readonly publisher: Pick<Publisher, 'outage'> & {
    readonly outbox: Pick<Publisher['outbox'], 'confirmed' | 'repeated'>;
  };
}

export function buildApp({ drain, publisher }: AppParts): FastifyInstance {
  const app = createServer({ drain, needs: [{ name: 'broker', link: publisher, without: 'nothing is sent' }] });
  const registry = processMetrics();
  const registers = [registry];
  new Counter({
    ...{ name: 'queue_confirmed_total', help: 'Messages that the broker has confirmed.', registers },
    collect() {
      this.reset();
      this.inc(publisher.outbox.confirmed);
    },
  });
  new Counter({
    ...{ name: 'queue_repeated_total', help: 'Messages that were sent once more.', registers },
    collect() {
      this.reset();
      this.inc(publisher.outbox.repeated);
    },
  });
  new Gauge({
    ...{ name: 'queue_broker_up', help: 'Whether the broker answers this pod (1) or not (0).', registers },
    collect() {
      this.set(publisher.outage === undefined ? 1 : 0);
    },
  });
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  return app;
}
