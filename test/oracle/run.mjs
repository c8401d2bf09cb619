#!/usr/bin/env node
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
/**
 * Starts an oracle: bundles it, and runs it here or inside the network of a test cluster that is up.
 *
 *   node test/oracle/run.mjs NAME [COUNT] [SEED] [OUT] [FILE…]
 *
 * STRATA_TEST_CLUSTER   the program that starts test clusters, for the oracles that ask a cluster; STRATA_CLUSTER says which one
 * PROMTOOL, AMTOOL      the promtool and the amtool to ask
 */
import { build } from 'esbuild';
import { builtWithModules } from '../../upstream/kubernetes/releases/modules.mjs';

const root = join(fileURLToPath(import.meta.url), '../../..');
const tool = process.env.STRATA_TEST_CLUSTER;

/** How each oracle is started; each gives the exit status. */
const ORACLES = {
  adopt: ({ program, folder }) => here(program, goModule('sigs.k8s.io/kustomize/api@v0.21.2'), join(folder, 'trees')),
  'adopt-code': ({ program, folder }) =>
    here(program, goModule('sigs.k8s.io/kustomize/api@v0.21.2'), join(folder, 'trees'), root),
  amtool: ({ program, count = '6000', seed, out, folder }) =>
    here(program, process.env.AMTOOL ?? 'amtool', count, seed, out, join(folder, 'cases')),
  'amtool-routes': ({ program, count = '5000', seed }) => here(program, process.env.AMTOOL ?? 'amtool', count, seed),
  'argo-rollouts': ({ program, count = '2000', seed, out, folder }) =>
    here(program, count, seed, out, built('rollouts', folder)),
  admission: ({ program, count = '60', seed, out }) => inCluster(program, count, seed, out),
  changes: ({ program, count = '600', seed, out, folder }) =>
    inCluster(
      program,
      minorOfCluster(),
      count,
      seed,
      out,
      ...rendered(folder).filter((file) => file.includes('/kind/dev/')),
      join(root, 'test/oracle/schema-seeds.yaml'),
      join(root, 'test/oracle/defaults-seeds.yaml'),
    ),
  defaults: ({ program, count = '2500', seed, out, folder, files: [keep = ''] }) =>
    inCluster(
      program,
      minorOfCluster(),
      count,
      seed,
      out,
      keep,
      join(root, 'test/oracle/schema-seeds.yaml'),
      join(root, 'test/oracle/defaults-seeds.yaml'),
      ...rendered(folder),
    ),
  eviction: ({ program, count = '40', seed, out }) => inCluster(program, count, seed, out),
  // The versions in which the controller is another one; 1.30 to 1.32 differ in nothing that is asked.
  hpa: ({ program, count = '2500', seed, out, folder, files }) =>
    here(
      program,
      count,
      seed,
      out,
      process.env.ROUNDS ?? '40',
      ...(files.length > 0 ? files : [28, 29, 33, 34, 35]).map((minor) => `${minor}=${builtFor(minor, folder, 'hpa')}`),
    ),
  istio: ({ program, count = '5000', seed, out, folder }) => here(program, count, seed, out, built('istio', folder)),
  'istio-analyze': ({ program, count = '1000', seed, out, folder }) =>
    here(program, count, seed, out, built('istio-analyze', folder)),
  'istio-reachable': ({ program, count = '3000', seed, out, folder }) =>
    here(program, count, seed, out, built('istio', folder)),
  'istio-routes': ({ program, count = '400', seed, out, folder }) =>
    here(program, count, seed, out, built('istio-routes', folder)),
  'traefik-rules': ({ program, count = '2000', seed, out, folder }) =>
    here(program, count, seed, out, built('traefik-rules', folder)),
  images: ({ program, count = '200000', seed, out, folder }) =>
    here(program, count, seed, out, built('images', folder)),
  template: ({ program, count = '100000', seed, out, folder }) =>
    here(program, count, seed, out, built('template', folder)),
  crd: ({ program, count = '20000', seed, out, folder }) => here(program, count, seed, out, built('crd', folder)),
  'crd-definitions': ({ program, count = '10000', seed, out, folder, files }) =>
    here(program, count, seed, out, built('crd', folder), ...definitionFiles(), ...files),
  kind: ({ program, out, folder }) => here(program, out, built('kind', folder)),
  live: ({ program, count = '10', seed, out, folder, files: [keep = ''] }) =>
    inCluster(
      program,
      minorOfCluster(),
      count,
      seed,
      out,
      keep,
      ...rendered(folder).filter((file) => file.includes('/kind/dev/')),
      join(root, 'test/oracle/schema-seeds.yaml'),
      join(root, 'test/oracle/defaults-seeds.yaml'),
    ),
  network: ({ program, count = '200', seed }) =>
    inCluster(program, join(root, 'test/oracle/prober.js'), '--sets', count, '--seed', seed),
  'pod-security': ({ program, count = '1000', seed, out, folder }) => {
    if (tool) return inCluster(program, 'server', count, seed, out, minorOfCluster());
    return here(program, 'evaluator', count, seed, out, built('pod-security', folder));
  },
  promtool: ({ program, count = '6000', seed, out, folder }) =>
    here(
      program,
      process.env.PROMTOOL ?? 'promtool',
      count,
      seed,
      out,
      join(folder, 'cases'),
      ...rendered(folder).filter((file) => file.includes('prometheus')),
    ),
  quota: ({ program, count = '20000', seed, out, folder }) => here(program, count, seed, out, built('quota', folder)),
  relabel: ({ program, count = '100000', seed, out, folder }) =>
    here(program, count, seed, out, built('relabel', folder)),
  slo: ({ program, count = '20', seed, out, folder }) =>
    here(
      program,
      process.env.PROMTOOL ?? 'promtool',
      installed('github.com/slok/sloth/cmd/sloth@v0.16.0', folder),
      count,
      seed,
      out,
      folder,
    ),
  publish: ({ program, count = '200', seed, out, folder }) => here(program, count, seed, out, folder),
  workloads: ({ program, count = '120', seed, out }) => inCluster(program, count, seed, out),
  rollout: ({ program, count = '320', seed, out }) => inCluster(program, count, seed, out),
  timeline: ({ program, count = '500', seed, out }) => {
    const stages = join(goModule('sigs.k8s.io/kwok@v0.8.0'), 'kustomize/stage/node/fast');
    const cache =
      process.env.STRATA_CLUSTER_CACHE ??
      join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'strata-cluster');
    return inCluster(
      program,
      count,
      seed,
      out,
      join(cache, 'bin/kwok'),
      join(root, 'test/oracle/timeline-stages.yaml'),
      ...readdirSync(stages)
        .filter((name) => name.startsWith('node-'))
        .map((name) => join(stages, name)),
    );
  },
  scheduler: ({ program, count = '20000', seed, out, folder }) =>
    here(program, count, seed, out, built('scheduler', folder)),
  'scheduler-choices': ({ program, count = '16000', seed, out, folder }) =>
    here(program, count, seed, out, built('scheduler', folder)),
  schema: ({ program, count = '5000', seed, out, folder }) =>
    inCluster(
      program,
      count,
      seed,
      minorOfCluster(),
      out,
      join(root, 'test/oracle/schema-seeds.yaml'),
      ...rendered(folder),
    ),
  upgrade: ({ program, count = '3000', seed, out, folder, files }) =>
    here(
      program,
      count,
      seed,
      out,
      ...(files.length > 0 ? files : EVERY_MINOR).map((minor) => builtFor(minor, folder)),
    ),
  yaml: ({ program, count = '5', seed, out, folder }) => here(program, count, seed, out, built('yaml', folder)),
};

