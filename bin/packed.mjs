// The program as `npm pack` packed it; pack.mjs makes these files. They never change, so nothing is bundled and nothing compared.
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runBundle } from './run.mjs';

const require = createRequire(import.meta.url);
const folder = fileURLToPath(new URL('../.strata/packed', import.meta.url));
const loaded = new Map();
/** V8's compiled code stands beside the program, or, where that is not the user's to write, among the user's caches. */
const cache = isWritable(folder) ? folder : join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'strata');

/** What a file exports, run anew. The libraries that it loads are loaded once. */
export function load(name) {
  return runBundle(
    join(folder, `${name}.cjs`),
    (wanted) => {
      if (!wanted.startsWith('./')) return require(wanted);
      const other = wanted.slice(2).replace(/\.cjs$/, '');
      if (!loaded.has(other)) loaded.set(other, load(other));
      return loaded.get(other);
    },
    cache,
  );
}

/** The file of the program that reads files in a thread of its own. */
export function readerFile() {
  return join(folder, 'reader.cjs');
}

function isWritable(path) {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
