#!/usr/bin/env node
/**
 * Runs everything that must hold before a change goes in, and names the command that fixes each failure.
 *
 *   npm run check                            all steps
 *   npm run check -- lint format             these steps
 *   npm run check -- --skip types,tests      all other steps
 *
 * Exit code 0: all passed; 1: a step failed; 2: the call was wrong.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'strata-check-'));
const results = join(folder, 'tests.json');

/** In the order to run: what is quick and what other steps stand on comes first. */
const STEPS = {
  types: { run: 'tsc --noEmit', fix: 'correct the lines above; `npm run types` checks them again' },
  lint: {
    run: 'biome lint --error-on-warnings',
    fix: '`npx biome lint --write` corrects what is safe to correct; correct the rest by hand',
  },
  format: { run: 'biome check --linter-enabled=false', fix: '`npm run format`' },
  imports: { run: 'node imports/generate.mjs --check', fix: '`npm run imports`' },
  schemas: { run: 'node upstream/kubernetes/generate.mjs', fix: '`npm run schemas -- --from-modules` (needs Go)' },
  tests: { run: `jest --silent --json --outputFile=${JSON.stringify(results)} 2>&1 >/dev/null`, fix: fixOfTests },
  render: {
    run: 'node bin/strata.mjs render',
    fix: 'do what the message says; `npx strata render` renders again',
  },
  verify: {
    run: 'node bin/strata.mjs verify',
    fix: 'each finding names its fix; `npx strata verify --explain CHECK` shows an example',
  },
};

/** Tests that compare files which a command generates. */
const GENERATED = [
  {
    tests: /^test\/golden\//,
    fix: '`npm run golden` if the rendered manifests are meant to change; review them with `git diff test/golden`',
  },
  {
    tests: /^test\/docs\//,
    fix: '`npm run docs` renews what is generated and quoted in docs/; correct the rest by hand',
  },
];

function fixOfTests() {
  const { testResults } = JSON.parse(readFileSync(results, 'utf8'));
  const files = testResults
    .filter(({ status }) => status === 'failed')
    .map(({ name }) => relative(root, name).replaceAll('\\', '/'));
  const generated = GENERATED.filter(({ tests }) => files.some((file) => tests.test(file)));
  const others = files.filter((file) => !GENERATED.some(({ tests }) => tests.test(file)));
  return [
    ...generated.map(({ fix }) => fix),
    ...(others.length ? [`correct the code or the test; \`npx jest ${others.join(' ')}\` runs what failed`] : []),
  ].join('\n  fix: ');
}

function main(args) {
  const names = Object.keys(STEPS);
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { skip: { type: 'string' } } });
  const skipped = values.skip?.split(',') ?? [];
  const unknown = [...positionals, ...skipped].filter((name) => !names.includes(name));
  if (unknown.length) throw new Error(`no step is called ${unknown.join(', ')}; the steps: ${names.join(', ')}`);

  const chosen = names.filter((name) => (!positionals.length || positionals.includes(name)) && !skipped.includes(name));
  if (!chosen.length) throw new Error('no step is left to run');
  const failed = chosen.filter((name) => !passes(name));
  for (const name of failed) {
    const { run, fix } = STEPS[name];
    console.log(`\n${name} failed (${run.split(' --')[0]})\n  fix: ${typeof fix === 'string' ? fix : fix()}`);
  }
  console.log(`\n${chosen.length - failed.length} of ${chosen.length} steps passed`);
  return failed.length ? 1 : 0;
}

/** Runs a step; what it prints is shown only if it fails. */
function passes(name) {
  const started = Date.now();
  if (process.stdout.isTTY) process.stdout.write(`running ${name}\r`);
  const path = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  const { status, output } = spawnSync(STEPS[name].run, {
    cwd: root,
    shell: true,
    encoding: 'utf8',
    maxBuffer: Number.POSITIVE_INFINITY,
    env: { ...process.env, [path]: `${join(root, 'node_modules/.bin')}${delimiter}${process.env[path]}` },
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${(status === 0 ? 'ok' : 'failed').padEnd(7)} ${name.padEnd(8)} ${seconds.padStart(6)} s`);
  if (status !== 0) console.log(output.filter(Boolean).join('').trimEnd());
  return status === 0;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  console.error(`error: npm run check: ${error.message}`);
  process.exitCode = 2;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
