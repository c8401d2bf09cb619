import { GUESTBOOK_PREFIX, type RedisLink, VISITS_PREFIX } from '@strata/service-common';
import { type Draft, type Entry, formatEntry, parseEntry } from './guestbook';

export interface Overview {
  readonly visits: number;
  readonly entries: readonly Entry[];
}

const NEWEST_KEPT = 100;

/** One student's share of the Redis that all students use. Every method fails with RedisUnavailable only. */
export class Store {
  readonly #visitsKey: string;
  readonly #guestbookKey: string;

  constructor(
    private readonly redis: Pick<RedisLink, 'run'>,
    student: string,
  ) {
    this.#visitsKey = VISITS_PREFIX + student;
    this.#guestbookKey = GUESTBOOK_PREFIX + student;
  }

  async visits(): Promise<number> {
    return Number(await this.redis.run((redis) => redis.get(this.#visitsKey)));
  }

  async countVisit(): Promise<Overview> {
    const [visits, entries] = await Promise.all([
      this.redis.run((redis) => redis.incr(this.#visitsKey)),
      this.#entries(),
    ]);
    return { visits, entries };
  }

  async overview(): Promise<Overview> {
    const [visits, entries] = await Promise.all([this.visits(), this.#entries()]);
    return { visits, entries };
  }

  /** Appending and trimming are one transaction: no reader sees an entry too many. */
  async sign(draft: Draft, at: Date): Promise<void> {
    await this.redis.run(async (redis) => {
      const replies = await redis
        .multi()
        .lpush(this.#guestbookKey, formatEntry(draft, at))
        .ltrim(this.#guestbookKey, 0, NEWEST_KEPT - 1)
        .exec();
      // EXEC succeeds even when a command inside it fails.
      for (const [error] of replies ?? []) if (error) throw error;
    });
  }

  async #entries(): Promise<readonly Entry[]> {
    const stored = await this.redis.run((redis) => redis.lrange(this.#guestbookKey, 0, NEWEST_KEPT - 1));
    return stored.map(parseEntry);
  }
}
