import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { RedisSettings } from '../src/redis-settings';

export type Reply = string | number | null | Error | readonly Reply[];
/** An answer of undefined is no answer, and none follows on that connection: replies come in order or not at all. */
export type Answers = Record<string, (args: readonly string[]) => Reply | undefined>;

export const withoutLogin = (port: number): RedisSettings => ({
  host: '127.0.0.1',
  port,
  username: undefined,
  password: undefined,
});

/** Speaks just enough of the Redis protocol to misbehave on demand, which a real server does not. */
export class FakeRedis {
  readonly received: string[] = [];
  /** May be changed while a client is connected. */
  readonly answers: Answers;
  port = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(answers: Answers) {
    this.answers = {
      HELLO: () => [],
      AUTH: () => 'OK',
      CLIENT: () => 'OK',
      PING: () => 'PONG',
      QUIT: () => 'OK',
      ...answers,
    };
    this.#server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
  }

  static async start(answers: Answers = {}, at: { host?: string; port?: number } = {}): Promise<FakeRedis> {
    const fake = new FakeRedis(answers);
    fake.#server.listen(at.port ?? 0, at.host ?? '127.0.0.1');
    await new Promise((resolve, reject) => fake.#server.once('listening', resolve).once('error', reject));
    fake.port = (fake.#server.address() as AddressInfo).port;
    return fake;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let input = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      input += chunk;
      for (let command = takeCommand(input); command; command = takeCommand(input)) {
        input = command.rest;
        if (!socket.isPaused()) this.#answer(socket, command.words);
      }
    });
  }

  #answer(socket: Socket, [name = '', ...args]: readonly string[]): void {
    const command = name.toUpperCase();
    this.received.push(command);
    const answer = this.answers[command] ?? (() => new Error(`ERR unknown command '${command}'`));
    const reply = answer(args);
    if (reply === undefined) return void socket.pause();
    socket.write(encode(reply));
    if (command === 'QUIT') socket.end();
  }
}

/** Commands arrive as `*<words>` and `$<length>` lines; test data is ASCII, so lengths need no counting. */
function takeCommand(input: string): { words: string[]; rest: string } | undefined {
  const lines = input.split('\r\n');
  const count = Number(lines[0]?.slice(1));
  if (lines.length < 2 + 2 * count) return undefined;
  const words = Array.from({ length: count }, (_, index) => lines[2 + 2 * index] ?? '');
  return { words, rest: lines.slice(1 + 2 * count).join('\r\n') };
}

function encode(reply: Reply): string {
  if (reply === null) return '$-1\r\n';
  if (reply instanceof Error) return `-${reply.message}\r\n`;
  if (typeof reply === 'number') return `:${reply}\r\n`;
  if (typeof reply === 'string') return `$${Buffer.byteLength(reply)}\r\n${reply}\r\n`;
  return `*${reply.length}\r\n${reply.map(encode).join('')}`;
}