/** The folder of a module's sources. */
function goModule(name) {
  return JSON.parse(execFileSync('go', ['mod', 'download', '-json', name], { cwd: tmpdir(), encoding: 'utf8' })).Dir;
}

/** The program of a Go module. */
function installed(name, folder) {
  execFileSync('go', ['install', name], { cwd: tmpdir(), env: { ...process.env, GOBIN: folder }, stdio: 'inherit' });
  return join(folder, name.replace(/^.*\/|@.*$/g, ''));
}

/** The program in Go that stands in this folder. */
function built(name, folder) {
  const file = join(folder, 'built');
  execFileSync('go', ['build', '-o', file, '.'], { cwd: join(root, 'test/oracle', name), stdio: 'inherit' });
  return file;
}

const EVERY_MINOR = Array.from({ length: 10 }, (_, i) => 28 + i);

/** The program of the oracle of upgrades, with the modules of a minor version of Kubernetes. */
function builtFor(minor, folder, name = 'upgrade') {
  const own = join(folder, String(minor));
  mkdirSync(own);
  return builtWithModules(minor, join(root, 'test/oracle', name), own, Number(minor) < 30 ? ['counted'] : []);
}

function here(program, ...words) {
  return spawnSync(process.execPath, [program, ...words], { stdio: 'inherit' }).status ?? 1;
}

function inCluster(program, ...words) {
  return spawnSync(cluster(), ['exec', '--', process.execPath, program, ...words], { stdio: 'inherit' }).status ?? 1;
}

function cluster() {
  if (!tool) throw new Error('STRATA_TEST_CLUSTER is not set: give the path of the program that starts test clusters.');
  return tool;
}

function minorOfCluster() {
  const version = JSON.parse(execFileSync(cluster(), ['kubectl', 'get', '--raw', '/version'], { encoding: 'utf8' }));
  return String(version.gitVersion).replace(/^v1\.(\d+).*/, '$1');
}

/** The definitions that strata has the types of. */
function definitionFiles() {
  const folder = join(root, 'imports/crds');
  return readdirSync(folder).map((name) => join(folder, name));
}

/** The files of our own render. */
function rendered(folder) {
  const dist = join(folder, 'dist');
  execFileSync(process.execPath, [join(root, 'bin/strata.mjs'), 'render', '--out', dist], { cwd: root });
  return readdirSync(dist, { recursive: true })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(dist, name));
}

const [name = '', count, seed = '1', out = join(tmpdir(), `oracle-${name}.json`), ...files] = process.argv.slice(2);
if (!Object.hasOwn(ORACLES, name))
  throw new Error(`There is no oracle "${name}": give one of ${Object.keys(ORACLES).join(', ')}.`);

const folder = mkdtempSync(join(tmpdir(), 'oracle-'));
// Where the data of the schemas are found from a bundle: beside the folder that holds it.
const program = join(root, '.strata', `oracle.${process.pid}.cjs`);
try {
  mkdirSync(join(root, '.strata'), { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: [`test/oracle/${name}.ts`],
    outfile: program,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
  });
  process.exitCode = ORACLES[name]({ program, count, seed, out, folder, files });
  console.log(`seed ${seed}; ${name === 'network' ? 'disagreements above' : `disagreements in ${out}`}`);
} finally {
  rmSync(program, { force: true });
  rmSync(folder, { recursive: true });
}
