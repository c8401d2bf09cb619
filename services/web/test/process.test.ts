import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BuiltService,
  cleanup,
  describeWithRedis,
  eventually,
  FakeRedis,
  RedisServer,
} from '@strata/service-common/testing';

beforeAll(() => BuiltService.build('web'), 30_000);

const atEnd = cleanup(afterEach);

async function run(variables: Readonly<Record<string, string>>, ...until: readonly string[]): Promise<BuiltService> {
  const service = await BuiltService.start('web', { STUDENT: 'ada', ...variables });
  atEnd(() => service.kill());
  await eventually(() => until.every((event) => service.events.includes(event)));
  return service;
}

describe('the built web program', () => {
  it('says in one line why it cannot start', async () => {
    const service = await run({ REDIS_HOST: 'redis', REDIS_PORT: 'six' });
    expect(await service.exit).toBe(1);
    expect(service.stderr).toBe('web cannot start: REDIS_PORT is "six"; it must be a whole number from 1 to 65535\n');
    expect(service.stdout).toBe('');
  });

  it('leaves without losing a request: unready, serving, finishing, gone', async () => {
    const redis = await FakeRedis.start({
      MULTI: () => 'OK',
      LPUSH: () => 'QUEUED',
      LTRIM: () => 'QUEUED',
      EXEC: () => [1, 'OK'],
    });
    atEnd(() => redis.stop());
    const service = await run(
      { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port), DRAIN_SECONDS: '1' },
      'started',
      'redis_up',
    );
    expect((await service.get('/readyz')).status).toBe(200);

    const slow = await openUpload(service.port, 'name=Ada&message=late');
    service.signal('SIGTERM');
    await eventually(async () => (await service.get('/readyz')).status === 503);
    const page = await service.get('/healthz');
    expect([page.status, page.headers.get('connection')]).toEqual([200, 'close']);

    await eventually(() =>
      service.get('/healthz').then(
        () => false,
        () => true,
      ),
    );
    expect(await slow.finish()).toMatch(/^HTTP\/1\.1 303 [^]*connection: close/i);
    expect(await service.exit).toBe(0);
    expect(service.events.slice(2)).toEqual(['draining', 'stopped']);
    expect(service.stderr).toBe('');
  });

  it('ends at once on a second signal', async () => {
    const service = await run({ REDIS_HOST: '127.0.0.1', REDIS_PORT: '1', DRAIN_SECONDS: '300' }, 'started');
    service.signal('SIGINT');
    await eventually(() => service.events.includes('draining'));
    service.signal('SIGTERM');
    expect(await service.exit).toBe(1);
  });
});

describeWithRedis('the built web program with a password file', () => {
  it('logs in and never prints the password', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'web-'));
    atEnd(() => rmSync(directory, { recursive: true }));
    const server = await RedisServer.start();
    atEnd(() => server.stop());
    const { username = '', password = '' } = server.settings('web');
    writeFileSync(join(directory, 'password'), `${password}\n`);
    const redis = { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(server.port), REDIS_USERNAME: username };
    const login = { ...redis, REDIS_PASSWORD_FILE: join(directory, 'password') };
    const service = await run({ ...login, DRAIN_SECONDS: '0' }, 'started', 'redis_up');
    expect(await (await service.get('/')).text()).toContain('<strong>1</strong>');
    service.signal('SIGTERM');
    expect(await service.exit).toBe(0);
    expect(service.stdout + service.stderr).not.toContain(password);
  });
});

/** A form post that has sent half of its body; `finish` sends the rest and returns the answer. */
async function openUpload(port: number, form: string): Promise<{ finish(): Promise<string> }> {
  const socket: Socket = connect(port, '127.0.0.1').setEncoding('utf8');
  await once(socket, 'connect');
  const half = form.length / 2;
  socket.write(
    `POST /guestbook HTTP/1.1\r\nhost: web\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: ${form.length}\r\n\r\n`,
  );
  socket.write(form.slice(0, half));
  return {
    finish: async () => {
      let answer = '';
      socket.on('data', (chunk) => (answer += chunk));
      socket.write(form.slice(half));
      await once(socket, 'close');
      return answer;
    },
  };
}
