// How long placing and draining take, and how they grow: whole processes, from start to the printed list.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, run } from './measure.mjs';
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
