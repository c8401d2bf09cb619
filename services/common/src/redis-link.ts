import { Redis } from 'ioredis';
import type { Log } from './log';
import type { RedisSettings } from './redis-settings';

const COMMAND_TIMEOUT_MS = 1_000;
const HEARTBEAT_MS = 2_000;

/** Redis could not answer, whatever the cause; the message is the reason to show. */
export class RedisUnavailable extends Error {}

/**
 * A connection that fails fast and heals itself. Commands are never queued or sent twice: a visitor who was told
 * "not stored" must not find the entry stored after the next reconnect.
 */
export class RedisLink {
  readonly #client: Redis;
  readonly #log: Log;
  readonly #heartbeat: NodeJS.Timeout;
  #outage: string | undefined = 'not connected yet';
  #lastError: string | undefined;
  #lastEvent: 'redis_up' | 'redis_down' | undefined;

  constructor(settings: RedisSettings, connectionName: string, log: Log) {
    this.#log = log;
    this.#client = new Redis({
      ...settings,
      connectionName,
      commandTimeout: COMMAND_TIMEOUT_MS,
      // A peer that vanished without a reset would otherwise hold the socket, and every command, for many minutes.
      socketTimeout: COMMAND_TIMEOUT_MS,
      connectTimeout: 2 * COMMAND_TIMEOUT_MS,
      disconnectTimeout: 500,
      // Every attempt resolves the host name anew, so a pod that returns with another address is found.
      retryStrategy: (attempt) => Math.min(100 * 2 ** attempt, 2_000),
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      enableOfflineQueue: false,
      // Both would need rights (INFO, CLIENT SETINFO) that the services' Redis users do not have.
      enableReadyCheck: false,
      disableClientInfo: true,
    });
    this.#client.on('ready', this.#beat);
    this.#client.on('error', (error) => (this.#lastError = messageOf(error)));
    this.#client.on('close', this.#onClose);
    // Without traffic only the heartbeat notices that Redis hangs or has returned.
    this.#heartbeat = setInterval(this.#beat, HEARTBEAT_MS);
  }

  /** Why Redis cannot be used, or undefined while it can. */
  get outage(): string | undefined {
    return this.#outage;
  }

  async run<T>(commands: (redis: Redis) => Promise<T>): Promise<T> {
    if (this.#client.status !== 'ready') throw new RedisUnavailable(this.#outage ?? 'connection lost');
    try {
      return await commands(this.#client);
    } catch (error) {
      throw new RedisUnavailable(
        this.#client.status === 'ready' ? messageOf(error) : (this.#outage ?? 'connection lost'),
      );
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#client.off('close', this.#onClose);
    await this.#client.quit().catch(() => this.#client.disconnect());
  }

  readonly #beat = (): void => {
    this.run((redis) => redis.ping()).then(
      () => this.#observe(undefined),
      (error: unknown) => this.#observe(messageOf(error)),
    );
  };

  readonly #onClose = (): void => {
    this.#observe(this.#lastError ?? 'connection closed');
    this.#lastError = undefined;
  };

  /** Logs changes only: an hour without Redis is two lines, not one per attempt. */
  #observe(outage: string | undefined): void {
    this.#outage = outage;
    const event = outage === undefined ? 'redis_up' : 'redis_down';
    if (event === this.#lastEvent) return;
    this.#lastEvent = event;
    this.#log(event, { reason: outage });
  }
}

function messageOf(error: unknown): string {
  // A name with several addresses fails with one error per address and an empty message of its own.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
