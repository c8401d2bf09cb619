// Makes what `npm pack` takes along: the program in files of its own, the schemas, the library that a team writes its platform with, and
// the licences of what is in them. So judging needs Node and nothing else: no TypeScript, no esbuild, no other package, no network; and
// a project needs what its own package.json names. `npm pack` runs this itself, and so does an installation from git (prepare).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transformSync } from 'esbuild';
import { PLAIN_SPREAD } from './bundles.mjs';
import { lockedFor, PROJECT_PACKAGES } from './lock.mjs';
import { HEAD } from './run.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const to = join(root, '.strata/packed');
const library = join(to, 'lib');
/** Libraries that few manifests need, in files that are loaded with the first use. */
const LAZY = {
  cel: ['@bufbuild/cel', '@bufbuild/cel/ext'],
  promql: ['@prometheus-io/lezer-promql'],
  re2: ['re2js'],
  diff: ['diff'],
};
const BASE = {
  absWorkingDir: root,
  bundle: true,
  write: false,
  metafile: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  conditions: ['import'],
  logLevel: 'warning',
  supported: PLAIN_SPREAD,
};
const SCRIPT = {
  supported: { ...PLAIN_SPREAD, 'dynamic-import': false },
  banner: { js: `${HEAD}(function (exports, require, module, __filename, __dirname) {` },
  footer: { js: '})' },
};
/** What of the library runs: the rest of it are types of what the verifier says. */
const WRITING =
  /^(index$|composition|constructs|features|imports|model|render|testing|upstream\/(prometheus\/(query|regex)|kubernetes\/cel\/regexp)(\.|$))/;
/** `strata/verify`: the functions of the verifier's bundle. */
const LOADS_VERIFIER = `const { dirname, join } = require('node:path');
const packed = join(__dirname, '..');
const loaded = new Map();
function load(name) {
  const file = join(packed, name + '.cjs');
  const module = { exports: {} };
  require(file)(module.exports, requireFromIt, module, file, dirname(file));
  return module.exports;
}
function requireFromIt(wanted) {
  if (!wanted.startsWith('./')) return require(wanted);
  const name = wanted.slice(2).replace(/\\.cjs$/, '');
  if (!loaded.has(name)) loaded.set(name, load(name));
  return loaded.get(name);
}
module.exports = load('verifier').api;
`;
const lazily = {
  name: 'lazily',
  setup: ({ onResolve }) => {
    for (const [file, names] of Object.entries(LAZY))
      for (const name of names)
        onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: `./${file}.cjs`, external: true }));
  },
};

rmSync(to, { recursive: true, force: true });
mkdirSync(join(to, 'data'), { recursive: true });
const used = new Set();
await make('strata', { ...SCRIPT, entryPoints: ['tool.ts'], external: ['./verifier'], plugins: [lazily] });
const verifier = "export * from './cli/verifier'; export * as api from './verify';";
await make('verifier', { ...SCRIPT, stdin: { contents: verifier, resolveDir: root }, plugins: [lazily] });
for (const [file, names] of Object.entries(LAZY)) {
  const contents = names.map((name) => `export * from '${name}';`).join('\n');
  await make(file, { ...SCRIPT, stdin: { contents, resolveDir: root } });
}
await make('reader', { entryPoints: ['manifests/reading/reader.ts'] });
const data = join(root, 'upstream/kubernetes/data');
for (const name of readdirSync(data)) copyFileSync(join(data, name), join(to, 'data', name));
await makeLibrary();
writeFileSync(join(to, 'project-lock.json'), JSON.stringify(lockedFor(root, PROJECT_PACKAGES)));
writeFileSync(join(to, 'LICENSES.txt'), licences());

/** Begins with a mark, as run.mjs wants it. */
async function make(name, options, ending = '.cjs') {
  const outfile = join(to, `${name}${ending}`);
  const { outputFiles, metafile } = await build({ ...BASE, ...options, outfile });
  const { contents, text } = outputFiles[0];
  mkdirSync(dirname(outfile), { recursive: true });
  writeFileSync(outfile, `/*${createHash('sha256').update(contents).digest('hex')}*/${text}`);
  for (const path of Object.keys(metafile.inputs)) {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? [];
    if (folder) used.add(folder);
  }
}

