import fc from 'fast-check';
import { globDistance, globMatcher, isGlob, nearestToGlob } from '../../model/glob';

test.each([
  ['prod@cloud-*', 'prod@cloud-eu', true],
  ['prod@cloud-*', 'prod@cloud-', true],
  ['prod@cloud-*', 'prod@cloud', false],
  ['prod@cloud-*', 'preprod@cloud-eu', false],
  ['*@kind', 'dev@kind', true],
  ['*@kind', 'dev@kind-2', false],
  ['*', 'anything@all', true],
  ['**a**', 'bab', true],
  ['dev@c?', 'dev@c1', true],
  ['dev@c?', 'dev@c12', false],
  ['dev@c?', 'dev@c', false],
  ['1.3?', '1.34', true],
  ['1.3?', '1x34', false],
  ['a+b', 'a+b', true],
])('%s and %s: %s', (glob, name, matches) => expect(globMatcher(glob)(name)).toBe(matches));

test('a name is no glob', () => {
  expect(isGlob('prod@cloud-eu.1')).toBe(false);
  expect(isGlob('prod@c*')).toBe(true);
  expect(isGlob('prod@c?')).toBe(true);
});

test('what matches has no distance, and nothing else has none', () => {
  const letters = fc.constantFrom('a', 'b', '-', '@');
  const name = fc.array(letters, { maxLength: 8 }).map((all) => all.join(''));
  const glob = fc.array(fc.oneof(letters, fc.constantFrom('*', '?')), { maxLength: 8 }).map((all) => all.join(''));
  fc.assert(fc.property(glob, name, (one, other) => (globDistance(one, other) === 0) === globMatcher(one)(other)));
});

test('the nearest names are those with the fewest slips, whatever a star stands for', () => {
  const names = ['dev@kind', 'prod@cloud-eu-north', 'prod@cloud-us', 'staging@cloud-us'];
  expect(nearestToGlob('prod@cluod-*', names, 2)).toEqual(['prod@cloud-eu-north', 'prod@cloud-us']);
  expect(nearestToGlob('*@kidn', names, 1)).toEqual(['dev@kind']);
});
