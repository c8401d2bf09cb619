import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { readWholeNumber, type Variables } from './environment';
import { jsonLog, type Log } from './log';
import type { Drain } from './probes';
import { RedisLink } from './redis-link';
import { type RedisSettings, readRedisSettings } from './redis-settings';

export interface ServiceSettings {
  readonly port: number;
  readonly drainSeconds: number;
  readonly redis: RedisSettings;
}

export interface ServiceParts<S extends ServiceSettings> {
  readonly settings: S;
  readonly redis: RedisLink;
  readonly drain: Drain;
  readonly log: Log;
}

export interface Service<S extends ServiceSettings> {
  readonly name: string;
  readonly readSettings: (variables: Variables) => S;
  readonly buildApp: (parts: ServiceParts<S>) => FastifyInstance;
}

/** A client that never finishes its request must not hold the pod until it is killed. */
const FINISH_REQUESTS_MS = 10_000;

export function readServiceSettings(variables: Variables, defaultPort: number): ServiceSettings {
  return {
    port: readWholeNumber(variables, 'PORT', { min: 1, max: 65_535 }, defaultPort),
    drainSeconds: readWholeNumber(variables, 'DRAIN_SECONDS', { min: 0, max: 300 }, 5),
    redis: readRedisSettings(variables),
  };
}

export async function runService<S extends ServiceSettings>(service: Service<S>): Promise<void> {
  try {
    await start(service);
  } catch (error) {
    process.stderr.write(`${service.name} cannot start: ${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  }
}

async function start<S extends ServiceSettings>({ name, readSettings, buildApp }: Service<S>): Promise<void> {
  const settings = readSettings(process.env);
  const log = jsonLog(name);
  const drain: Drain = { signal: undefined };
  const redis = new RedisLink(settings.redis, name, log);
  const app = buildApp({ settings, redis, drain, log });

  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (drain.signal) process.exit(1);
    drain.signal = signal;
    log('draining', { signal, seconds: settings.drainSeconds });
    // Endpoints are withdrawn while the pod still serves; closing first would refuse requests already on their way.
    await sleep(settings.drainSeconds * 1_000);
    await Promise.race([app.close(), sleep(FINISH_REQUESTS_MS)]);
    await redis.close();
    log('stopped');
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  // An empty host lets Node take [::] with IPv4 included, or 0.0.0.0 on a node without IPv6.
  await app.listen({ port: settings.port, host: '' });
  log('started', { port: settings.port, redis: `${settings.redis.host}:${settings.redis.port}` });
}
