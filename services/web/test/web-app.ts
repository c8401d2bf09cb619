import { type Drain, type Log, RedisLink, type RedisSettings } from '@strata/service-common';
import { type Answer, eventually, serve } from '@strata/service-common/testing';
import { buildApp } from '../src/app';

export interface WebApp {
  readonly drain: Drain;
  readonly redis: RedisLink;
  ask(path: string, request?: RequestInit): Promise<Answer>;
  sign(form: Readonly<Record<string, string>>): Promise<Answer>;
  metric(series: string): Promise<string | undefined>;
  close(): Promise<void>;
}

export async function startWebApp(
  redisSettings: RedisSettings,
  log: Log = () => undefined,
  greeting?: string,
  labelsFile?: string,
): Promise<WebApp> {
  const pod = {
    environment: 'test',
    version: '1.2.3',
    pod: 'web-0',
    ip: '10.0.0.7',
    node: 'node-1',
    namespace: 'course',
    cpuRequestMillicores: 50,
    memoryLimitBytes: undefined,
    labelsFile,
  };
  const settings = { port: 8080, drainSeconds: 0, redis: redisSettings, student: 'ada', greeting, ...pod };
  const drain: Drain = { signal: undefined };
  const redis = new RedisLink(redisSettings, 'web', log);
  const app = buildApp({ settings, redis, drain, log });
  const ask = await serve(app);
  return {
    drain,
    redis,
    ask,
    sign: (form) => ask('/guestbook', { method: 'POST', body: new URLSearchParams(form) }),
    metric: async (series) => {
      const line = (await ask('/metrics')).body.split('\n').find((each) => each.startsWith(`${series} `));
      return line?.slice(series.length + 1);
    },
    close: async () => {
      await app.close();
      await redis.close();
    },
  };
}

export const untilUp = ({ redis }: WebApp): Promise<void> => eventually(() => redis.outage === undefined);
