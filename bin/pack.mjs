// Makes what `npm pack` takes along: the judging half in files of its own, the schemas, and the licences of what is in them. So the
// package needs Node and nothing else: no TypeScript, no esbuild, no other package, no network. `npm pack` runs this itself (prepack).
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { HEAD } from './run.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const to = join(root, '.strata/packed');
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
};
const SCRIPT = {
  supported: { 'dynamic-import': false },
  banner: { js: `${HEAD}(function (exports, require, module, __filename, __dirname) {` },
  footer: { js: '})' },
};
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
await make('strata', { ...SCRIPT, entryPoints: ['tool.ts'], plugins: [lazily] });
for (const [file, names] of Object.entries(LAZY)) {
  const contents = names.map((name) => `export * from '${name}';`).join('\n');
  await make(file, { ...SCRIPT, stdin: { contents, resolveDir: root } });
}
await make('reader', { entryPoints: ['manifests/reading/reader.ts'] });
const data = join(root, 'upstream/kubernetes/data');
for (const name of readdirSync(data)) copyFileSync(join(data, name), join(to, 'data', name));
writeFileSync(join(to, 'LICENSES.txt'), licences());

/** Begins with a mark, as run.mjs wants it. */
async function make(name, options) {
  const { outputFiles, metafile } = await build({ ...BASE, ...options, outfile: join(to, `${name}.cjs`) });
  const { contents, text } = outputFiles[0];
  writeFileSync(join(to, `${name}.cjs`), `/*${createHash('sha256').update(contents).digest('hex')}*/${text}`);
  for (const path of Object.keys(metafile.inputs)) {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? [];
    if (folder) used.add(folder);
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
