// Runs a bundle with the code that V8 compiled of it in an earlier run.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';

const require = nodeModule.createRequire(import.meta.url);

/** How every bundle begins: a mark, a comment with the hash of the rest, then this and one expression: a function like the one that Node puts around a module. */
export const HEAD = 'module.exports = ';
export const MARK_LENGTH = '/**/'.length + 64;

/** What the bundle exports. What it requires, `requireFromIt` finds. The compiled code is kept in `cache`. */
export function runBundle(file, requireFromIt, cache = dirname(file)) {
  const module = { exports: {} };
  compile(file, cache)(module.exports, requireFromIt, module, file, dirname(file));
  return module.exports;
}

/** The function that the bundle is. Since 22.8 Node itself keeps what V8 compiled. */
function compile(file, cache) {
  if (!nodeModule.enableCompileCache) return compileWithOurCache(file, cache);
  nodeModule.enableCompileCache(join(cache, 'compiled'));
  // It may have been bundled anew since it was loaded.
  delete require.cache[file];
  return require(file);
}

/**
 * The same in older versions of Node. V8 trusts the code that it is given and crashes on that of another build of Node, or on
 * damaged code. So that code begins with the hash of itself, the program and the bundle.
 */
function compileWithOurCache(file, cache) {
  const { mtimeMs, size, ino } = statSync(file);
  const { version, versions, arch, execPath } = process;
  const { mtimeMs: built, size: length } = statSync(execPath);
  const about = [version, versions.v8, arch, execPath, built, length, mtimeMs, size, ino].join('\n');
  const path = join(cache, `${basename(file)}.compiled`);
  const known = readKept(path, about);
  const script = new Script(readFileSync(file, 'latin1').slice(MARK_LENGTH + HEAD.length), {
    filename: file,
    cachedData: known,
  });
  if (!known || script.cachedDataRejected) keepAtExit(path, () => keep(path, about, script.createCachedData()));
  return script.runInThisContext();
}

/** What to keep at the end, when the functions that a run needs are compiled: by path, of the bundle that was loaded last. */
const toKeep = new Map();

function keepAtExit(path, keepIt) {
  if (toKeep.size === 0) process.on('exit', () => toKeep.forEach((keepOne) => keepOne()));
  toKeep.set(path, keepIt);
}

function readKept(path, about) {
  try {
    const kept = readFileSync(path);
    const [sum, code] = [kept.subarray(0, 32), kept.subarray(32)];
    return sum.equals(sumOf(about, code)) ? code : undefined;
  } catch {
    // Nothing is kept yet.
    return undefined;
  }
}

/** Whole or not at all. What cannot be kept costs only time. */
function keep(path, about, code) {
  try {
    const fresh = `${path}.${process.pid}`;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(fresh, Buffer.concat([sumOf(about, code), code]));
    renameSync(fresh, path);
  } catch {
    // The next run compiles again.
  }
}

function sumOf(about, code) {
  return createHash('sha256').update(about).update(code).digest();
}