/**
 * The library file by file, so that a project loads what it uses, and with types. Which files: tsconfig.package.json. Packages that a
 * project names itself are the project's, others come along. The verifier is the one bundle that the program has, too.
 */
async function makeLibrary() {
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.package.json'], {
    cwd: root,
  });
  const typed = readdirSync(library, { recursive: true }).filter((path) => path.endsWith('.d.ts'));
  keepAugmentations(typed.filter((path) => WRITING.test(path)));
  const { peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const vendored = new Set();
  for (const path of typed.map((file) => file.replace(/\.d\.ts$/, '')).filter((file) => WRITING.test(file))) {
    const source = readFileSync(join(root, `${path}.ts`), 'utf8');
    const { code } = transformSync(source, { loader: 'ts', format: 'cjs', target: 'node20' });
    const linked = code.replace(/\brequire\("([^".][^"]*)"\)/g, (whole, name) => {
      if (isBuiltin(name) || name in peerDependencies) return whole;
      vendored.add(name);
      return `require("${'../'.repeat(path.split('/').length - 1) || './'}vendor/${name}")`;
    });
    writeFileSync(join(library, `${path}.js`), linked);
  }
  for (const name of vendored) {
    const contents = `module.exports = require('${name}');`;
    await make(`lib/vendor/${name}`, { stdin: { contents, resolveDir: root } }, '.js');
  }
  writeFileSync(join(library, 'verify.js'), LOADS_VERIFIER);
  const needed = new Set();
  for (const file of typed.filter((path) => WRITING.test(path) || path === 'verify.d.ts')) addTypes(file, needed);
  for (const file of typed) if (!needed.has(file)) rmSync(join(library, file));
}

/**
 * A source that imports a building block has its settings: it declares them by merging (`declare module`). TypeScript leaves an import
 * out of the types where none of its names is in them, and what is merged with it. Here each such import comes back.
 */
function keepAugmentations(typed) {
  const importsOf = new Map(
    typed.map((file) => {
      const source = readFileSync(join(root, file.replace(/\.d\.ts$/, '.ts')), 'utf8');
      return [file, [...source.matchAll(/^(?:import|export) (?!type )[^;]*?'(\.[^']*)';/gm)].map(([, from]) => from)];
    }),
  );
  const merging = typed.filter((file) => /^declare module /m.test(readFileSync(join(library, file), 'utf8')));
  // Whoever imports one that merges, at whatever distance.
  const reaching = new Set(merging);
  for (let size = 0; size !== reaching.size; ) {
    size = reaching.size;
    for (const [file, imports] of importsOf)
      if (imports.some((from) => reaching.has(typesOf(file, from)))) reaching.add(file);
  }
  for (const [file, imports] of importsOf) {
    const text = readFileSync(join(library, file), 'utf8');
    const dropped = imports.filter((from) => reaching.has(typesOf(file, from)) && !text.includes(`'${from}'`));
    if (dropped.length > 0)
      writeFileSync(join(library, file), `${dropped.map((from) => `import '${from}';\n`).join('')}${text}`);
  }
}

/** The types of what a file imports; undefined where there are none. */
function typesOf(file, from) {
  const path = join(dirname(file), from);
  return [`${path}.d.ts`, join(path, 'index.d.ts')].find((each) => existsSync(join(library, each)));
}

/** The file, and those whose types it speaks of. */
function addTypes(file, to) {
  if (to.has(file)) return;
  to.add(file);
  const text = readFileSync(join(library, file), 'utf8');
  for (const [, from, inline] of text.matchAll(/\b(?:from|import) '(\.[^']*)'|\bimport\("(\.[^"]*)"\)/g)) {
    const found = typesOf(file, from ?? inline);
    if (found) addTypes(found, to);
  }
}

/** Of each package that is in the bundles: its name, version and licence, word for word. */
function licences() {
  const texts = [...used].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(join(root, folder, file), 'utf8').trim() : `Licence: ${license}`;
    return `${name} ${version}\n\n${text}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}
