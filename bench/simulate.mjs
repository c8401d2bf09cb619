// How long placing and draining take, and how they grow: whole processes, from start to the printed list. Then routing, in memory.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { PLAIN_SPREAD } from '../bin/bundles.mjs';
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

report.section(
  'Who answers requests, the routing tables made first: 2,000 HTTPRoutes of 200 hosts, 10,000 requests; seconds of CPU',
);
const times = Array.from({ length: 3 }, () => measured('routing'));
for (const dialect of ['gateway-api', 'traefik'])
  report.atMost(`simulate/routing, ${dialect}`, median(times.map((each) => each[dialect])), 's', 1);

report.section('The release of one service planned, a canary of 8 stages in a target of this project; seconds of CPU');
const plans = Array.from({ length: 3 }, () => measured('release'));
const ofPlans = (part) => median(plans.map((each) => each[part]));
report.time('strata plan release, the first plan of a process', ofPlans('first'));
report.time('a later one, with other pods', ofPlans('whole'));
report.time('of that: its 9 states rendered and read', ofPlans('rendered'));
report.atMost('changes, risks and checks of the stages, without rendering', ofPlans('simulated'), 's', 0.05);

report.section('Days of HorizontalPodAutoscalers, 5,760 rounds each and an hour before; seconds of CPU');
const scaled = Array.from({ length: 3 }, () => measured('scaling'));
const ofScaled = (part) => median(scaled.map(part));
for (const size of [25, 50])
  report.time(
    `${size} workloads`,
    ofScaled(({ days }) => days[size]),
  );
report.atMost(
  '100 workloads, 576,000 rounds',
  ofScaled(({ days }) => days[100]),
  's',
  1,
);
report.atMost(
  'exponent of growth from 25 to 100 workloads: 1 is linear',
  Math.log(ofScaled(({ days }) => days[100]) / ofScaled(({ days }) => days[25])) / Math.log(4),
  '',
  1.2,
);
report.time(
  'strata plan scale of one, the first of a process',
  ofScaled(({ first }) => first),
);
report.atMost(
  'a later one, without rendering',
  ofScaled(({ plan }) => plan),
  's',
  0.05,
);

/** What a program of this folder prints, bundled as the program of a repository is. */
function measured(name) {
  // One folder below the root, where programs look for their tables.
  const program = join(checkout, `.strata/bench-${name}.cjs`);
  buildSync({
    entryPoints: [join(checkout, `bench/${name}.ts`)],
    bundle: true,
    platform: 'node',
    // Read when the first regular expression is compiled.
    external: ['re2js'],
    outfile: program,
    logLevel: 'error',
    supported: PLAIN_SPREAD,
  });
  try {
    return JSON.parse(run(['node', program], { cwd: checkout }).stdout);
  } finally {
    rmSync(program, { force: true });
  }
}
