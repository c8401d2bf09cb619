#!/usr/bin/env node
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
/** Bundles and starts test/mutation/mutate.ts, as quietly as it can: whoever works beside it comes first. */
import { build } from 'esbuild';

const root = join(fileURLToPath(import.meta.url), '../../..');
const folder = mkdtempSync(join(tmpdir(), 'strata-mutate-'));
try {
  const outfile = join(folder, 'mutate.mjs');
  await build({
    entryPoints: [join(root, 'test/mutation/mutate.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    outfile,
  });
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const { mutate } = await import(pathToFileURL(outfile).href);
  process.exitCode = await mutate(process.argv.slice(2), root);
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 2;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
