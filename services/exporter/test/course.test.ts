import fc from 'fast-check';
import { readNumber, selectKeys } from '../src/course';

const keysOf = (visits: readonly string[], comments: readonly string[] = []) => ({
  visits: new Set(visits.map((name) => `visits:${name}`)),
  comments: new Set(comments.map((name) => `guestbook:${name}`)),
});

describe('the selection of keys', () => {
  it('drops names that are no student names', () => {
    const { kept, dropped } = selectKeys(
      keysOf(['ada', 'Ada', '', 'a b', 'a"b', 'x'.repeat(64)], ['ada', 'ada:x']),
      10,
    );
    expect(kept).toEqual([
      { key: 'visits:ada', measure: 'visits', student: 'ada' },
      { key: 'guestbook:ada', measure: 'comments', student: 'ada' },
    ]);
    expect(dropped).toEqual(Array(6).fill('invalid_name'));
  });

  it('keeps the first students by name, and both keys of each', () => {
    const { kept, dropped } = selectKeys(keysOf(['cy', 'bob', 'ada'], ['bob', 'dan', 'ada']), 2);
    expect(kept.map(({ key }) => key)).toEqual(['visits:bob', 'visits:ada', 'guestbook:bob', 'guestbook:ada']);
    expect(dropped).toEqual(['over_limit', 'over_limit']);
  });

  it('keeps or drops every key, within the limit, whatever the order', () => {
    const names = fc.array(fc.oneof(fc.stringMatching(/^[a-c]{1,2}$/), fc.string()), { maxLength: 30 });
    fc.assert(
      fc.property(names, names, fc.integer({ min: 1, max: 5 }), (visits, comments, limit) => {
        const keys = keysOf(visits, comments);
        const { kept, dropped } = selectKeys(keys, limit);
        const students = (selection: typeof kept) => [...new Set(selection.map(({ student }) => student))].sort();
        expect(kept.length + dropped.length).toBe(keys.visits.size + keys.comments.size);
        expect(students(kept).length).toBeLessThanOrEqual(limit);
        expect(students(selectKeys(keysOf(visits.toReversed(), comments.toReversed()), limit).kept)).toEqual(
          students(kept),
        );
      }),
    );
  });
});

describe('a value', () => {
  it.each<[unknown, number | string]>([
    ['0', 0],
    ['42', 42],
    [7, 7],
    ['-1', 'not_a_number'],
    ['1.5', 'not_a_number'],
    ['', 'not_a_number'],
    ['12x', 'not_a_number'],
    ['9'.repeat(20), 'not_a_number'],
  ])('%j is read as %j', (reply, value) => expect(readNumber(reply)).toBe(value));
});
