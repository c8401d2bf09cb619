import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMAND_TABLES } from '../../cli/tables';
import { commandsReference } from '../../docs/generate-commands';

const file = join(__dirname, '../../docs/commands.md');

test('docs/commands.md says what the tables of options say (npm run docs renews it)', () => {
  const generated = commandsReference(COMMAND_TABLES);
  if (process.env['UPDATE_DOCS']) writeFileSync(file, generated);
  expect(readFileSync(file, 'utf8')).toBe(generated);
});
