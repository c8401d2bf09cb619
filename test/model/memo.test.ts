import { memo } from '../../model/memo';

/** Counts how often it computes. */
function counted<O extends object, K extends readonly string[] | readonly [object], T>(
  compute: (of: O, ...keys: K) => T,
) {
  const calls: unknown[][] = [];
  const known = memo((of: O, ...keys: K) => {
    calls.push([of, ...keys]);
    return compute(of, ...keys);
  });
  return { known, calls };
}

test('an object is computed once, and each object for itself', () => {
  const { known, calls } = counted((of: { n: number }) => [of.n]);
  const [one, two] = [{ n: 1 }, { n: 2 }];
  expect(known(one)).toBe(known(one));
  expect(known(two)).toEqual([2]);
  expect(calls).toEqual([[one], [two]]);
});

test('keys that read alike when put together are different keys', () => {
  const { known } = counted((_: object, a: string, b: string) => `${a}|${b}`);
  const world = {};
  expect([known(world, 'shop/web', ''), known(world, 'shop', 'web/'), known(world, 'shop', '/web')]).toEqual([
    'shop/web|',
    'shop|web/',
    'shop|/web',
  ]);
});

test('an object as a key is told by identity', () => {
  const { known, calls } = counted((_: object, key: { readonly name: string }) => key.name);
  const [world, a] = [{}, { name: 'a' }];
  expect([known(world, a), known(world, a), known(world, { name: 'a' })]).toEqual(['a', 'a', 'a']);
  expect(calls.length).toBe(2);
});

test('nothing is an answer, which is not computed again', () => {
  const { known, calls } = counted((_: object, _key: string) => undefined);
  const world = {};
  known(world, 'a');
  known(world, 'a');
  expect(calls.length).toBe(1);
});
