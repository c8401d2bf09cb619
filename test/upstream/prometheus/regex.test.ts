import { regexProblem } from '../../../upstream/prometheus/regex';

test.each([
  '',
  'a|b',
  '(?P<a>.+)-\\d{2,3}?',
  '(?i)a(?s:.)(?-i:b)',
  '[]a]',
  '[[:alpha:]_-]+',
  '\\Q(*\\E\\pL\\x{10ffff}',
  'a{,2}',
  'a{1000}',
])('%j is taken', (regex) => {
  expect(regexProblem(regex)).toBeUndefined();
});

test.each([
  ['(', 'a ) is missing'],
  ['a)', 'a ) too much'],
  ['*a', 'nothing stands before *'],
  ['a|+', 'nothing stands before +'],
  ['a**', '* stands after another repetition'],
  ['a{2}{3}', '{3} stands after another repetition'],
  ['a{1001}', 'more than 1000 times'],
  ['a{1,1001}', 'more than 1000 times'],
  ['a{3,2}', 'limits the wrong way round'],
  ['[a', 'a ] is missing'],
  ['[b-a]', 'the range b-a is the wrong way round'],
  ['(?!a)', 'looks around'],
  ['(?<=a)', 'looks around'],
  ['(a)\\1', 'refers back to a group'],
  ['\\c', 'no escape'],
  ['a\\', 'ends with a \\'],
  ['(?x)a', 'no group'],
])('%j is refused', (regex, reason) => {
  expect(regexProblem(regex)).toContain(reason);
});

// As Go's regexp answers.
test.each(['[]x', '[^]', '[\\1]', '[^\\b]', '\\pX', 'a{1000}{2}'])('%j is refused without a closer reason', (regex) =>
  expect(regexProblem(regex)).toEqual(expect.any(String)),
);
test.each(['x?(?i)+', '[]]', '[^]]', '[a\\]]'])('%j is taken, though it looks wrong', (regex) => {
  expect(regexProblem(regex)).toBeUndefined();
});
