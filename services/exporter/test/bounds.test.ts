import { type Answers, cleanup, FakeRedis, withoutLogin } from '@strata/service-common/testing';
import type { Redis } from 'ioredis';
import { readCourse } from '../src/redis-pass';
import { readSettings } from '../src/settings';
import { NOTHING_DROPPED, startExporter, untilUp } from './exporter-app';

/** So many students have been to their pages, in pages of SCAN; none has a guestbook. */
function withVisits(count: number, asked: string[] = []): Redis {
  const pages = Array.from({ length: Math.ceil(count / 1_000) }, (_, page) =>
    Array.from({ length: Math.min(1_000, count - page * 1_000) }, (_, i) => `visits:s${page * 1_000 + i}`),
  );
  const scan = async (cursor: string, _match: string, pattern: string) => {
    asked.push(`${pattern} ${cursor}`);
    const page = Number(cursor);
    if (pattern !== 'visits:*') return ['0', []];
    return [page + 1 < pages.length ? String(page + 1) : '0', pages[page]];
  };
  const pipeline = (commands: unknown[]) => ({ exec: async () => commands.map(() => [null, '1']) });
  return { scan, pipeline } as unknown as Redis;
}
const never = new AbortController().signal;

describe('the bound of keys', () => {
  it('lets 100,000 keys of a kind through, of which the limit of students decides', async () => {
    const { samples, dropped } = await readCourse(withVisits(100_000), 2, never);
    expect(samples.map(({ student, value }) => [student, value])).toEqual([
      ['s0', 1],
      ['s1', 1],
    ]);
    expect(dropped).toHaveLength(99_998);
    expect(new Set(dropped)).toEqual(new Set(['over_limit']));
  });

  it('ends the pass at the first key too many, and says which keys', async () => {
    const asked: string[] = [];
    await expect(readCourse(withVisits(300_000, asked), 2, never)).rejects.toThrow(
      new Error('more than 100000 keys match visits:*'),
    );
    expect(asked).toHaveLength(101);
  });
});

describe('the bound of students', () => {
  const atEnd = cleanup(afterEach);

  it.each([
    ['1', 1],
    ['1000', 1_000],
  ])('is MAX_STUDENTS, %s', (value, maxStudents) => {
    expect(readSettings({ REDIS_HOST: 'redis', REDIS_PORT: '6379', MAX_STUDENTS: value })).toMatchObject({
      maxStudents,
    });
  });

  it('is at least one', () => {
    expect(() => readSettings({ REDIS_HOST: 'redis', REDIS_PORT: '6379', MAX_STUDENTS: '0' })).toThrow(
      new Error('MAX_STUDENTS is "0"; it must be a whole number from 1 to 1000'),
    );
  });

  it('holds for what is exported: the first three by name, and a count of the keys that are left out', async () => {
    const answers: Answers = {
      SCAN: ([, , pattern]) => [
        '0',
        pattern === 'visits:*'
          ? ['visits:eve', 'visits:bob', 'visits:ada', 'visits:dan']
          : ['guestbook:eve', 'guestbook:cy'],
      ],
      GET: () => '5',
      LLEN: () => 2,
    };
    const fake = await FakeRedis.start(answers);
    atEnd(() => fake.stop());
    const exporter = await startExporter(withoutLogin(fake.port));
    atEnd(() => exporter.close());
    await untilUp(exporter);
    expect(await exporter.scrape()).toEqual({
      course_redis_up: 1,
      'course_visits_total{student="ada"}': 5,
      'course_visits_total{student="bob"}': 5,
      'course_guestbook_comments{student="cy"}': 2,
      ...NOTHING_DROPPED,
      'course_exporter_dropped_keys{reason="over_limit"}': 3,
    });
  });
});
