import { setTimeout as sleep } from 'node:timers/promises';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import type { Log } from '../log';
import type { PeerSettings } from '../peer-settings';

/** Uses a connection: opens the channel on which everything happens. Whatever ends that channel ends the connection. */
export type Use = (connection: ChannelModel) => Promise<Channel>;

const CONNECT_MS = 5_000;
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A peer that vanished without a reset is noticed after two of them. Seconds. */
const HEARTBEAT_SECONDS = 5;

/**
 * A connection to RabbitMQ that comes back for ever: nothing that happens to the broker ends the program. Each attempt resolves the
 * name anew, so that another node answers.
 */
export class AmqpLink {
  #outage: string | undefined = 'not connected yet';
  #lastEvent: 'broker_up' | 'broker_down' | undefined;
  #connection: ChannelModel | undefined;
  #channel: Channel | undefined;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(
    private readonly settings: PeerSettings,
    private readonly connectionName: string,
    private readonly log: Log,
    private readonly use: Use,
  ) {
    this.#ended = this.#run();
  }

  /** Why the broker cannot be used, or undefined while it can. */
  get outage(): string | undefined {
    return this.#outage;
  }

  /** Ends the connection; what was not acknowledged is delivered again, to others. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#leave();
    await this.#ended;
  }

  async #run(): Promise<void> {
    let pause = SHORTEST_PAUSE_MS;
    while (!this.#stop.signal.aborted) {
      try {
        const connection = await this.#connect();
        const lost = lossOf(connection);
        const channel = await Promise.race([this.use(connection), lost.then(thrown)]);
        this.#channel = channel;
        pause = SHORTEST_PAUSE_MS;
        this.#observe(undefined);
        this.#observe(await Promise.race([lost, lossOf(channel)]));
      } catch (error) {
        this.#observe(messageOf(error));
      }
      await this.#leave();
      // Not all at once when a broker returns.
      await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal: this.#stop.signal }).catch(() => undefined);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  async #connect(): Promise<ChannelModel> {
    const { host, port, username = 'guest', password = 'guest' } = this.settings;
    const connection = await connect(
      { hostname: host, port, username, password, heartbeat: HEARTBEAT_SECONDS },
      { timeout: CONNECT_MS, noDelay: true, clientProperties: { connection_name: this.connectionName } },
    );
    this.#connection = connection;
    return connection;
  }

  /**
   * The channel first, and by itself: what was acknowledged last is on its way through the channel, and the end of the connection, which
   * takes another way, would overtake it. What has ended already says so with an error.
   */
  async #leave(): Promise<void> {
    const [channel, connection] = [this.#channel, this.#connection];
    this.#channel = undefined;
    this.#connection = undefined;
    for (const open of [channel, connection])
      try {
        await open?.close();
      } catch {
        // It has ended.
      }
  }

  /** Logs changes only: an hour without a broker is two lines, not one per attempt. */
  #observe(outage: string | undefined): void {
    this.#outage = outage;
    const event = outage === undefined ? 'broker_up' : 'broker_down';
    if (event === this.#lastEvent) return;
    this.#lastEvent = event;
    this.log(event, { reason: outage });
  }
}

/** Why a connection or a channel ended, once it has. An `error` that nobody listens to would end the program. */
function lossOf(of: ChannelModel | Channel): Promise<string> {
  return new Promise((resolve) => {
    of.on('error', (error: unknown) => resolve(messageOf(error)));
    of.on('close', () => resolve('connection closed'));
  });
}

function thrown(reason: string): never {
  throw new Error(reason);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
