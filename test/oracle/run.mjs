#!/usr/bin/env node
/**
 * Starts an oracle inside the network of a test cluster that is up.
 *
 *   STRATA_TEST_CLUSTER=../shared/cluster/cluster STRATA_CLUSTER=old npm run oracle:schema -- [MUTATIONS] [SEED]
 */
import { build } from 'esbuild';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(fileURLToPath(import.meta.url), '../../..');
const tool = process.env.STRATA_TEST_CLUSTER;
if (!tool) throw new Error('STRATA_TEST_CLUSTER is not set: give the path of the program that starts test clusters.');
const [count = '5000', seed = '1', out = join(tmpdir(), 'oracle-schema.json')] = process.argv.slice(2);

const folder = mkdtempSync(join(tmpdir(), 'oracle-'));
try {
  const version = JSON.parse(execFileSync(tool, ['kubectl', 'get', '--raw', '/version'], { encoding: 'utf8' }));
  const minor = String(version.gitVersion).replace(/^v1\.(\d+).*/, '$1');
  // Where the data of the schemas are found from a bundle: beside the folder that holds it.
  const program = join(root, '.strata', `oracle.${process.pid}.cjs`);
  await build({ absWorkingDir: root, entryPoints: ['test/oracle/schema.ts'], outfile: program, bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'error' });
  const rendered = join(folder, 'dist');
  execFileSync(process.execPath, [join(root, 'bin/strata.mjs'), 'render', '--out', rendered], { cwd: root });
  const files = readdirSync(rendered, { recursive: true }).filter((name) => name.endsWith('.yaml')).map((name) => join(rendered, name));
  const { status } = spawnSync(tool, ['exec', '--', process.execPath, program, count, seed, minor, out, join(root, 'test/oracle/schema-seeds.yaml'), ...files], { stdio: 'inherit' });
  rmSync(program);
  console.log(`Kubernetes 1.${minor}, seed ${seed}; disagreements in ${out}`);
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
