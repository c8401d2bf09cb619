import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@strata/service-common';
import { AmqpLink } from '@strata/service-common/amqp';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import type { Done } from './done';
import { handle, type Verdict } from './handling';
import type { WorkerSettings } from './settings';

const CONSUMER = 'worker';

/** Takes one message at a time, and acknowledges it when its work is done: whatever ends the program before, it comes again. */
export class Worker {
  readonly counts: Record<Verdict, number> = { done: 0, duplicate: 0, again: 0, unreadable: 0 };
  /** Messages that had been delivered to somebody before. */
  redelivered = 0;
  readonly #link: AmqpLink;
  #channel: Channel | undefined;
  #stopping = false;
  #current: Promise<void> | undefined;

  constructor(
    private readonly settings: WorkerSettings,
    private readonly done: Done,
    private readonly log: Log,
    private readonly work: () => Promise<void> = () => sleep(settings.workMs),
  ) {
    this.#link = new AmqpLink(settings.broker, 'queue-worker', log, (connection) => this.#consume(connection));
  }

  get outage(): string | undefined {
    return this.#link.outage;
  }

  /** Whether it works on a message right now. */
  get isBusy(): boolean {
    return this.#current !== undefined;
  }

  /** Takes no further message, and ends the one that it works on. */
  async finish(): Promise<void> {
    this.#stopping = true;
    // Answered when the broker sends no more; one that was on its way comes before the answer, and goes back when the connection ends.
    await this.#cancel().catch(() => undefined);
    await this.#current;
  }

  async #cancel(): Promise<void> {
    await this.#channel?.cancel(CONSUMER);
  }

  async close(): Promise<void> {
    await this.#link.close();
  }

  async #consume(connection: ChannelModel): Promise<Channel> {
    const channel = await connection.createChannel();
    // Until somebody listens, what goes wrong with it would end the program.
    channel.on('error', () => undefined);
    await channel.prefetch(1);
    if (this.#stopping) return channel;
    await channel.consume(
      this.settings.queue,
      (message) => {
        // The queue is gone, or its leader: the next connection looks again.
        if (message === null) void channel.close().catch(() => undefined);
        else if (!this.#stopping) this.#take(channel, message);
      },
      { consumerTag: CONSUMER },
    );
    this.#channel = channel;
    return channel;
  }

  #take(channel: Channel, message: ConsumeMessage): void {
    const current = this.#handle(channel, message).finally(() => {
      if (this.#current === current) this.#current = undefined;
    });
    this.#current = current;
  }

  async #handle(channel: Channel, message: ConsumeMessage): Promise<void> {
    const { messageId: id } = message.properties;
    if (message.fields.redelivered) this.redelivered++;
    const verdict = await handle(id, { done: this.done, work: this.work, stopping: () => this.#stopping });
    this.counts[verdict]++;
    if (verdict !== 'done') this.log(verdict, { id, redelivered: message.fields.redelivered });
    try {
      if (verdict === 'again' || verdict === 'unreadable') channel.nack(message, false, verdict === 'again');
      else channel.ack(message);
    } catch (error) {
      // The channel has ended meanwhile: the message comes again, and is known by its id.
      this.log('not_acknowledged', { id, reason: error instanceof Error ? error.message : String(error) });
    }
  }
}
