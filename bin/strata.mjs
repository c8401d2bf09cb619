#!/usr/bin/env node
// Starts strata: bundles main.ts when a source has changed, then runs the bundle. Bundled code starts in half the time of
// loading each package's files, and users need no build step.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, '.strata');
const bundle = join(folder, 'strata.cjs');
const notes = join(folder, 'strata.json');
// Data only: their change alone leaves other targets' manifests as they are. See render/reuse.ts.
const DATA = /^(clusters|environments)\//;

try {
  const code = await upToDateBundle();
  const { strata } = createRequire(import.meta.url)(bundle);
  const host = { code, env: process.env, print: (line) => console.log(line), printError: (line) => console.error(line), terminal: process.stdout.isTTY === true };
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

async function makeBundle() {
  const { build } = await import('esbuild');
  const started = Date.now();
  mkdirSync(folder, { recursive: true });
  const fresh = `${bundle}.${process.pid}`;
  const result = await build({
    absWorkingDir: root,
    entryPoints: ['main.ts'],
    outfile: fresh,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: 'inline',
    sourcesContent: false,
    metafile: true,
    logLevel: 'silent',
  }).catch((error) => {
    for (const { text, location } of error.errors ?? [{ text: error.message }]) {
      console.error(`error: ${location ? `${location.file}:${location.line}:${location.column + 1}: ` : ''}${text}`);
    }
    process.exit(2);
  });
  const sources = Object.keys(result.metafile.inputs).filter((path) => !path.startsWith('node_modules/')).concat('package-lock.json', relative(root, fileURLToPath(import.meta.url)));
  const sum = createHash('sha256');
  for (const path of sources.filter((path) => !DATA.test(path)).sort()) sum.update(`${path}\0`).update(readFileSync(join(root, path)));
  const code = sum.digest('hex');
  // The bundle first: notes never speak of a bundle that is not there, nor of a source that was changed meanwhile.
  renameSync(fresh, bundle);
  if (sources.some((path) => statSync(join(root, path)).mtimeMs >= started)) return code;
  writeFileSync(notes, JSON.stringify({ code, inputs: Object.fromEntries(sources.map((path) => [path, stampOf(path)])) }));
  return code;
}

function stampOf(path) {
  const { mtimeMs, size } = statSync(join(root, path));
  return `${mtimeMs} ${size}`;
}
