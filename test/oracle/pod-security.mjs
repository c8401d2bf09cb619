#!/usr/bin/env node
/**
 * Asks Kubernetes' own Pod Security admission about random pods, and compares.
 *
 *   node test/oracle/pod-security.mjs [PODS] [SEED]                                      its evaluator, a Go module (needs Go)
 *   STRATA_TEST_CLUSTER=../shared/cluster/cluster node test/oracle/pod-security.mjs …     the API server of a test cluster that is up
 */
import { build } from 'esbuild';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(fileURLToPath(import.meta.url), '../../..');
const tool = process.env.STRATA_TEST_CLUSTER;
const [count = '1000', seed = '1', out = join(tmpdir(), 'oracle-pod-security.json')] = process.argv.slice(2);

const folder = mkdtempSync(join(tmpdir(), 'oracle-'));
// Where the data of the schemas are found from a bundle: beside the folder that holds it.
const program = join(root, '.strata', `oracle.${process.pid}.cjs`);
try {
  mkdirSync(join(root, '.strata'), { recursive: true });
  await build({ absWorkingDir: root, entryPoints: ['test/oracle/pod-security.ts'], outfile: program, bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'error' });
  let result;
  if (tool) {
    const version = JSON.parse(execFileSync(tool, ['kubectl', 'get', '--raw', '/version'], { encoding: 'utf8' }));
    const minor = String(version.gitVersion).replace(/^v1\.(\d+).*/, '$1');
    result = spawnSync(tool, ['exec', '--', process.execPath, program, 'server', count, seed, out, minor], { stdio: 'inherit' });
  } else {
    const evaluator = join(folder, 'evaluator');
    execFileSync('go', ['build', '-o', evaluator, '.'], { cwd: join(root, 'test/oracle/pod-security'), stdio: 'inherit' });
    result = spawnSync(process.execPath, [program, 'evaluator', count, seed, out, evaluator], { stdio: 'inherit' });
  }
  console.log(`Seed ${seed}; disagreements in ${out}`);
  process.exitCode = result.status ?? 1;
} finally {
  rmSync(program, { force: true });
  rmSync(folder, { recursive: true });
}
