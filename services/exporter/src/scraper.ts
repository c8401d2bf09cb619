import { performance } from 'node:perf_hooks';
import { type Log, type RedisLink, RedisUnavailable } from '@strata/service-common';
import { type Reading, readCourse } from './redis-pass';
import type { ExporterSettings } from './settings';

export interface Scrape {
  /** Undefined when Redis gave no complete answer: nothing is better than something old or partial. */
  readonly reading: Reading | undefined;
  readonly durationSeconds: number;
}

/** The rest of the scrape timeout is for rendering and sending the answer. */
const SHARE_FOR_REDIS = 0.8;

export class Scraper {
  #running: Promise<Scrape> | undefined;
  #lastFailed = false;

  constructor(
    private readonly redis: Pick<RedisLink, 'run'>,
    private readonly settings: Pick<ExporterSettings, 'maxStudents' | 'scrapeTimeoutSeconds'>,
    private readonly log: Log,
  ) {}

  /** Scrapes that overlap share one pass, so impatient clients add no load to Redis. */
  scrape(): Promise<Scrape> {
    this.#running ??= this.#scrapeOnce().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #scrapeOnce(): Promise<Scrape> {
    const start = performance.now();
    const reading = await this.#read();
    return { reading, durationSeconds: (performance.now() - start) / 1_000 };
  }

  async #read(): Promise<Reading | undefined> {
    const { maxStudents, scrapeTimeoutSeconds } = this.settings;
    try {
      const reading = await withDeadline(scrapeTimeoutSeconds * SHARE_FOR_REDIS, (signal) =>
        this.redis.run((redis) => readCourse(redis, maxStudents, signal)),
      );
      if (this.#lastFailed) this.log('scrape_recovered');
      this.#lastFailed = false;
      return reading;
    } catch (error) {
      if (!(error instanceof RedisUnavailable)) throw error;
      if (!this.#lastFailed) this.log('scrape_failed', { reason: error.message });
      this.#lastFailed = true;
      return undefined;
    }
  }
}

async function withDeadline<T>(seconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = new RedisUnavailable(`no complete answer within ${seconds} s`);
  const deadline = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      deadline.abort(late);
      reject(late);
    }, seconds * 1_000);
  });
  return Promise.race([work(deadline.signal), expired]).finally(() => clearTimeout(timer));
}
