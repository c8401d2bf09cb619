import { createServer, processMetrics, type ServiceParts } from '@strata/service-common';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { scrapeMetrics } from './metrics';
import { Scraper } from './scraper';
import type { ExporterSettings } from './settings';

export function buildApp({ settings, redis, drain, log }: ServiceParts<ExporterSettings>): FastifyInstance {
  const app = createServer({ drain, needs: [{ name: 'redis', link: redis, without: 'no course metrics' }] });
  const scraper = new Scraper(redis, settings, log);
  const ownMetrics = processMetrics();

  app.get('/metrics', async (_request, reply) => {
    const registry = Registry.merge([scrapeMetrics(await scraper.scrape()), ownMetrics]);
    return reply.type(registry.contentType).send(await registry.metrics());
  });
  return app;
}
