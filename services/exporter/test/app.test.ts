import {
  type Answers,
  cleanup,
  eventually,
  expectCleanMetrics,
  FakeRedis,
  freePort,
  withoutLogin,
} from '@strata/service-common/testing';
import { type ExporterApp, NOTHING_DROPPED, startExporter, untilUp } from './exporter-app';

/** Returns every key twice, on two pages, as SCAN may. */
const COURSE: Answers = {
  SCAN: ([cursor, , pattern]) => {
    const key = pattern === 'visits:*' ? 'visits:ada' : 'guestbook:ada';
    return cursor === '0' ? ['17', [key, key]] : ['0', [key]];
  },
  GET: () => '5',
  LLEN: () => 2,
};

describe('the exporter with Redis', () => {
  const atEnd = cleanup(afterEach);
  const log = jest.fn();
  let fake: FakeRedis;
  let exporter: ExporterApp;

  beforeEach(async () => {
    log.mockClear();
    fake = await FakeRedis.start(COURSE);
    atEnd(() => fake.stop());
    exporter = await startExporter(withoutLogin(fake.port), log);
    atEnd(() => exporter.close());
    await untilUp(exporter);
  });

  it('exports each key once, however often SCAN returns it', async () => {
    expect(await exporter.scrape()).toEqual({
      course_redis_up: 1,
      'course_visits_total{student="ada"}': 5,
      'course_guestbook_comments{student="ada"}': 2,
      ...NOTHING_DROPPED,
    });
  });

  it('only reads', async () => {
    await exporter.scrape();
    expect(new Set(fake.received)).toEqual(new Set(['HELLO', 'CLIENT', 'PING', 'SCAN', 'GET', 'LLEN']));
  });

  it('reads Redis once for scrapes that overlap, and anew for the next', async () => {
    const passes = () => fake.received.filter((command) => command === 'GET').length;
    await Promise.all([exporter.scrape(), exporter.scrape(), exporter.scrape()]);
    expect(passes()).toBe(1);
    await exporter.scrape();
    expect(passes()).toBe(2);
  });

  it.each<[string, Answers]>([
    ['denies the scan', { SCAN: () => new Error('NOPERM this user has no permissions') }],
    ['denies a value', { LLEN: () => new Error('NOPERM this user has no permissions') }],
    ['never ends the scan', { SCAN: () => ['17', []] }],
  ])('shows nothing old or partial when Redis %s', async (_how, answers) => {
    expect(await exporter.scrape()).toHaveProperty('course_visits_total{student="ada"}');
    Object.assign(fake.answers, answers);
    const start = Date.now();
    expect(await exporter.scrape()).toEqual({ course_redis_up: 0 });
    // Well below the 10 s after which Prometheus gives up, on a busy machine too.
    expect(Date.now() - start).toBeLessThan(5_000);

    Object.assign(fake.answers, COURSE);
    await eventually(async () => (await exporter.scrape()).course_redis_up === 1);
    expect(log.mock.calls.map(([event]) => event as string).filter((event) => event.startsWith('scrape_'))).toEqual([
      'scrape_failed',
      'scrape_recovered',
    ]);
  });

  it('leaves out a key that is deleted between scan and read', async () => {
    fake.answers.GET = () => null;
    expect(await exporter.scrape()).toEqual({
      course_redis_up: 1,
      'course_guestbook_comments{student="ada"}': 2,
      ...NOTHING_DROPPED,
    });
  });

  it('exports clean metrics', async () => {
    const { status, headers, body } = await exporter.ask('/metrics');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(body).toContain('process_cpu_seconds_total');
    expect(body).toMatch(/^course_exporter_scrape_duration_seconds 0\.\d+$/m);
    expectCleanMetrics(body);
  });
});

describe('the exporter without Redis', () => {
  const atEnd = cleanup(afterAll);
  let exporter: ExporterApp;

  beforeAll(async () => {
    exporter = await startExporter(withoutLogin(await freePort()));
    atEnd(() => exporter.close());
  });

  it('answers, and says so', async () => {
    expect(await exporter.scrape()).toEqual({ course_redis_up: 0 });
    expectCleanMetrics((await exporter.ask('/metrics')).body);
  });

  it('stays alive and ready until it drains', async () => {
    expect((await exporter.ask('/healthz')).status).toBe(200);
    expect((await exporter.ask('/readyz')).status).toBe(200);
    exporter.drain.signal = 'SIGTERM';
    expect((await exporter.ask('/readyz')).status).toBe(503);
  });
});
