import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reference } from '../../docs/generate';

const root = join(__dirname, '../..');
const file = join(root, 'docs/reference.md');

test('docs/reference.md says what the code says (npm run docs renews it)', () => {
  const generated = reference(root);
  if (process.env['UPDATE_DOCS']) writeFileSync(file, generated);
  expect(readFileSync(file, 'utf8')).toBe(generated);
});
