import { cleanup, describeWithRedis, eventually, RedisServer } from '@strata/service-common/testing';
import type { Redis } from 'ioredis';
import { startWebApp, untilUp, type WebApp } from './web-app';

describeWithRedis('the web app against a real Redis', () => {
  const atEnd = cleanup(afterAll);
  let server: RedisServer;
  let web: WebApp;

  beforeAll(async () => {
    server = await RedisServer.start();
    atEnd(() => server.stop());
    web = await startWebApp(server.settings('web'));
    atEnd(() => web.close());
    await untilUp(web);
  });

  async function asAdmin<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = server.client('admin');
    await new Promise((resolve) => redis.once('ready', resolve));
    return work(redis).finally(() => redis.quit());
  }

  it('counts each visit of the page once', async () => {
    await web.ask('/');
    await web.ask('/');
    expect(JSON.parse((await web.ask('/visits')).body)).toEqual({ student: 'ada', visits: 2 });
    expect(await asAdmin((redis) => redis.get('visits:ada'))).toBe('2');
  });

  it('keeps the newest hundred entries, newest first', async () => {
    await asAdmin((redis) =>
      redis.lpush('guestbook:ada', ...Array.from({ length: 100 }, (_, index) => `old ${index}`)),
    );
    expect((await web.sign({ name: 'Ada', message: 'newest' })).status).toBe(303);
    const stored = await asAdmin((redis) => redis.lrange('guestbook:ada', 0, -1));
    expect(stored).toHaveLength(100);
    expect(JSON.parse(stored[0] ?? '')).toEqual({
      name: 'Ada',
      message: 'newest',
      at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(stored.at(-1)).toBe('old 1');
    expect((await web.ask('/')).body).toMatch(/newest[^]*old 99[^]*old 1</);
  });

  it('refuses an entry honestly when the list is something else', async () => {
    const list = await asAdmin((redis) => redis.lrange('guestbook:ada', 0, -1));
    await asAdmin((redis) => redis.set('guestbook:ada', 'text'));
    expect((await web.sign({ name: 'Ada', message: 'lost?' })).status).toBe(503);
    await asAdmin((redis) =>
      redis
        .multi()
        .del('guestbook:ada')
        .rpush('guestbook:ada', ...list)
        .exec(),
    );
  });

  it('has a user who can do nothing else', async () => {
    const redis = server.client('web');
    atEnd(() => redis.disconnect());
    await new Promise((resolve) => redis.once('ready', resolve));
    for (const [command = '', ...args] of [
      ['keys', '*'],
      ['flushall'],
      ['scan', '0'],
      ['info'],
      ['del', 'visits:ada'],
      ['get', 'other:ada'],
    ]) {
      await expect(redis.call(command, ...args)).rejects.toThrow('NOPERM');
    }
  });

  it('degrades when Redis dies, and recovers by itself when it returns', async () => {
    await server.stop();
    const degraded = await web.ask('/');
    expect([degraded.status, degraded.body.includes('role="status"')]).toEqual([200, true]);
    expect((await web.sign({ name: 'Ada', message: 'kept' })).status).toBe(503);

    await server.start();
    await untilUp(web);
    expect((await web.sign({ name: 'Ada', message: 'back' })).status).toBe(303);
    expect((await web.ask('/')).body).toContain('back');
  });

  it('answers in time while Redis hangs, and recovers when it goes on', async () => {
    server.hang();
    const start = Date.now();
    const page = await web.ask('/');
    expect([page.status, page.body.includes('<strong>unknown</strong>')]).toEqual([200, true]);
    expect(Date.now() - start).toBeLessThan(1_500);
    server.resume();
    await eventually(async () => !(await web.ask('/')).body.includes('role="status"'));
  });
});
