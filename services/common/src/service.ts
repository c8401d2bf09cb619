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

/** What runs: it answers, and may do work of its own. */
export interface Program {
  readonly app: FastifyInstance;
  /** Takes nothing new, and ends what is under way. @default - there is nothing beside requests */
  readonly finish?: () => Promise<void>;
  /** Comes to an end when nothing is left to do: the program then stops by itself. @default - it runs until it is told to stop */
  readonly done?: Promise<void>;
  /** Ends its connections. */
  readonly close: () => Promise<void>;
}

interface ProgramSettings {
  readonly port: number;
  /** How long it goes on answering, unready, after it was told to stop. Seconds. */
  readonly drainSeconds: number;
}

export interface Runnable<S extends ProgramSettings> {
  readonly name: string;
  readonly readSettings: (variables: Variables) => S;
  readonly build: (settings: S, drain: Drain, log: Log) => Program;
  /** What the log says of it when it starts. */
  readonly describe: (settings: S) => Readonly<Record<string, unknown>>;
}

export function runService<S extends ServiceSettings>({ name, readSettings, buildApp }: Service<S>): Promise<void> {
  return runProgram<S>({
    name,
    readSettings,
    build: (settings, drain, log) => {
      const redis = new RedisLink(settings.redis, name, log);
      return { app: buildApp({ settings, redis, drain, log }), close: () => redis.close() };
    },
    describe: ({ redis }) => ({ redis: `${redis.host}:${redis.port}` }),
  });
}

export async function runProgram<S extends ProgramSettings>(program: Runnable<S>): Promise<void> {
  try {
    await start(program);
  } catch (error) {
    process.stderr.write(`${program.name} cannot start: ${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  }
}

async function start<S extends ProgramSettings>({ name, readSettings, build, describe }: Runnable<S>): Promise<void> {
  const settings = readSettings(process.env);
  const log = jsonLog(name);
  const drain: Drain = { signal: undefined };
  const { app, finish, done, close } = build(settings, drain, log);

  const end = async (code: number): Promise<void> => {
    await Promise.race([app.close(), sleep(FINISH_REQUESTS_MS)]);
    await close();
    log('stopped');
    process.exit(code);
  };
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (drain.signal) process.exit(1);
    drain.signal = signal;
    log('draining', { signal, seconds: settings.drainSeconds });
    // Endpoints are withdrawn while the pod still serves; closing first would refuse requests already on their way.
    await Promise.all([sleep(settings.drainSeconds * 1_000), finish?.()]);
    // What was to come to an end by itself has not: a Job starts another pod for the rest.
    await end(done ? 1 : 0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  // An empty host lets Node take [::] with IPv4 included, or 0.0.0.0 on a node without IPv6.
  await app.listen({ port: settings.port, host: '' });
  log('started', { port: settings.port, ...describe(settings) });
  await done?.then(() => end(0));
}
