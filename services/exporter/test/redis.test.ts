import { cleanup, describeWithRedis, eventually, RedisServer } from '@strata/service-common/testing';
import type { Redis } from 'ioredis';
import { type ExporterApp, NOTHING_DROPPED, startExporter, untilUp } from './exporter-app';

describeWithRedis('the exporter against a real Redis', () => {
  const atEnd = cleanup(afterAll);
  let server: RedisServer;
  let admin: Redis;
  let exporter: ExporterApp;

  beforeAll(async () => {
    server = await RedisServer.start();
    atEnd(() => server.stop());
    exporter = await startExporter(server.settings('exporter'));
    atEnd(() => exporter.close());
    await untilUp(exporter);
    admin = server.client('admin');
    atEnd(() => admin.disconnect());
    // Its connection breaks with the server in the tests below.
    admin.on('error', () => undefined);
    await new Promise((resolve) => admin.once('ready', resolve));
  });

  it('exports what students wrote and counts what it leaves out', async () => {
    await admin.mset({
      'visits:ada': '12',
      'visits:bob': 'many',
      'visits:Mallory': '1',
      'visits:zoe': '3',
      other: '1',
    });
    await admin.rpush('guestbook:ada', 'one', 'two');
    await admin.rpush('visits:cy', 'not a string');
    await admin.set('guestbook:bob', 'not a list');
    expect(await exporter.scrape()).toEqual({
      course_redis_up: 1,
      'course_visits_total{student="ada"}': 12,
      'course_guestbook_comments{student="ada"}': 2,
      'course_exporter_dropped_keys{reason="invalid_name"}': 1,
      'course_exporter_dropped_keys{reason="over_limit"}': 1,
      'course_exporter_dropped_keys{reason="not_a_number"}': 1,
      'course_exporter_dropped_keys{reason="wrong_type"}': 2,
    });
  });

  it('reads a keyspace larger than one page of the scan', async () => {
    await admin.flushall();
    await admin.mset(
      Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`visits:s${index}`, String(index)])),
    );
    expect(await exporter.scrape()).toEqual({
      course_redis_up: 1,
      'course_visits_total{student="s0"}': 0,
      'course_visits_total{student="s1"}': 1,
      'course_visits_total{student="s10"}': 10,
      ...NOTHING_DROPPED,
      'course_exporter_dropped_keys{reason="over_limit"}': 2_997,
    });
  });

  it('has a user who can do nothing else', async () => {
    const redis = server.client('exporter');
    atEnd(() => redis.disconnect());
    await new Promise((resolve) => redis.once('ready', resolve));
    const denied = [
      ['keys', '*'],
      ['flushall'],
      ['incr', 'visits:s0'],
      ['lpush', 'guestbook:s0', 'x'],
      ['del', 'visits:s0'],
      ['get', 'other'],
    ];
    for (const [command = '', ...args] of denied) await expect(redis.call(command, ...args)).rejects.toThrow('NOPERM');
  });

  it('answers in time while Redis hangs, without old series', async () => {
    server.hang();
    const start = Date.now();
    expect(await exporter.scrape()).toEqual({ course_redis_up: 0 });
    expect(Date.now() - start).toBeLessThan(1_000);
    server.resume();
    await eventually(async () => (await exporter.scrape()).course_redis_up === 1);
  });

  it('shows the loss when Redis dies, and the new state when it returns', async () => {
    await server.stop();
    expect(await exporter.scrape()).toEqual({ course_redis_up: 0 });
    await server.start();
    await untilUp(exporter);
    expect(await exporter.scrape()).toEqual({ course_redis_up: 1, ...NOTHING_DROPPED });
  });
});
