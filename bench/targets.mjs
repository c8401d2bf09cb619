// How a matrix grows: what lists the targets must not render them, and rendering must stay linear in their number.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare } from './measure.mjs';
import { generateProject } from './projects.mjs';
import { Report } from './report.mjs';

const folder = mkdtempSync(join(tmpdir(), 'strata-bench-targets-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const report = new Report();
/** Environments and clusters: the number of targets is the square. */
const SIZES = [4, 8, 16, 32];
const seconds = {};
for (const size of SIZES) {
  const project = generateProject(join(folder, String(size)), size);
  const targets = size * size;
  report.section(`${targets.toLocaleString('en')} targets: ${size} environments × ${size} clusters`);
  const objects = /(\d+) objects in /.exec(project.strata('render').stdout)[1];
  seconds[size] = compare(size > 16 ? 3 : 5, {
    list: () => project.strata('targets').seconds,
    where: () => project.strata('targets', '--where', 'cluster=c1*', '--format', 'json').seconds,
    render: () => {
      project.forgetRendered();
      return project.strata('render').seconds;
    },
  });
  if (targets > 1_000) report.atMost('strata targets', seconds[size].list, 's', 0.3);
  else report.time('strata targets', seconds[size].list);
  report.time("strata targets --where 'cluster=c1*' --format json", seconds[size].where);
  report.time(
    `strata render, ${objects} objects`,
    seconds[size].render,
    `${((1000 * seconds[size].render) / targets).toFixed(2)} ms per target`,
  );
}
report.section('Growth with the number of targets');
const beyondStart = (size) => seconds[size].render - seconds[4].list;
report.atMost(
  'exponent of growth of render from 64 to 1,024 targets: 1 is linear, 2 quadratic',
  Math.log(beyondStart(32) / beyondStart(8)) / Math.log(1024 / 64),
  '',
  1.2,
);
