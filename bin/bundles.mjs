// The program in files that start fast: its sources are bundled when one of them has changed, the packages that they use are a
// bundle of their own, so that a change costs little, and V8's compiled code is kept beside both. That starts in a third of
// the time of loading each package's files, and users need no build step. Whether a bundle is up to date: see inputs.mjs.
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { areUntouched, clockOf, inputsOf, restamped } from './inputs.mjs';
import { HEAD, MARK_LENGTH, runBundle } from './run.mjs';
import { explained } from './trouble.mjs';

const require = createRequire(import.meta.url);
const strata = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Of strata itself, by name: where a bundle begins. One that a bundle imports as `./name` is made and loaded when it is asked for. */
const OWN_ENTRIES = { strata: 'tool.ts', verifier: 'cli/verifier.ts' };
/** What a project exports. */
const PROJECT_ENTRIES = { project: 'main.ts' };
/** The program of threads that read files, whole in one file. */
const READER = { name: 'reader', entry: 'manifests/reading/reader.ts' };
/**
 * V8 gives every object that begins with a spread a hidden class of its own (Node 20), and whatever reads many of them is slow: the
 * YAML parser four times. Objects that are filled field by field share one. The program reads objects by the ten thousand; a project
 * makes them, cdk8s with a spread for every field, and written out that takes a fifth of the whole render.
 */
export const PLAIN_SPREAD = { 'object-rest-spread': false };
const BASE = {
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'silent',
  // The inputs are those that are noted: no path of the environment.
  nodePaths: [],
};
const SCRIPT = {
  supported: { 'dynamic-import': false },
  // ES modules are strict, and the bundle of them says so no more: without this, functions would see texts and numbers as objects.
  banner: { js: `${HEAD}(function (exports, require, module, __filename, __dirname) {"use strict";` },
  footer: { js: '})' },
};
// ES modules where a package has both: newer syntax is faster.
const NEWER = { conditions: ['import'] };
/** What the bundles themselves are made by. */
const MAKERS = ['bundles.mjs', 'inputs.mjs', 'run.mjs'].map((name) => join(strata, 'bin', name));

/** The bundles of the program. */
export function programBundles() {
  return new Bundles(strata, OWN_ENTRIES, PLAIN_SPREAD);
}

/** The bundle of the project in this folder. */
export function projectBundles(root) {
  return new Bundles(root, PROJECT_ENTRIES, {});
}

class Bundles {
  /** What is loaded already, by name, with the mark of the bundle: a program that goes on running loads what changed. */
  #loaded = new Map();
  #root;
  #folder;
  #entries;
  #supported;
  #makers;

  constructor(root, entries, supported) {
    this.#root = root;
    this.#folder = join(root, '.strata');
    this.#entries = entries;
    this.#supported = supported;
    this.#makers = MAKERS.map((path) => relative(root, path));
  }

  /**
   * What a bundle exports, run anew: its modules may have read files. Bundles that it imports are loaded already where they are
   * still the same, unless all are to be loaded `anew`.
   */
  load(name, { anew = false } = {}) {
    if (anew) this.#loaded.clear();
    const { packages: names, importedBy } = this.#upToDate(name, () => this.#makeBundle(name));
    let packages;
    // A function that needs a package asks for it at each call.
    const required = new Map();
    const requireFromIt = (wanted) => {
      if (isBuiltin(wanted)) return require(wanted);
      const other = /^\.\/(\w+)$/.exec(wanted)?.[1];
      if (other !== undefined)
        return this.#loadOnce(
          other,
          () => this.#upToDate(other, () => this.#makeBundle(other)),
          () => this.load(other),
        );
      packages ??= this.#loadPackages(`${name}.packages`, names, importedBy);
      if (!required.has(wanted)) required.set(wanted, withoutGetters(packages[wanted]()));
      return required.get(wanted);
    };
    return runBundle(this.#fileOf(name), requireFromIt);
  }

