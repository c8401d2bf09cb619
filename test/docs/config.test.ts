import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG } from '../../checks/config/schema';

const file = join(__dirname, '../../docs/config.schema.json');

test('docs/config.schema.json is the schema that .strata.yaml is judged by (npm run docs renews it)', () => {
  const published = { $schema: 'https://json-schema.org/draft/2020-12/schema', title: '.strata.yaml', ...CONFIG };
  if (process.env['UPDATE_DOCS'] !== undefined) writeFileSync(file, JSON.stringify(published, null, 2));
  // The formatter decides on the line breaks.
  expect(JSON.stringify(JSON.parse(readFileSync(file, 'utf8')))).toBe(JSON.stringify(published));
});
