// The program in files that start fast: its sources are bundled when one of them has changed, the packages that they use are a
// bundle of their own, so that a change costs little, and V8's compiled code is kept beside both. That starts in a third of
// the time of loading each package's files, and users need no build step. Whether a bundle is up to date: see inputs.mjs.
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, readSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { areUntouched, clockOf, inputsOf, restamped } from './inputs.mjs';
import { HEAD, MARK_LENGTH, runBundle } from './run.mjs';
import { explained } from './trouble.mjs';

const require = createRequire(import.meta.url);
const self = fileURLToPath(import.meta.url);
const root = join(dirname(self), '..');
const folder = join(root, '.strata');

/** By name: where it begins. One that a bundle imports as `./name` is made and loaded when it is asked for. */
const ENTRIES = { strata: 'main.ts', verifier: 'cli/verifier.ts' };
/** The program of threads that read files, whole in one file. */
const READER = { name: 'reader', entry: 'manifests/reading/reader.ts' };
const BASE = {
  absWorkingDir: root,
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'silent',
  // The inputs are those that are noted: no setting of another folder, no path of the environment.
  tsconfig: join(root, 'tsconfig.json'),
  nodePaths: [],
};
const SCRIPT = {
  ...BASE,
  supported: { 'dynamic-import': false },
  // ES modules are strict, and the bundle of them says so no more: without this, functions would see texts and numbers as objects.
  banner: { js: `${HEAD}(function (exports, require, module, __filename, __dirname) {"use strict";` },
  footer: { js: '})' },
};
// ES modules where a package has both: newer syntax is faster.
const NEWER = { conditions: ['import'] };

/** What is loaded already, by name, with the mark of the bundle: a program that goes on running loads what changed. */
const loaded = new Map();

/**
 * What a bundle exports, run anew: its modules may have read files. Bundles that it imports are loaded already where they are
 * still the same, unless all are to be loaded `anew`.
 */
export function loadBundle(name, { anew = false } = {}) {
  if (anew) loaded.clear();
  const { packages: names } = upToDate(name, makeBundle);
  let packages;
  const requireFromIt = (wanted) => {
    if (isBuiltin(wanted)) return require(wanted);
    const other = /^\.\/(\w+)$/.exec(wanted)?.[1];
    if (other !== undefined)
      return loadOnce(
        other,
        () => upToDate(other, makeBundle),
        () => loadBundle(other),
      );
    packages ??= loadPackages(`${name}.packages`, names);
    return withoutGetters(packages[wanted]());
  };
  return runBundle(fileOf(name), requireFromIt);
}

/** The packages with these names, as functions that load them. */
function loadPackages(name, names) {
  const contents = names.map((path) => `exports['${path}'] = () => require('${path}');`).join('\n');
  const current = () => upToDate(name, (at) => makePackages(at, contents), contents);
  return loadOnce(name, current, () => runBundle(fileOf(name), require));
}

/** What is loaded of this name if it is the bundle that is current, else what `load` gives. */
function loadOnce(name, current, load) {
  const { mark } = current();
  if (loaded.get(name)?.mark !== mark) loaded.set(name, { mark, exports: load() });
  return loaded.get(name).exports;
}

/** The file of the program that reads files in a thread of its own. */
export function readerFile() {
  upToDate(READER.name, makeReader);
  return fileOf(READER.name);
}

function fileOf(name) {
  return join(folder, `${name}.cjs`);
}

/** The notes of a bundle; `make` makes it where there is none of the inputs as they are, or it was made of something else. */
function upToDate(name, make, contents) {
  const path = join(folder, `${name}.json`);
  const notes = readNotes(path);
  if (notes && notes.contents === contents && readMark(fileOf(name)) === notes.mark) {
    if (areUntouched(root, notes.inputs)) return notes;
    const inputs = restamped(root, notes.inputs, tryClock());
    if (inputs) {
      keep(path, () => JSON.stringify({ ...notes, inputs }));
      return notes;
    }
  }
  return make(name);
}

/** The first characters of a bundle, which say what is in it: so notes cannot be taken for those of another one. */
function readMark(file) {
  const mark = Buffer.alloc(MARK_LENGTH);
  try {
    const opened = openSync(file, 'r');
    readSync(opened, mark);
    closeSync(opened);
  } catch {
    // There is none.
  }
  return mark.toString();
}

/** 0, before all times, where nothing may be written. */
function tryClock() {
  try {
    return clockOf(folder);
  } catch {
    return 0;
  }
}

function readNotes(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // No bundle yet, or what is there was cut off.
    return undefined;
  }
}

/** What a bundled module exports are getters, which cost at every use; nothing that they return changes later. */
function withoutGetters(module) {
  return module?.__esModule ? Object.assign(Object.create(null, { __esModule: { value: true } }), module) : module;
}

function makeBundle(name) {
  const others = Object.keys(ENTRIES)
    .filter((other) => other !== name)
    .map((other) => `./${other}`);
  return make(
    name,
    {
      ...SCRIPT,
      entryPoints: [ENTRIES[name]],
      packages: 'external',
      external: others,
      sourcemap: 'external',
      sourcesContent: false,
    },
    ({ outputs }) => {
      const used = Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
      return { packages: [...new Set(used)].filter((path) => !isBuiltin(path) && !path.startsWith('.')).sort() };
    },
  );
}

function makePackages(name, contents) {
  const options = {
    ...SCRIPT,
    ...NEWER,
    minifyWhitespace: true,
    minifySyntax: true,
    stdin: { contents, resolveDir: root },
  };
  return make(name, options, () => ({ contents }));
}

function makeReader(name) {
  return make(name, { ...BASE, ...NEWER, entryPoints: [READER.entry] });
}

/** Bundles, writes the bundle, and notes from what it was made. */
function make(name, options, more = () => ({})) {
  const started = writing(() => {
    mkdirSync(folder, { recursive: true });
    return clockOf(folder);
  });
  const { metafile, outputFiles } = build({ ...options, outfile: fileOf(name) });
  const bundle = outputFiles.find(({ path }) => path === fileOf(name));
  const mark = `/*${createHash('sha256').update(bundle.contents).digest('hex')}*/`;
  const files = Object.keys(metafile.inputs).filter((path) => path !== '<stdin>');
  const notes = { mark, inputs: inputsOf(root, files, started), ...more(metafile) };
  // The bundle first: notes never speak of a bundle that is not there. Without inputs there are none: the next run bundles again.
  writing(() => {
    for (const { path, contents } of outputFiles) if (path !== fileOf(name)) replaceFile(path, contents);
    replaceFile(fileOf(name), mark + bundle.text);
    replaceFile(join(folder, `${name}.json`), notes.inputs ? JSON.stringify(notes) : '');
  });
  return notes;
}

function writing(act) {
  try {
    return act();
  } catch (error) {
    throw explained(folder, error, 'copy the project to a place that can be written');
  }
}

function build(options) {
  try {
    return require('esbuild').buildSync(options);
  } catch (error) {
    const messages = (error.errors ?? [{ text: error.message }]).map(
      ({ text, location }) => `${location ? `${location.file}:${location.line}:${location.column + 1}: ` : ''}${text}`,
    );
    const explanation = new Error(messages.join('\nerror: '));
    explanation.name = 'StrataError';
    throw explanation;
  }
}

/** Whole or not at all, whoever else writes it at the same time. */
function replaceFile(path, content) {
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, content);
  renameSync(fresh, path);
}

/** What cannot be kept costs only time. */
function keep(path, makeContent) {
  try {
    replaceFile(path, makeContent());
  } catch {
    // The next run does the same again.
  }
}
