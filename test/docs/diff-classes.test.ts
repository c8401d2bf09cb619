import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RISK_CLASSES } from '../../diff/risk/classes';

test('docs/diff.md names every class of risk, the worst last', () => {
  const text = readFileSync(join(__dirname, '../../docs/diff.md'), 'utf8');
  const named = /The classes, the worst last: ([^.]+)\./.exec(text)?.[1];
  expect(named?.split(/,\s+/)).toEqual(RISK_CLASSES);
});
