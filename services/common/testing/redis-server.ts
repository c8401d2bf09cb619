import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { RedisSettings } from '../src/redis-settings';
import { freePort } from './waiting';

const INSTALLED = spawnSync('redis-server', ['--version']).error === undefined;

/** Tests against the real program, skipped with a word on stderr where it is not installed. */
export function describeWithRedis(title: string, body: () => void): void {
  if (INSTALLED) return describe(title, body);
  process.stderr.write(`skipped: ${title} (no redis-server on the PATH)\n`);
  describe.skip(title, body);
}

/** Where the platform's rendered manifests are kept for review; the programs in the pods meet the platform in them alone. */
const RENDERED = join(__dirname, '../../../test/golden/kind-dev/10-redis.yaml');

/** All that each service may do, as the platform grants it, with passwords that the tests know. AUTH and HELLO are always allowed. */
function users(): string {
  const encoded = /^ {2}users\.acl: (\S+)$/m.exec(readFileSync(RENDERED, 'utf8'))?.[1];
  if (encoded === undefined) throw new Error(`${RENDERED} has no users.acl`);
  const granted = Buffer.from(encoded, 'base64')
    .toString('utf8')
    .replace(/^user (\S+) on #[0-9a-f]{64} /gm, 'user $1 on >$1-password ');
  return `${granted}user admin on >admin ~* +@all\n`;
}

export class RedisServer {
  #process: ChildProcess | undefined;

  private constructor(readonly port: number) {}

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.start();
    return server;
  }

  settings(username: 'admin' | 'web' | 'exporter'): RedisSettings {
    return {
      host: '127.0.0.1',
      port: this.port,
      username,
      password: username === 'admin' ? 'admin' : `${username}-password`,
    };
  }

  /** A plain client, to prepare data and to try what a service's user must not be able to do. */
  client(username: 'admin' | 'web' | 'exporter'): Redis {
    return new Redis({ ...this.settings(username), enableReadyCheck: false, disableClientInfo: true });
  }

  async start(): Promise<void> {
    const server = spawn('redis-server', ['-'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#process = server;
    server.stdin.end(`port ${this.port}\nbind 127.0.0.1\nsave ""\n${users()}`);
    let output = '';
    for await (const chunk of server.stdout) {
      output += chunk;
      if (output.includes('Ready to accept connections')) break;
    }
    if (server.exitCode !== null) throw new Error(`redis-server did not start:\n${output}`);
  }

  hang(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    const server = this.#process;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
}
