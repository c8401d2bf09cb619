import { processMetrics, type RedisLink } from '@strata/service-common';
import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Serves /metrics and measures every request. */
export function addMetrics(app: FastifyInstance, redis: Pick<RedisLink, 'outage'>): void {
  const registry = processMetrics();
  measureRequests(app, registry);
  new Gauge({
    name: 'web_redis_up',
    help: 'Whether Redis answers this pod (1) or not (0).',
    registers: [registry],
    collect() {
      this.set(redis.outage === undefined ? 1 : 0);
    },
  });
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}

function measureRequests(app: FastifyInstance, registry: Registry): void {
  const shared = { labelNames: ['route', 'method', 'status'] as const, registers: [registry] };
  const requests = new Counter({ ...shared, name: 'http_requests_total', help: 'Answered HTTP requests.' });
  const durations = new Histogram({
    ...shared,
    name: 'http_request_duration_seconds',
    help: 'Time from receiving a request to the end of its answer.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  });

  app.addHook('onResponse', async (request, reply) => {
    // The pattern, never the path: anybody can invent paths, and each would become a series.
    const labels = {
      route: request.routeOptions.url ?? 'unmatched',
      method: request.method,
      status: String(reply.statusCode),
    };
    requests.inc(labels);
    durations.observe(labels, reply.elapsedTime / 1_000);
  });
}
