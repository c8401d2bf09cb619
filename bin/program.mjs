import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of strata itself. */
export const strata = dirname(dirname(fileURLToPath(import.meta.url)));
/** Whether it has sources to bundle: a package that `npm pack` made has none. */
export const hasSources = existsSync(join(strata, 'tool.ts'));

/** The program: what its bundles export, by name. */
export async function loadedProgram() {
  return hasSources ? (await import('./bundles.mjs')).programBundles() : await import('./packed.mjs');
}
