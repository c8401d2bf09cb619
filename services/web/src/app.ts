import formbody from '@fastify/formbody';
import { createServer, type RedisLink, RedisUnavailable, type ServiceParts } from '@strata/service-common';
import type { FastifyError, FastifyInstance } from 'fastify';
import { readLabels } from './labels';
import { addMetrics } from './metrics';
import { addPages } from './pages';
import type { WebSettings } from './settings';
import { Store } from './store';
import { SECURITY_HEADERS } from './style';

export function buildApp({ settings, redis, drain, log }: ServiceParts<WebSettings>): FastifyInstance {
  const store = new Store(redis, settings.student);
  const app = createServer({
    drain,
    needs: [{ name: 'redis', link: redis, without: 'visits are not counted, the guestbook is closed' }],
  });

  app.addHook('onRequest', async (_request, reply) => void reply.headers(SECURITY_HEADERS));
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('Not found.\n'));
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log('request_failed', { reason: error.stack });
    return reply
      .code(status)
      .type('text/plain')
      .send(status < 500 ? `${error.message}.\n` : 'Something went wrong here.\n');
  });

  // The form is the only body anybody may send.
  app.removeAllContentTypeParsers();
  app.register(formbody);

  addMetrics(app, redis);
  addPages(app, settings, store);
  addFacts(app, settings, redis, store);
  return app;
}

/** The same as JSON, for programs. */
function addFacts(app: FastifyInstance, settings: WebSettings, redis: RedisLink, store: Store): void {
  const { student, environment, version, greeting, pod, ip, node, namespace, labelsFile } = settings;

  app.get('/visits', async (_request, reply) => {
    try {
      return { student, visits: await store.visits() };
    } catch (error) {
      if (!(error instanceof RedisUnavailable)) throw error;
      return reply.code(503).send({ student, visits: null, reason: error.message });
    }
  });

  app.get('/info', async () => ({
    pod,
    ip,
    node,
    namespace,
    environment,
    version,
    student,
    greeting: greeting ?? null,
    cpuRequestMillicores: settings.cpuRequestMillicores ?? null,
    memoryLimitBytes: settings.memoryLimitBytes ?? null,
    labels: (await readLabels(labelsFile)) ?? null,
    redis: redis.outage === undefined ? 'up' : 'down',
  }));
}
