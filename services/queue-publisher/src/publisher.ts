import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@strata/service-common';
import { AmqpLink } from '@strata/service-common/amqp';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { Outbox } from './outbox';
import type { PublisherSettings } from './settings';

/** After a refusal, and while nothing may be sent. */
const PAUSE_MS = 20;
const REFUSED_MS = 1_000;

/** Sends its messages until the broker has confirmed each of them, whatever happens to it meanwhile. */
export class Publisher {
  readonly outbox: Outbox;
  /** When all are confirmed. */
  readonly done: Promise<void>;
  readonly #link: AmqpLink;
  #allDone: () => void = () => undefined;
  #stopping = false;

  constructor(
    private readonly settings: PublisherSettings,
    private readonly log: Log,
  ) {
    this.outbox = new Outbox(settings.messages);
    this.done = new Promise((resolve) => {
      this.#allDone = resolve;
    });
    this.#link = new AmqpLink(settings.broker, 'queue-publisher', log, (connection) => this.#use(connection));
  }

  get outage(): string | undefined {
    return this.#link.outage;
  }

  /** Sends nothing more, and waits a while for what is under way: the rest is sent by whoever starts with the same batch. */
  async finish(): Promise<void> {
    this.#stopping = true;
    for (let waited = 0; this.outbox.underWay > 0 && waited < 5_000; waited += PAUSE_MS) await sleep(PAUSE_MS);
  }

  async close(): Promise<void> {
    await this.#link.close();
  }

  async #use(connection: ChannelModel): Promise<ConfirmChannel> {
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    let isOpen = true;
    channel.on('close', () => {
      isOpen = false;
      this.outbox.giveAllBack();
    });
    // A message that no queue takes is confirmed, and comes back before: without `mandatory` it would be lost in silence.
    const returned = new Set<string>();
    channel.on('return', ({ properties }) => returned.add(String(properties.messageId)));
    void this.#send(channel, returned, () => isOpen && !this.#stopping);
    return channel;
  }

  async #send(channel: ConfirmChannel, returned: Set<string>, goesOn: () => boolean): Promise<void> {
    const { perSecond, window } = this.settings;
    const begun = Date.now();
    let sent = 0;
    let refusedAt = 0;
    const settled = (number: number, error: unknown) => {
      const refused = returned.delete(this.#idOf(number)) || (error !== null && error !== undefined);
      if (refused) {
        refusedAt = Date.now();
        this.outbox.giveBack(number);
      } else this.outbox.confirm(number);
      if (this.outbox.isDone) this.#allDone();
    };
    while (goesOn() && !this.outbox.isDone) {
      const early = perSecond > 0 && sent >= ((Date.now() - begun) / 1_000) * perSecond;
      const number =
        early || this.outbox.underWay >= window || Date.now() - refusedAt < REFUSED_MS ? undefined : this.outbox.take();
      if (number === undefined) {
        await sleep(PAUSE_MS);
        continue;
      }
      sent++;
      try {
        this.#publish(channel, number, (error) => settled(number, error));
      } catch (error) {
        // The channel has ended between two looks.
        this.outbox.giveBack(number);
        this.log('not_sent', { reason: error instanceof Error ? error.message : String(error) });
        return;
      }
      // Lets confirmations in.
      if (sent % window === 0) await sleep(0);
    }
  }

  #publish(channel: ConfirmChannel, number: number, settled: (error: unknown) => void): void {
    const { queue } = this.settings;
    const id = this.#idOf(number);
    channel.publish(
      '',
      queue,
      Buffer.from(JSON.stringify({ id })),
      { messageId: id, persistent: true, mandatory: true, contentType: 'application/json' },
      settled,
    );
  }

  #idOf(number: number): string {
    return `${this.settings.batch}-${number}`;
  }
}
