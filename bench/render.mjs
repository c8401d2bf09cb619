// How fast strata is, beside the tools that do the same work. Everything is timed as a user meets it: a whole process, from
// its start to its files on disk; the two sides of a ratio in turns, in the same run. Nothing here passes or fails.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildEach, findKustomize, INSTALL_KUSTOMIZE, kustomizations } from './kustomize.mjs';
import { compare, run } from './measure.mjs';
import { checkout, copyProject, generateProject, growingProject } from './projects.mjs';
import { Report } from './report.mjs';

const folder = mkdtempSync(join(tmpdir(), 'strata-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
const inFolder = (name) => join(folder, name);

const kustomize = findKustomize();
const report = new Report();
console.log(
  `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.version}, ${kustomize ? `kustomize ${run([kustomize, 'version']).stdout.trim()}` : INSTALL_KUSTOMIZE}`,
);

const real = copyProject(inFolder('real'));
const hundred = generateProject(inFolder('hundred'), 10);

report.section('Whole matrices, beside one `kustomize build` per target over the same objects');
wholeMatrix(real, 'every target of this project', { times: 7, goal: 1 });
wholeMatrix(hundred, '100 targets: 10 environments × 10 clusters', { times: 3, goal: 5 });

report.section('Growth: constructs, synthesis, YAML, files');
growth(growingProject(inFolder('growth')));

report.section('One environment file of 100 targets changed, everything rendered again');
oneEnvironmentChanged(hundred);

report.section('`cdk8s synth` of this project beside the bare CLI, whose app writes one small file');
cdk8sSynth(real);

report.section('Start-up beside bare node');
startUp(real);

function wholeMatrix(project, what, { times, goal }) {
  const [, objects] = /(\d+) objects in /.exec(project.strata('render').stdout);
  const targets = kustomizations(join(project.folder, 'dist'), join(project.folder, '.kustomize'));
  const { ours, theirs } = compare(times, {
    ours: () => {
      project.forgetRendered();
      return project.strata('render').seconds;
    },
    theirs: () => kustomize && buildEach(kustomize, targets, inFolder('kustomize.yaml')),
  });
  report.faster(`${what}, ${objects} objects`, ours, { name: `${targets.length} × kustomize`, seconds: theirs, goal });
  const { first } = compare(3, {
    first: () => {
      project.putAside('dist', '.strata');
      return project.strata('render').seconds;
    },
  });
  report.time('the same on a fresh clone, sources bundled first', first);
}

function growth(project) {
  let runs = 0;
  const nextOut = () => inFolder(`growth-${runs++}`);
  const grow = (path, objects, out = nextOut()) => project.grow(path, objects, out).seconds;
  grow('ours', 1_000);
  const seconds = {};
  for (const [objects, times] of [
    [1, 7],
    [100, 7],
    [1_000, 5],
    [4_000, 5],
    [100_000, 1],
  ]) {
    seconds[objects] = compare(times, { ours: () => grow('ours', objects) }).ours;
    report.time(
      `${objects.toLocaleString('en')} object${objects === 1 ? '' : 's'}`,
      seconds[objects],
      `${((1000 * seconds[objects]) / objects).toFixed(3)} ms per object`,
    );
  }
  const beyondStart = (objects) => seconds[objects] - seconds[1];
  const exponent = Math.log(beyondStart(100_000) / beyondStart(4_000)) / Math.log(100_000 / 4_000);
  report.atMost('exponent of growth from 4,000 to 100,000: 1 is linear, 2 quadratic', exponent, '', 1.2);

  const tree = nextOut();
  grow('ours', 4_000, tree);
  const targets = kustomizations(tree, inFolder('growth-kustomize'));
  const many = compare(3, {
    ours: () => grow('ours', 4_000),
    theirs: () => kustomize && buildEach(kustomize, targets, inFolder('kustomize.yaml')),
  });
  report.faster('4,000 objects', many.ours, { name: 'kustomize', seconds: many.theirs, goal: 50 });

  const { ours, stock } = compare(3, { ours: () => grow('ours', 6_400), stock: () => grow('stock', 6_400) });
  report.faster('6,400 objects in 1,600 constructs', ours, { name: 'app.synth()', seconds: stock, goal: 10 });
}

function oneEnvironmentChanged(project) {
  project.strata('render');
  const { ours } = compare(7, {
    ours: (i) => {
      project.changeEnvironment(0, 3 + i);
      const { seconds, stdout } = project.strata('render');
      const rendered = stdout.match(/ rendered$/gm)?.length;
      if (rendered !== 100) throw new Error(`all 100 targets should be rendered, not ${rendered}`);
      return seconds;
    },
  });
  report.atMost('strata render', ours, 's', 0.5);
}

function cdk8sSynth(project) {
  const bare = inFolder('bare');
  mkdirSync(bare);
  writeFileSync(join(bare, 'cdk8s.yaml'), 'language: typescript\napp: node app.cjs\noutput: out\n');
  writeFileSync(
    join(bare, 'app.cjs'),
    "require('node:fs').mkdirSync('out'); require('node:fs').writeFileSync('out/small.yaml', 'apiVersion: v1\\nkind: Namespace\\nmetadata:\\n  name: small\\n');\n",
  );
  const synth = (cwd) =>
    run(['node', join(checkout, 'node_modules/cdk8s-cli/bin/cdk8s'), 'synth'], {
      cwd,
      env: { CDK8S_CHECK_UPGRADE: 'false' },
    }).seconds;
  const { cli, ours } = compare(7, { cli: () => synth(bare), ours: () => synth(project.folder) });
  report.time('the bare CLI', cli);
  report.atMost('every target rendered: above the bare CLI', ours - cli, 's', 0.25);
}

function startUp(project) {
  const { node, help, targets } = compare(11, {
    node: () => run(['node', '-e', '0']).seconds,
    help: () => project.strata('help').seconds,
    targets: () => project.strata('targets').seconds,
  });
  report.time('node -e 0', node);
  report.time('strata help', help, `${(help / node).toFixed(1)} × bare node`);
  report.time('strata targets', targets, `${(targets / node).toFixed(1)} × bare node`);
}
