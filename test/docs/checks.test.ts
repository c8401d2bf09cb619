import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GROUPS } from '../../checks/check';
import { registryOf } from '../../docs/generate-registry';

const root = join(__dirname, '../..');
const renew = process.env['UPDATE_DOCS'] !== undefined;

/** What is generated from the rules; `npm run checks` renews it, the registry first: the document shows what it holds. */
function expectGenerated(file: string, generated: string): void {
  if (renew) writeFileSync(join(root, file), generated);
  expect(readFileSync(join(root, file), 'utf8')).toBe(generated);
}
/** Loaded when the registry is written. */
const registered = async () => (await import('../../checks/registry')).checks;
const generator = async () => (await import('../../docs/generate-checks')).checksReference;

test('checks/registry.ts holds every file of checks/rules (npm run checks renews it)', () =>
  expectGenerated('checks/registry.ts', registryOf(join(root, 'checks/rules'))));

test('docs/checks.md describes the checks (npm run checks renews it)', async () =>
  expectGenerated('docs/checks.md', (await generator())(await registered())));

test('docs/checks.md is headed by group, and each check stands in its own', async () => {
  const chapters = new Map(
    readFileSync(join(root, 'docs/checks.md'), 'utf8')
      .split(/^## /m)
      .slice(1)
      .map((chapter) => [chapter.split('\n')[0], [...chapter.matchAll(/^### (.*)$/gm)].map(([, id]) => id)]),
  );
  expect([...chapters.keys()]).toEqual([...GROUPS]);
  for (const { id, group } of await registered()) expect(chapters.get(group)).toContain(id);
});