  /** The file of the program that reads files in a thread of its own. */
  readerFile() {
    const { name, entry } = READER;
    this.#upToDate(name, () => this.#make(name, { ...NEWER, entryPoints: [entry] }));
    return this.#fileOf(name);
  }

  /** The packages with these names, as functions that load them. */
  #loadPackages(name, names, importedBy) {
    const contents = names.map((path) => `exports['${path}'] = () => require('${path}');`).join('\n');
    const current = () => this.#upToDate(name, () => this.#makePackages(name, contents, importedBy), contents);
    return this.#loadOnce(name, current, () => runBundle(this.#fileOf(name), require));
  }

  /** What is loaded of this name if it is the bundle that is current, else what `load` gives. */
  #loadOnce(name, current, load) {
    const { mark } = current();
    if (this.#loaded.get(name)?.mark !== mark) this.#loaded.set(name, { mark, exports: load() });
    return this.#loaded.get(name).exports;
  }

  #fileOf(name) {
    return join(this.#folder, `${name}.cjs`);
  }

  /** The notes of a bundle; `make` makes it where there is none of the inputs as they are, or it was made of something else. */
  #upToDate(name, make, contents) {
    const path = join(this.#folder, `${name}.json`);
    const notes = readNotes(path);
    if (notes && notes.contents === contents && readMark(this.#fileOf(name)) === notes.mark) {
      if (areUntouched(this.#root, notes.inputs)) return notes;
      const inputs = restamped(this.#root, notes.inputs, tryClock(this.#folder));
      if (inputs) {
        keep(path, () => JSON.stringify({ ...notes, inputs }));
        return notes;
      }
    }
    return make();
  }

  #makeBundle(name) {
    const others = Object.keys(this.#entries)
      .filter((other) => other !== name)
      .map((other) => `./${other}`);
    return this.#make(
      name,
      {
        ...SCRIPT,
        entryPoints: [this.#entries[name]],
        packages: 'external',
        external: others,
        sourcemap: 'external',
        sourcesContent: false,
        // Of two equal keys JavaScript drops the first without a word: an environment's settings would be lost.
        logOverride: { 'duplicate-object-key': 'error', 'duplicate-case': 'error', 'duplicate-class-member': 'error' },
      },
      ({ inputs, outputs }) => {
        const used = Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
        const packages = [...new Set(used)].filter((path) => !isBuiltin(path) && !path.startsWith('.')).sort();
        return { packages, importedBy: importersOf(packages, inputs) };
      },
    );
  }

  #makePackages(name, contents, importedBy) {
    const options = {
      ...SCRIPT,
      ...NEWER,
      minifyWhitespace: true,
      minifySyntax: true,
      stdin: { contents, resolveDir: this.#root },
    };
    try {
      return this.#make(name, options, () => ({ contents }));
    } catch (error) {
      const byPackage = new Map((error.unresolved ?? []).toReversed().map((wanted) => [packageIn(wanted), wanted]));
      const missing = [...byPackage.values()].map((wanted) => missingPackage(this.#root, wanted, importedBy[wanted]));
      throw missing.length > 0 ? explanation(missing.join('\nerror: ')) : error;
    }
  }

  /** Bundles, writes the bundle, and notes from what it was made. */
  #make(name, options, more = () => ({})) {
    const [root, folder, file] = [this.#root, this.#folder, this.#fileOf(name)];
    const started = writing(folder, () => {
      mkdirSync(folder, { recursive: true });
      return clockOf(folder);
    });
    // No setting of another folder either.
    const tsconfig = join(root, 'tsconfig.json');
    const { metafile, outputFiles } = build(root, {
      ...BASE,
      ...options,
      supported: { ...options.supported, ...this.#supported },
      absWorkingDir: root,
      ...(existsSync(tsconfig) ? { tsconfig } : { tsconfigRaw: '{}' }),
      outfile: file,
    });
    const bundle = outputFiles.find(({ path }) => path === file);
    const mark = `/*${createHash('sha256').update(bundle.contents).digest('hex')}*/`;
    const files = Object.keys(metafile.inputs).filter((path) => path !== '<stdin>');
    const notes = { mark, inputs: inputsOf(root, files, this.#makers, started), ...more(metafile) };
    // The bundle first: notes never speak of a bundle that is not there. Without inputs there are none: the next run bundles again.
    writing(folder, () => {
      for (const { path, contents } of outputFiles) if (path !== file) replaceFile(path, contents);
      replaceFile(file, mark + bundle.text);
      replaceFile(join(folder, `${name}.json`), notes.inputs ? JSON.stringify(notes) : '');
    });
    return notes;
  }
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
function tryClock(folder) {
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

function writing(folder, act) {
  try {
    return act();
  } catch (error) {
    throw explained(folder, error, 'copy the project to a place that can be written');
  }
}

function build(root, options) {
  const { buildSync } = esbuildOf(root);
  try {
    return buildSync(options);
  } catch (error) {
    const errors = error.errors ?? [{ text: error.message }];
    const unresolved = errors.flatMap(({ text }) => /^Could not resolve "(.+?)"/.exec(text)?.[1] ?? []);
    throw Object.assign(explanation(errors.map(inWords).join('\nerror: ')), { unresolved });
  }
}

/** By package, a source that imports it. */
function importersOf(packages, inputs) {
  const importerOf = (wanted) =>
    Object.keys(inputs).find((file) => inputs[file].imports.some(({ path, external }) => external && path === wanted));
  return Object.fromEntries(packages.map((wanted) => [wanted, importerOf(wanted)]));
}

/** `@scope/name` of `@scope/name/path`. */
function packageIn(wanted) {
  return wanted.split('/', wanted.startsWith('@') ? 2 : 1).join('/');
}

/** What to do about a package that a source imports and that nothing finds. */
function missingPackage(root, wanted, file) {
  const name = packageIn(wanted);
  const place = file === undefined ? root : importPlace(root, file, wanted);
  if (existsSync(join(root, 'node_modules', name, 'package.json')))
    return `${place}: the package ${name} has no ${wanted}\n  fix: import what its package.json exports\n   or: install another version of it`;
  const { dependencies, devDependencies } = readNotes(join(root, 'package.json')) ?? {};
  const isListed = name in { ...dependencies, ...devDependencies };
  const install = existsSync(join(root, 'package-lock.json')) ? 'npm ci' : 'npm install';
  return isListed
    ? `${place}: the package ${name} is not installed\n  fix: install what package.json lists: ${install}`
    : `${place}: the package ${name} is not installed, and package.json does not list it\n  fix: npm install --save-dev ${name}\n   or: remove the import`;
}

/** `main.ts:3`, where a source names a package. */
function importPlace(root, file, wanted) {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  const line = lines.findIndex((text) => text.includes(`'${wanted}'`) || text.includes(`"${wanted}"`));
  return line < 0 ? file : `${file}:${line + 1}`;
}

function inWords({ id, text, location, notes = [] }) {
  const said = `${placeOf(location)}${text}`;
  const first = notes[0]?.location;
  return id?.startsWith('duplicate-') && first
    ? `${said}: the first one, at ${placeOf(first).slice(0, -2)}, would be dropped\n  fix: make one of the two`
    : said;
}

function placeOf(location) {
  return location ? `${location.file}:${location.line}:${location.column + 1}: ` : '';
}

/** Strata's own, or the one that the project has installed. */
function esbuildOf(root) {
  for (const place of [require, createRequire(join(root, 'package.json'))]) {
    try {
      return place('esbuild');
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw explanation(`${root}: the project needs the package esbuild\n  fix: npm install --save-dev esbuild`);
}

function explanation(message) {
  const error = new Error(message);
  error.name = 'StrataError';
  return error;
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
