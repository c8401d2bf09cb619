// The program in files that start fast: its sources are bundled when one of them has changed, the packages that they use are a
// bundle of their own, so that a change costs little, and V8's compiled code is kept beside both. That starts in a third of
// the time of loading each package's files, and users need no build step.
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

/** By name: where it begins. One that a bundle imports as `./name` is made and loaded when it is asked for. */
const ENTRIES = { strata: 'main.ts', verifier: 'cli/verifier.ts' };
/** The program of threads that read files, whole in one file. */
const READER = { name: 'reader', entry: 'manifests/reading/reader.ts' };
// Data only: their change alone leaves other targets' manifests as they are. See render/reuse.ts.
const DATA = /^(clusters|environments)\//;

const BASE = {
  absWorkingDir: root,
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'silent',
};
const SCRIPT = {
  ...BASE,
  supported: { 'dynamic-import': false },
  banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
  footer: { js: '})' },
};
// ES modules where a package has both: newer syntax is faster.
const NEWER = { conditions: ['import'] };

/** What a bundle exports, and the hash of all its code that is not data. */
export function loadBundle(name) {
  const code = upToDate(name, makeBundle);
  let packages;
  const requireFromIt = (wanted) => {
    if (isBuiltin(wanted)) return require(wanted);
    const other = /^\.\/(\w+)$/.exec(wanted)?.[1];
    if (other !== undefined) return loadBundle(other).exports;
    packages ??= run(fileOf(`${name}.packages`), require);
    return withoutGetters(packages[wanted]());
  };
  return { exports: run(fileOf(name), requireFromIt), code };
}

/** The file of the program that reads files in a thread of its own. */
export function readerFile() {
  upToDate(READER.name, makeReader);
  return fileOf(READER.name);
}

function fileOf(name) {
  return join(folder, `${name}.cjs`);
}

/** Calls `make` if there is no bundle for the sources as they are. */
function upToDate(name, make) {
  try {
    const { inputs, code } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    if (existsSync(fileOf(name)) && Object.entries(inputs).every(([path, stamp]) => stampOf(path) === stamp))
      return code;
  } catch {
    // No bundle yet, or a source is gone.
  }
  return make(name);
}

/**
 * What `require(file)` does, with the code that V8 compiled in an earlier run. V8 itself compares little more than lengths, so
 * that code begins with the stamp of the file that it was compiled from.
 */
function run(file, requireFromIt) {
  const stamp = Buffer.from(`${stampOf(file)}\n`);
  const compiled = `${file}.compiled`;
  const kept = existsSync(compiled) ? readFileSync(compiled) : stamp;
  const known =
    kept.length > stamp.length && kept.subarray(0, stamp.length).equals(stamp)
      ? kept.subarray(stamp.length)
      : undefined;
  const script = new Script(readFileSync(file, 'latin1'), { filename: file, cachedData: known });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, requireFromIt, module, file, folder);
  // At the end, when the functions that a run needs are compiled.
  if (!known || script.cachedDataRejected)
    process.on('exit', () => keep(compiled, Buffer.concat([stamp, script.createCachedData()])));
  return module.exports;
}

/** What a bundled module exports are getters, which cost at every use; nothing that they return changes later. */
function withoutGetters(module) {
  return module?.__esModule ? Object.assign(Object.create(null, { __esModule: { value: true } }), module) : module;
}

function makeBundle(name) {
  const started = Date.now();
  const others = Object.keys(ENTRIES)
    .filter((other) => other !== name)
    .map((other) => `./${other}`);
  const result = build({
    ...SCRIPT,
    entryPoints: [ENTRIES[name]],
    outfile: fileOf(name),
    packages: 'external',
    external: others,
    sourcemap: 'external',
    sourcesContent: false,
  });
  const used = Object.values(result.metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  const packages = [...new Set(used)].filter((path) => !isBuiltin(path) && !path.startsWith('.'));
  makePackages(
    `${name}.packages`,
    packages
      .map((path) => `exports['${path}'] = () => require('${path}');`)
      .sort()
      .join('\n'),
  );
  return settle(name, result, started);
}

function makePackages(name, contents) {
  const head = `// ${stampOf('package-lock.json')} ${stampOf(self)} ${JSON.stringify(contents)}\n`;
  if (existsSync(fileOf(name)) && readFileSync(fileOf(name), 'latin1').startsWith(head)) return;
  const { outputFiles } = build({
    ...SCRIPT,
    ...NEWER,
    minifyWhitespace: true,
    minifySyntax: true,
    stdin: { contents, resolveDir: root },
  });
  replaceFile(fileOf(name), head + outputFiles[0].text);
}

function makeReader(name) {
  const started = Date.now();
  return settle(name, build({ ...BASE, ...NEWER, entryPoints: [READER.entry], outfile: fileOf(name) }), started);
}

function build(options) {
  mkdirSync(folder, { recursive: true });
  try {
    return require('esbuild').buildSync(options);
  } catch (error) {
    for (const { text, location } of error.errors ?? [{ text: error.message }]) {
      console.error(`error: ${location ? `${location.file}:${location.line}:${location.column + 1}: ` : ''}${text}`);
    }
    process.exit(2);
  }
}

/** Writes a bundle, and notes from what it was made; returns the hash of its code. */
function settle(name, { metafile, outputFiles }, started) {
  const sources = Object.keys(metafile.inputs)
    .filter((path) => !path.startsWith('node_modules/'))
    .concat('package-lock.json', relative(root, self));
  const sum = createHash('sha256');
  for (const path of sources.filter((path) => !DATA.test(path)).sort())
    sum.update(`${path}\0`).update(readFileSync(join(root, path)));
  const code = sum.digest('hex');
  // The bundle first: notes never speak of a bundle that is not there, nor of a source that was changed meanwhile.
  for (const { path, contents } of outputFiles) replaceFile(path, contents);
  if (sources.some((path) => statSync(join(root, path)).mtimeMs >= started)) return code;
  replaceFile(
    join(folder, `${name}.json`),
    JSON.stringify({ code, inputs: Object.fromEntries(sources.map((path) => [path, stampOf(path)])) }),
  );
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
