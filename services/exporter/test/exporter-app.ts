import { type Drain, type Log, RedisLink, type RedisSettings } from '@strata/service-common';
import { type Answer, eventually, serve } from '@strata/service-common/testing';
import { buildApp } from '../src/app';

export interface ExporterApp {
  readonly drain: Drain;
  readonly redis: RedisLink;
  ask(path: string): Promise<Answer>;
  /** The `course_` samples of a fresh scrape by series, without the duration, which no test can foresee. */
  scrape(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

export async function startExporter(redisSettings: RedisSettings, log: Log = () => undefined): Promise<ExporterApp> {
  const drain: Drain = { signal: undefined };
  const redis = new RedisLink(redisSettings, 'exporter', log);
  const settings = { port: 9100, drainSeconds: 0, redis: redisSettings, scrapeTimeoutSeconds: 1, maxStudents: 3 };
  const app = buildApp({ settings, redis, drain, log });
  const ask = await serve(app);
  return {
    drain,
    redis,
    ask,
    scrape: async () => {
      const samples = (await ask('/metrics')).body.matchAll(/^(course_\S+) (\S+)$/gm);
      return Object.fromEntries(
        [...samples].map(([, series = '', value]) => [series, Number(value)]).filter(([series]) => series !== DURATION),
      );
    },
    close: async () => {
      await app.close();
      await redis.close();
    },
  };
}

const DURATION = 'course_exporter_scrape_duration_seconds';

export const NOTHING_DROPPED = {
  'course_exporter_dropped_keys{reason="invalid_name"}': 0,
  'course_exporter_dropped_keys{reason="over_limit"}': 0,
  'course_exporter_dropped_keys{reason="not_a_number"}': 0,
  'course_exporter_dropped_keys{reason="wrong_type"}': 0,
};

export const untilUp = ({ redis }: ExporterApp): Promise<void> => eventually(() => redis.outage === undefined);
