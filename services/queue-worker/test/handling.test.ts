import { RedisUnavailable } from '@strata/service-common';
import fc from 'fast-check';
import { handle } from '../src/handling';

/** What Redis keeps, and how often it was told of an effect for the first time. */
class Record {
  readonly effects = new Map<string, number>();
  /** Whether the next calls fail, one after the other. */
  failures: boolean[] = [];

  private ask<T>(answer: () => T): Promise<T> {
    return this.failures.shift() ? Promise.reject(new RedisUnavailable('away')) : Promise.resolve(answer());
  }
  has = (id: string) => this.ask(() => this.effects.has(id));
  record = (id: string) =>
    this.ask(() => {
      const first = !this.effects.has(id);
      if (first) this.effects.set(id, (this.effects.get(id) ?? 0) + 1);
      return first;
    });
}

const never = () => false;

describe('a message', () => {
  test('is worked on once, however often it comes', async () => {
    const done = new Record();
    let worked = 0;
    const work = async () => void worked++;
    const verdicts = [];
    for (let i = 0; i < 3; i++) verdicts.push(await handle('a-1', { done, work, stopping: never }));
    expect(verdicts).toEqual(['done', 'duplicate', 'duplicate']);
    expect(worked).toBe(1);
  });

  test.each([undefined, '', 7, null])('without an id (%p) is set aside, and no work is done', async (id) => {
    const work = jest.fn();
    expect(await handle(id, { done: new Record(), work, stopping: never })).toBe('unreadable');
    expect(work).not.toHaveBeenCalled();
  });

  test('whose work fails comes again', async () => {
    const done = new Record();
    const work = () => Promise.reject(new Error('broken'));
    expect(await handle('a-1', { done, work, stopping: never })).toBe('again');
    expect(done.effects.size).toBe(0);
  });

  test('waits for Redis, and is neither given back nor worked on twice', async () => {
    const done = new Record();
    done.failures = [true, true, false, true, true];
    const work = jest.fn(async () => undefined);
    expect(await handle('a-1', { done, work, stopping: never, pauseMs: 1 })).toBe('done');
    expect(work).toHaveBeenCalledTimes(1);
  });

  test('is given back by who must stop while Redis is away', async () => {
    const done = new Record();
    done.failures = Array<boolean>(50).fill(true);
    let asked = 0;
    expect(await handle('a-1', { done, work: async () => undefined, stopping: () => ++asked > 3, pauseMs: 1 })).toBe(
      'again',
    );
    expect(asked).toBe(4);
  });
});

/** A life of one delivery: it ends before the work, after it, or after the record; or it goes to its end. */
type Life = 'before' | 'worked' | 'recorded' | 'whole';

test('whatever ends programs, and whoever else works on the same message: every effect is one, and none is missing', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          id: fc.integer({ min: 0, max: 5 }),
          lives: fc.array(fc.constantFrom<Life>('before', 'worked', 'recorded', 'whole'), { maxLength: 4 }),
          failures: fc.array(fc.boolean(), { maxLength: 3 }),
          atOnce: fc.boolean(),
        }),
        { minLength: 1, maxLength: 12 },
      ),
      async (messages) => {
        const done = new Record();
        const crash = Symbol('crash');
        const deliver = async (id: string, life: Life) => {
          const until = (at: Life) => life === at && Promise.reject(crash);
          const ended = new Error('ended');
          const mortal = {
            has: async (of: string) => {
              await until('before');
              return done.has(of);
            },
            record: async (of: string) => {
              await until('worked');
              const first = await done.record(of);
              await until('recorded');
              return first;
            },
          };
          // A program that has ended asks nobody again: it is as if it were told to stop.
          const verdict = await handle(id, {
            done: mortal,
            work: async () => undefined,
            stopping: () => life !== 'whole',
            pauseMs: 0,
          });
          if (life !== 'whole' && verdict !== 'duplicate') throw ended;
          return verdict;
        };
        for (const { id, lives, failures, atOnce } of messages) {
          done.failures = [...failures];
          const rounds = [...lives, 'whole' as const].map(
            (life) => () => deliver(`m-${id}`, life).catch(() => 'ended'),
          );
          if (atOnce) await Promise.all(rounds.map((round) => round()));
          else for (const round of rounds) await round();
        }
        const ids = new Set(messages.map(({ id }) => `m-${id}`));
        expect(new Set(done.effects.keys())).toEqual(ids);
        expect([...done.effects.values()].every((times) => times === 1)).toBe(true);
      },
    ),
    { numRuns: 200 },
  ));
