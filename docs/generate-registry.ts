import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { GROUPS } from '../checks/check';

/** checks/registry.ts: an import of every file of checks/rules, by group in the order of the catalogue, then by id. */
export function registryOf(rules: string): string {
  const groups = GROUPS.map((group) => ({
    group,
    ids: readdirSync(join(rules, group))
      .map((file) => file.replace(/\.ts$/, ''))
      .sort(),
  }));
  const paths = groups.flatMap(({ group, ids }) => ids.map((id) => ({ id, path: `./rules/${group}/${id}` })));
  const imports = paths
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ id, path }) => `import ${nameOf(id)} from '${path}';`);
  const entries = groups.map(({ group, ids }) => [`  // ${group}`, ...ids.map((id) => `  ${nameOf(id)},`)].join('\n'));
  return `// Generated from the files of checks/rules by \`npm run checks\`; a test compares it with them.
import type { Check } from './check';
${imports.join('\n')}

/** Every check, by group. */
export const checks: readonly Check[] = [
${entries.join('\n')}
];
`;
}

/** `pdb-single` is imported as `pdbSingle`. */
function nameOf(id: string): string {
  return id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
