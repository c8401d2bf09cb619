import { istioDurationProblem } from '../../../upstream/istio/durations';

// As validateDuration and ValidateDurationRange of Istio 1.31 have it: whole milliseconds, at least one, written as Go reads durations.
test.each([
  ['1s', undefined],
  ['1ms', undefined],
  ['0.001s', undefined],
  ['1.5s', undefined],
  ['1h30m', undefined],
  ['1m0.001s', undefined],
  ['+2m', undefined],
  ['1000us', undefined],
  ['1000000ns', undefined],
  ['0s', 'whole milliseconds, at least one'],
  ['0', 'whole milliseconds, at least one'],
  ['0.5ms', 'whole milliseconds, at least one'],
  ['1.5ms', 'whole milliseconds, at least one'],
  ['999us', 'whole milliseconds, at least one'],
  ['1001us', 'whole milliseconds, at least one'],
  ['1s1ns', 'whole milliseconds, at least one'],
  ['-1s', 'whole milliseconds, at least one'],
  ['', 'no duration'],
  ['1', 'no duration'],
  ['1d', 'no duration'],
  ['1 s', 'no duration'],
  ['s', 'no duration'],
  ['9223372037s', 'no duration'],
])('"%s"', (duration, problem) => {
  const said = istioDurationProblem(duration);
  expect(said).toEqual(problem === undefined ? undefined : expect.stringContaining(problem));
  if (said !== undefined) expect(said).toContain(duration);
});

test('where none may be written, less than a millisecond is none', () => {
  for (const none of ['0s', '0', '0.5ms', '-0.5ms', '999us']) expect(istioDurationProblem(none, true)).toBeUndefined();
  for (const some of ['1.5ms', '1s1ns', '-1s', '-1ms']) expect(istioDurationProblem(some, true)).toContain('whole');
  expect(istioDurationProblem('1s', true)).toBeUndefined();
  expect(istioDurationProblem('no', true)).toContain('no duration');
});

test('what is not written, or no text, is a matter of the schema', () => {
  for (const value of [undefined, null, 5, {}]) expect(istioDurationProblem(value)).toBeUndefined();
});
