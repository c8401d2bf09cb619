import type { RedisLink } from '@strata/service-common';

/** The keys that this service writes: one for each message that is done. */
export const DONE_PREFIX = 'work:done:';

/** Which messages are done. Every method fails with RedisUnavailable only. */
export class Done {
  constructor(
    private readonly redis: Pick<RedisLink, 'run'>,
    private readonly settings: { readonly queue: string; readonly rememberSeconds: number },
  ) {}

  async has(id: string): Promise<boolean> {
    return (await this.redis.run((redis) => redis.exists(this.#key(id)))) === 1;
  }

  /** Records the effect of a message, which is one however often this is called: whether this call was the one. */
  async record(id: string): Promise<boolean> {
    const { rememberSeconds } = this.settings;
    return (await this.redis.run((redis) => redis.set(this.#key(id), '1', 'EX', rememberSeconds, 'NX'))) === 'OK';
  }

  #key(id: string): string {
    return `${DONE_PREFIX}${this.settings.queue}:${id}`;
  }
}
