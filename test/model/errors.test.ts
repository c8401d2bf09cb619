import fc from 'fast-check';
import { knownNames, StrataError, someNames } from '../../model/errors';

const hintOf = (text: string) => /^did you mean (.+)\? known:/.exec(text)?.[1];

test('an error says where, what, and each way to mend it on a line of its own', () => {
  const error = new StrataError('dev@kind', 'is wrong', ['do this', 'do that', 'do neither']);
  expect(error.message).toBe('dev@kind: is wrong\n  fix: do this\n   or: do that\n   or: do neither');
  expect(error).toMatchObject({ place: 'dev@kind', found: 'is wrong', fixes: ['do this', 'do that', 'do neither'] });
});

describe('the nearest name', () => {
  const known = ['web.replicas', 'web.resources', 'redis.resources'];

  test.each([
    ['a letter too few', 'web.replica', 'web.replicas'],
    ['a letter too many', 'web.repplicas', 'web.replicas'],
    ['another letter', 'web.replikas', 'web.replicas'],
    ['two letters swapped', 'web.repliacs', 'web.replicas'],
    ['one of two that are alike', 'rediss.resources', 'redis.resources'],
  ])('is named for %s', (_slip, given, nearest) => expect(hintOf(knownNames(given, known))).toBe(nearest));

  test('is left out where none is near, and the known ones are listed in their order', () => {
    expect(knownNames('something else', known)).toBe('known: web.replicas, web.resources, redis.resources');
  });

  test('is left out where no letter is right, however short the name', () => {
    expect(hintOf(knownNames('qa', ['dev', 'prod']))).toBeUndefined();
    expect(hintOf(knownNames('xy', ['qa', 'prod']))).toBeUndefined();
  });

  test('nothing is known where nothing is', () => expect(knownNames('web', [])).toBe('there is none'));

  test('a known name with any one letter changed, lost or added is found', () => {
    const names = ['render', 'synth', 'targets', 'features', 'clusters'];
    const slip = fc.record({
      name: fc.constantFrom(...names),
      at: fc.nat(),
      letter: fc.constantFrom(...'abcxyz-'),
      kind: fc.constantFrom('changed', 'lost', 'added'),
    });
    fc.assert(
      fc.property(slip, ({ name, at, letter, kind }) => {
        const i = at % name.length;
        const given = name.slice(0, i) + (kind === 'lost' ? '' : letter) + name.slice(kind === 'added' ? i : i + 1);
        fc.pre(given !== name);
        expect(hintOf(knownNames(given, names))).toBe(name);
      }),
    );
  });
});

describe('a list of names that is cut', () => {
  const many = Array.from({ length: 40 }, (_, i) => `web-${i}`);

  test('ends in an ellipsis, and no other list does', () => {
    expect(someNames(many, 2)).toBe('web-0, web-1, …');
    expect(someNames(many.slice(0, 2), 2)).toBe('web-0, web-1');
    expect(someNames([], 2)).toBe('');
  });

  test('of known names is short as well, and names what was meant though it is not shown', () => {
    const text = knownNames('workr', [...many, 'worker']);
    expect(text).toMatch(/^did you mean worker\? known: web-0, /);
    expect(text).toMatch(/web-29, …$/);
  });
});
