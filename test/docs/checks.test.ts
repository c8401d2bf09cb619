import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checks } from '../../checks/registry';
import { checksReference } from '../../docs/generate-checks';

const file = join(__dirname, '../../docs/checks.md');

test('docs/checks.md says what the checks say (npm run docs renews it)', () => {
  const generated = checksReference(checks);
  if (process.env['UPDATE_DOCS']) writeFileSync(file, generated);
  expect(readFileSync(file, 'utf8')).toBe(generated);
});
