import dns from 'node:dns';
import { RedisLink, RedisUnavailable } from '../src';
import { type Answers, cleanup, eventually, FakeRedis } from '../testing';

describe('the Redis link', () => {
  const atEnd = cleanup(afterEach);

  async function startFake(answers: Answers = {}, at: { host?: string; port?: number } = {}): Promise<FakeRedis> {
    const fake = await FakeRedis.start(answers, at);
    atEnd(() => fake.stop());
    return fake;
  }

  function connect(port: number, host = '127.0.0.1'): { link: RedisLink; logged: string[] } {
    const logged: string[] = [];
    const link = new RedisLink({ host, port, username: 'web', password: 'hush' }, 'test', (event, details) =>
      logged.push(`${event} ${details?.reason ?? ''}`.trim()),
    );
    atEnd(() => link.close());
    return { link, logged };
  }

  it('needs no commands of its own but HELLO, CLIENT SETNAME and PING', async () => {
    const fake = await startFake();
    const { link, logged } = connect(fake.port);
    await eventually(() => link.outage === undefined);
    expect(new Set(fake.received)).toEqual(new Set(['HELLO', 'CLIENT', 'PING']));
    expect(logged).toEqual(['redis_up']);
  });

  it('logs an outage once, however often it retries, and names the reason', async () => {
    const fake = await startFake({ HELLO: () => new Error('WRONGPASS invalid username-password pair') });
    const { link, logged } = connect(fake.port);
    await eventually(() => fake.received.filter((command) => command === 'HELLO').length >= 3);
    expect(logged).toEqual(['redis_down WRONGPASS invalid username-password pair']);
    await expect(link.run((redis) => redis.get('key'))).rejects.toThrow(RedisUnavailable);
    expect(JSON.stringify(logged)).not.toContain('hush');
  });

  it('gives up on an unanswered command after a second, and on the next ones at once', async () => {
    const fake = await startFake({ INCR: () => undefined });
    const { link } = connect(fake.port);
    await eventually(() => link.outage === undefined);
    fake.answers.HELLO = () => undefined;

    const start = Date.now();
    await expect(link.run((redis) => redis.incr('key'))).rejects.toThrow('Command timed out');
    expect(Date.now() - start).toBeLessThan(1_500);

    await eventually(async () => {
      const before = Date.now();
      await expect(link.run((redis) => redis.incr('key'))).rejects.toThrow(RedisUnavailable);
      return Date.now() - before < 50;
    });
  });

  it('never sends a failed command again after reconnecting', async () => {
    const fake = await startFake({ INCR: () => undefined });
    const { link } = connect(fake.port);
    await eventually(() => link.outage === undefined);
    const failed = expect(link.run((redis) => redis.incr('key'))).rejects.toThrow(RedisUnavailable);
    await eventually(() => fake.received.includes('INCR'));
    await fake.stop();
    await failed;

    const next = await startFake({}, { port: fake.port });
    await eventually(() => link.outage === undefined);
    expect(next.received).not.toContain('INCR');
  });

  it('finds Redis again under another address of the same name', async () => {
    const first = await startFake();
    const second = await startFake({}, { host: '127.0.0.2', port: first.port });
    let address = '127.0.0.1';
    const lookup = (_name: string, options: { all?: boolean }, done: (...args: unknown[]) => void) =>
      options.all ? done(null, [{ address, family: 4 }]) : done(null, address, 4);
    const names = jest.spyOn(dns, 'lookup').mockImplementation(lookup as unknown as typeof dns.lookup);
    atEnd(() => names.mockRestore());

    const { link, logged } = connect(first.port, 'redis.test');
    await eventually(() => link.outage === undefined);

    address = '127.0.0.2';
    await first.stop();
    await eventually(() => second.received.includes('PING'));
    await eventually(() => link.outage === undefined);
    expect(logged).toEqual(['redis_up', 'redis_down connection closed', 'redis_up']);
  });
});
