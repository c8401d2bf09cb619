import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of the packages of a project, as `npm pack` wrote them: bin/lock.mjs. */
const LOCKED = '.strata/packed/project-lock.json';

interface Locked {
  readonly packages: Readonly<Record<string, object>>;
  readonly strata: object;
}

interface Project {
  readonly name: string;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly strata: { readonly version: string; readonly from: string };
}

/**
 * The package-lock.json of a new project: the packages that strata was tested with, without a question to a registry. Undefined
 * where strata runs from its sources, or comes from a place that only npm can look up.
 */
export function lockOf(
  root: string,
  { name, devDependencies, strata: { version, from } }: Project,
): string | undefined {
  const file = join(root, LOCKED);
  if (!existsSync(file) || !from.startsWith('file:')) return undefined;
  const { packages, strata } = JSON.parse(readFileSync(file, 'utf8')) as Locked;
  const entries = {
    '': { name, devDependencies },
    ...packages,
    'node_modules/strata': { version, resolved: from, dev: true, ...strata },
  };
  const sorted = Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ name, lockfileVersion: 3, requires: true, packages: sorted }, null, 2)}\n`;
}
