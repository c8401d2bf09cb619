#!/usr/bin/env node
// Starts strata. Its sources are bundled when one of them has changed; the packages that they use are a bundle of their own, so
// that a change costs little. V8's compiled code is kept beside both. That starts in a third of the time of loading each
// package's files, and users need no build step.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const require = createRequire(import.meta.url);
const self = fileURLToPath(import.meta.url);
const root = join(dirname(self), '..');
const folder = join(root, '.strata');
const bundle = join(folder, 'strata.cjs');
const packages = join(folder, 'packages.cjs');
const reader = join(folder, 'reader.cjs');
const notes = join(folder, 'strata.json');
const READER = 'checks/reader.ts';
// Data only: their change alone leaves other targets' manifests as they are. See render/reuse.ts.
const DATA = /^(clusters|environments)\//;

try {
  const code = await upToDateBundle();
  let loaded;
  const { strata } = load(bundle, (name) => (isBuiltin(name) ? require(name) : withoutGetters((loaded ??= load(packages, require))[name]())));
  const host = { code, reader, env: process.env, print: (line) => console.log(line), printError: (line) => console.error(line), terminal: process.stdout.isTTY === true };
  process.exitCode = await strata.run(process.argv.slice(2), host);
} catch (error) {
  // A reader who closes the pipe early, as `head` does, has what it wanted.
  if (error.code !== 'EPIPE') {
    console.error(process.env.STRATA_DEBUG ? error : `error: ${error.message}${error.name === 'StrataError' ? '' : '\n  (STRATA_DEBUG=1 shows where)'}`);
    process.exitCode = 2;
  }
}

/** Makes the bundle if there is none for the sources as they are; returns the hash of all code that is not data. */
async function upToDateBundle() {
  try {
    const { inputs, code } = JSON.parse(readFileSync(notes, 'utf8'));
    if (Object.entries(inputs).every(([path, stamp]) => stampOf(path) === stamp)) return code;
  } catch {
    // No bundle yet, or a source is gone.
  }
  return makeBundle();
}

/**
 * What `require(file)` does, with the code that V8 compiled in an earlier run. V8 itself compares little more than lengths, so
 * that code begins with the stamp of the file that it was compiled from.
 */
function load(file, requireFromIt) {
  const stamp = Buffer.from(`${stampOf(file)}\n`);
  const compiled = `${file}.compiled`;
  const kept = existsSync(compiled) ? readFileSync(compiled) : stamp;
  const known = kept.length > stamp.length && kept.subarray(0, stamp.length).equals(stamp) ? kept.subarray(stamp.length) : undefined;
  const script = new Script(readFileSync(file, 'latin1'), { filename: file, cachedData: known });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, requireFromIt, module, file, folder);
  // At the end, when the functions that a run needs are compiled.
  if (!known || script.cachedDataRejected) process.on('exit', () => keep(compiled, Buffer.concat([stamp, script.createCachedData()])));
  return module.exports;
}

/** What a bundled module exports are getters, which cost at every use; nothing that they return changes later. */
function withoutGetters(module) {
  return module?.__esModule ? Object.assign(Object.create(null, { __esModule: { value: true } }), module) : module;
}

async function makeBundle() {
  const { build } = require('esbuild');
  const started = Date.now();
  mkdirSync(folder, { recursive: true });
  const plain = { absWorkingDir: root, bundle: true, write: false, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'silent' };
  const options = { ...plain, supported: { 'dynamic-import': false }, banner: { js: '(function (exports, require, module, __filename, __dirname) {' }, footer: { js: '})' } };
  const result = await build({ ...options, entryPoints: ['main.ts'], outfile: bundle, packages: 'external', sourcemap: 'external', sourcesContent: false, metafile: true }).catch((error) => {
    for (const { text, location } of error.errors ?? [{ text: error.message }]) {
      console.error(`error: ${location ? `${location.file}:${location.line}:${location.column + 1}: ` : ''}${text}`);
    }
    process.exit(2);
  });
  const used = Object.values(result.metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  const contents = [...new Set(used)].filter((name) => !isBuiltin(name)).map((name) => `exports['${name}'] = () => require('${name}');`).sort().join('\n');
  const head = `// ${stampOf('package-lock.json')} ${stampOf(self)} ${JSON.stringify(contents)}\n`;
  if (!existsSync(packages) || !readFileSync(packages, 'latin1').startsWith(head)) {
    // ES modules where a package has both: newer syntax is faster.
    const { outputFiles } = await build({ ...options, conditions: ['import'], minifyWhitespace: true, minifySyntax: true, stdin: { contents, resolveDir: root } });
    replaceFile(packages, head + outputFiles[0].text);
  }
  // Threads that read files run a small program of their own.
  const { outputFiles: [ofReader] } = await build({ ...plain, entryPoints: [READER], outfile: reader, conditions: ['import'] });
  const sources = Object.keys(result.metafile.inputs).concat(READER, 'package-lock.json', relative(root, self));
  const sum = createHash('sha256');
  for (const path of sources.filter((path) => !DATA.test(path)).sort()) sum.update(`${path}\0`).update(readFileSync(join(root, path)));
  const code = sum.digest('hex');
  // The bundle first: notes never speak of a bundle that is not there, nor of a source that was changed meanwhile.
  for (const { path, contents } of [ofReader, ...result.outputFiles]) replaceFile(path, contents);
  if (sources.some((path) => statSync(join(root, path)).mtimeMs >= started)) return code;
  replaceFile(notes, JSON.stringify({ code, inputs: Object.fromEntries(sources.map((path) => [path, stampOf(path)])) }));
  return code;
}

/** Whole or not at all, whoever else writes it at the same time. */
function replaceFile(path, content) {
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, content);
  renameSync(fresh, path);
}

/** What can not be kept costs only time. */
function keep(path, content) {
  try {
    replaceFile(path, content);
  } catch {
    // The next run compiles again.
  }
}

function stampOf(path) {
  const { mtimeMs, size } = statSync(resolve(root, path));
  return `${mtimeMs} ${size}`;
}
