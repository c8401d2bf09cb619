// From what a bundle was made, and whether that is still as it was. The times of a file say so without reading it; where they
// differ, its content does. One of them, the time of its last change (ctime), is the file system's own, and no program can set it.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What every bundle depends on beside the files in it. */
const ALWAYS = ['package.json', 'package-lock.json', 'node_modules/.package-lock.json', 'tsconfig.json'];
/** Names that may take another one's place: a new `a.tsx` is what `./a` means, before `a.ts`. */
const SOURCE = /\.(?:[cm]?[jt]sx?|json)$/;

/** Whether nothing has touched the inputs since they were noted. */
export function areUntouched(root, inputs) {
  return Object.entries(inputs).every(([path, [stamp]]) => stampOf(join(root, path)) === stamp);
}

/**
 * The inputs with the stamps that they have now, if their content is as it was noted: they were copied, touched or put back.
 * One that was changed as late as `now` keeps its old stamp, because a further change might give it the same new one.
 */
export function restamped(root, inputs, now) {
  const fresh = {};
  for (const [path, [stamp, content]] of Object.entries(inputs)) {
    const full = join(root, path);
    const current = stampOf(full);
    if (current !== stamp && contentOf(full) !== content) return undefined;
    fresh[path] = [timeOf(full) < now ? current : stamp, content];
  }
  return fresh;
}

/**
 * What to note of the files of a bundle: by path, a stamp and the hash of the content. Sources are noted with their folders
 * (`model/`), for the names in them say what an import finds; packages by their package.json, which every installation writes.
 * `makers` are the files that make bundles.
 * Undefined when one was changed since the file system's clock said `started`: nobody knows which state of it was read.
 */
export function inputsOf(root, files, makers, started) {
  const sources = files.filter((path) => !path.includes('node_modules/'));
  const packages = files.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(path)?.[0] ?? []);
  const needed = [...sources, ...packages.map((path) => `${path}package.json`)];
  const paths = new Set([...needed, ...sources.map((path) => `${dirname(path)}/`), ...ALWAYS, ...makers]);
  const inputs = [...paths].sort().map((path) => [path, [stampOf(join(root, path)), contentOf(join(root, path))]]);
  const isGone = needed.some((path) => timeOf(join(root, path)) === 0);
  const isNew = [...paths].some((path) => timeOf(join(root, path)) >= started);
  return isGone || isNew ? undefined : Object.fromEntries(inputs);
}

/** Now, by the clock that stamps files in this folder: it may be coarse, and another one than ours. */
export function clockOf(folder) {
  const path = join(folder, `clock.${process.pid}`);
  writeFileSync(path, '');
  const { ctimeMs } = statSync(path);
  rmSync(path);
  return ctimeMs;
}

function stampOf(path) {
  if (path.endsWith('/')) return namesIn(path);
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}` : 'none';
}

function contentOf(path) {
  if (path.endsWith('/')) return namesIn(path);
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'none';
}

/** When a file was changed last, or the newest of the sources in a folder; 0 where there is none. */
function timeOf(path) {
  if (path.endsWith('/')) return Math.max(0, ...sourcesIn(path).map((name) => timeOf(join(path, name))));
  return statSync(path, { throwIfNoEntry: false })?.ctimeMs ?? 0;
}

function namesIn(folder) {
  return sourcesIn(folder).join(' ');
}

function sourcesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => SOURCE.test(name))
    .sort();
}
