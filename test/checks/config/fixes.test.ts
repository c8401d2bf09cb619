import { configIn } from '../../../checks/config/config';
import type { StrataError } from '../../../model/errors';

/** What is wrong with a `.strata.yaml`, and how to mend it. */
function refusal(text: string): string {
  try {
    configIn({ file: '.strata.yaml', text }, '/repo', '/repo', ['image-pinned']);
  } catch (error) {
    return (error as StrataError).message;
  }
  return '';
}

describe('what is no string', () => {
  test.each([
    ['cluster: 5', 'quote it: "5"'],
    ['kubernetes: 1.35', 'quote it: "1.35"'],
    ['severity: { image-pinned: off }', 'quote it: "off"'],
    // YAML reads `no` and `false` alike, and where off is no choice it was not meant.
    ['cluster: off', 'write a string'],
    ['fail-on: false', 'write a string'],
    ['cluster: true', 'write a string'],
    ['cluster: [a]', 'write a string'],
    ['cluster: { a: b }', 'write a string'],
    ['severity: { image-pinned: true }', 'write a string'],
    ['severity: { image-pinned: [off] }', 'write a string'],
  ])('%s: %s', (text, fix) => {
    expect(refusal(`${text}\n`)).toContain(fix);
    for (const other of ['quote it', 'write a string'])
      if (!fix.startsWith(other)) expect(refusal(`${text}\n`)).not.toContain(other);
  });
});
test.each([
  ['complete: yes please', 'write a boolean'],
  ['skip: a', 'write a list'],
  ['severity: [a]', 'write a mapping'],
])('another type is named: %s', (text, fix) => expect(refusal(`${text}\n`)).toContain(fix));
