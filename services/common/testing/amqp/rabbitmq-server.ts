import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import type { PeerSettings } from '../../src/peer-settings';
import { eventually, freePort } from '../waiting';

const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server';

/** Tests against the real program, skipped with a word on stderr where it is not installed. */
export function describeWithRabbitMq(title: string, body: () => void): void {
  if (existsSync(PROGRAM)) return describe(title, body);
  process.stderr.write(`skipped: ${title} (no ${PROGRAM})\n`);
  describe.skip(title, body);
}

const QUEUE = { vhost: '/', durable: true, auto_delete: false, arguments: { 'x-queue-type': 'quorum' } };

/** As the platform renders them, with passwords that the tests know; `admin` may do anything. */
const DEFINITIONS = {
  vhosts: [{ name: '/' }],
  queues: [
    { name: 'jobs', ...QUEUE },
    { name: 'jobs.failed', ...QUEUE },
  ],
  policies: [
    {
      ...{ vhost: '/', name: 'jobs', pattern: '^jobs$', 'apply-to': 'queues' },
      definition: { 'delivery-limit': 3, 'dead-letter-exchange': '', 'dead-letter-routing-key': 'jobs.failed' },
    },
  ],
  users: ['admin', 'queue-publisher', 'queue-worker'].map((name) => ({ name, password: `${name}-password`, tags: [] })),
  permissions: [
    { user: 'admin', vhost: '/', configure: '.*', write: '.*', read: '.*' },
    { user: 'queue-publisher', vhost: '/', configure: '^$', write: '^amq\\.default$', read: '^$' },
    { user: 'queue-worker', vhost: '/', configure: '^$', write: '^$', read: '^jobs$' },
  ],
};

export class RabbitMqServer {
  #process: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly variables: NodeJS.ProcessEnv,
  ) {}

  static async start(): Promise<RabbitMqServer> {
    const folder = mkdtempSync(join(tmpdir(), 'rabbitmq-'));
    const [port, epmd, peers] = [await freePort(), await freePort(), await freePort()];
    writeFileSync(join(folder, 'definitions.json'), JSON.stringify(DEFINITIONS));
    writeFileSync(join(folder, 'plugins'), '[].\n');
    const conf = [`listeners.tcp.default = 127.0.0.1:${port}`, `load_definitions = ${folder}/definitions.json`];
    writeFileSync(join(folder, 'rabbitmq.conf'), `${conf.join('\n')}\n`);
    const server = new RabbitMqServer(folder, port, {
      PATH: process.env.PATH,
      HOME: folder,
      ERL_EPMD_PORT: String(epmd),
      // Lets its port mapper be ended by a command, though a node that was killed is still known to it.
      ERL_EPMD_RELAXED_COMMAND_CHECK: '1',
      RABBITMQ_NODENAME: `test-${port}@localhost`,
      RABBITMQ_DIST_PORT: String(peers),
      RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
      RABBITMQ_MNESIA_BASE: join(folder, 'data'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_LOGS: '-',
    });
    await server.start();
    return server;
  }

  settings(username: 'admin' | 'queue-publisher' | 'queue-worker'): PeerSettings {
    return { host: '127.0.0.1', port: this.port, username, password: `${username}-password` };
  }

  async start(): Promise<void> {
    const server = spawn(PROGRAM, { env: this.variables, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.#process = server;
    let output = '';
    for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => (output += chunk));
    await eventually(async () => {
      if (server.exitCode !== null) throw new Error(`rabbitmq-server did not start:\n${output}`);
      return this.answers();
    }, 90_000);
  }

  private answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connectTcp(this.port, '127.0.0.1');
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
  }

  /** Messages that wait in a queue, without those under way. */
  async waiting(queue: string): Promise<number> {
    const { port, username, password } = this.settings('admin');
    const connection = await connect({ hostname: '127.0.0.1', port, username, password } as never);
    try {
      const channel = await connection.createChannel();
      return (await channel.checkQueue(queue)).messageCount;
    } finally {
      await connection.close();
    }
  }

  /** As a node that is lost: nothing is said to anybody. */
  async kill(): Promise<void> {
    const server = this.#process;
    if (!server?.pid || server.exitCode !== null || server.signalCode !== null) return;
    process.kill(-server.pid, 'SIGKILL');
    await once(server, 'exit');
  }

  async stop(): Promise<void> {
    await this.kill();
    // It was started by the server, and outlives it.
    spawnSync('epmd', ['-kill'], { env: this.variables });
    rmSync(this.folder, { recursive: true, force: true });
  }
}
