// How long placing and draining take, and how they grow: whole processes, from start to the printed list. Then routing, in memory.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { compare, median, run } from './measure.mjs';
import { checkout } from './projects.mjs';
import { Report } from './report.mjs';
import { deployment, node } from './scheduling-world.mjs';

const folder = mkdtempSync(join(tmpdir(), 'strata-bench-simulate-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

/** Nodes and pods. */
const SIZES = [
  [100, 1_000],
  [300, 3_000],
  [1_000, 10_000],
];
const json = (path, objects) => {
  const file = join(folder, path);
  writeFileSync(file, objects.map((object) => JSON.stringify(object)).join('\n---\n'));
  return file;
};

const report = new Report();
report.section('Pods placed on nodes, a third of them spread over zones, a third apart from each other');
const seconds = {};
for (const [nodes, pods] of SIZES) {
  const cluster = json(`cluster-${nodes}.yaml`, Array.from({ length: nodes }, node));
  const manifests = json(`apps-${nodes}.yaml`, Array.from({ length: pods / 10 }, deployment));
  const simulate = (...words) =>
    run(['node', join(checkout, 'bin/strata.mjs'), 'simulate', ...words, manifests, '--cluster', cluster], {
      cwd: folder,
      accepts: [0, 1],
    }).seconds;
  seconds[nodes] = compare(3, { schedule: () => simulate('schedule'), drain: () => simulate('drain', '--all') });
  const size = `${nodes.toLocaleString('en')} nodes, ${pods.toLocaleString('en')} pods`;
  if (nodes === 1_000) {
    report.atMost(`strata simulate schedule, ${size}`, seconds[nodes].schedule, 's', 3);
    report.atMost('strata simulate drain --all', seconds[nodes].drain, 's', 5);
  } else {
    report.time(`strata simulate schedule, ${size}`, seconds[nodes].schedule);
    report.time('strata simulate drain --all', seconds[nodes].drain);
  }
}
report.atMost(
  'exponent of growth with pods × nodes, from the second to the third: 1 is linear',
  Math.log(seconds[1_000].schedule / seconds[300].schedule) / Math.log((1_000 * 10_000) / (300 * 3_000)),
  '',
  1.2,
);

report.section('Who answers requests, the routing tables made first: 2,000 HTTPRoutes of 200 hosts, 10,000 requests');
// One folder below the root, where programs look for their tables.
const routing = join(checkout, '.strata/bench-routing.cjs');
process.on('exit', () => rmSync(routing, { force: true }));
buildSync({
  entryPoints: [join(checkout, 'bench/routing.ts')],
  bundle: true,
  platform: 'node',
  // Read when the first regular expression is compiled.
  external: ['re2js'],
  outfile: routing,
  logLevel: 'error',
});
const times = Array.from({ length: 3 }, () => JSON.parse(run(['node', routing], { cwd: checkout }).stdout));
for (const dialect of ['gateway-api', 'traefik'])
  report.atMost(`simulate/routing, ${dialect}`, median(times.map((each) => each[dialect])), 's', 1);
