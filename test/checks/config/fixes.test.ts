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
    ['cluster: 5', "quote it: '5'"],
    ['kubernetes: 1.35', "quote it: '1.35'"],
    ['kubernetes: 1.30', "quote it: '1.30'"],
    ['severity: { image-pinned: off }', "quote it: 'off'"],
    // As it is written, and not as YAML reads it.
    ['cluster: off', "quote it: 'off'"],
    ['cluster: true', "quote it: 'true'"],
    ['fail-on: false', 'write one of them: will-break, unknown, advice'],
    ['severity: { image-pinned: true }', 'write one of them: '],
    ['cluster: [a]', 'write a string'],
    ['cluster: { a: b }', 'write a string'],
    ['severity: { image-pinned: [off] }', 'write a string'],
  ])('%s: %s', (text, fix) => {
    expect(refusal(`${text}\n`)).toContain(fix);
    for (const other of ['quote it', 'write a string', 'write one of them'])
      if (!fix.startsWith(other)) expect(refusal(`${text}\n`)).not.toContain(other);
  });
});
test.each([
  ['complete: yes please', 'write true or false'],
  ['skip: a', 'write a list'],
  ['severity: [a]', 'write a mapping'],
])('another type is named: %s', (text, fix) => expect(refusal(`${text}\n`)).toContain(fix));
