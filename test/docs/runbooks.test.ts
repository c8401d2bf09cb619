import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prometheusSettings } from '../../constructs/monitoring/prometheus';
import { runbooks } from '../../docs/generate-runbooks';

const file = join(__dirname, '../../docs/runbooks.md');

test('docs/runbooks.md says what the alerts of the course say (npm run docs renews it)', () => {
  const generated = `${runbooks()}\n`;
  if (process.env['UPDATE_DOCS']) writeFileSync(file, generated);
  expect(readFileSync(file, 'utf8')).toBe(generated);
});

test('the link of every alert leads to its section', () => {
  const page = readFileSync(file, 'utf8');
  const names = [...page.matchAll(/^## (.*)$/gm)].map(([, name]) => name!);
  expect(names).toContain('RedisDown');
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  expect(prometheusSettings.defaults.runbooks).toMatch(/docs\/runbooks\.md#\{alert\}$/);
});
