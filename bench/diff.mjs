// How fast `strata diff` is: two trees of 50,000 objects beside `diff -r` and dyff, and a change of one line over 100 targets.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, peakMegabytes, run } from './measure.mjs';
import { checkout, copyProject, generateProject } from './projects.mjs';
import { Report } from './report.mjs';

const folder = mkdtempSync(join(tmpdir(), 'strata-bench-diff-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const report = new Report();
const dyff = [process.env.DYFF, join(homedir(), 'go/bin/dyff')].find((path) => path && existsSync(path));
console.log(
  `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.version}, ${dyff ? run([dyff, 'version']).stdout.trim() : 'no dyff: go install github.com/homeport/dyff/cmd/dyff@latest'}`,
);

const OBJECTS = 50_000;
report.section(
  `Two trees of ${OBJECTS.toLocaleString('en')} objects; an image is another one in each tenth of the namespaces`,
);
const [before, after] = writeTrees();
const strata = ['node', join(checkout, 'bin/strata.mjs'), 'diff', before, after, '--kubernetes', '1.35'];
const whole = (tree) => join(folder, `${tree}.yaml`);
const { ours, plain, theirs } = compare(3, {
  ours: () => run(strata).seconds,
  plain: () => run(['diff', '-r', before, after], { accepts: [1] }).seconds,
  theirs: () =>
    dyff && run([dyff, 'between', '--set-exit-code', whole('before'), whole('after')], { accepts: [1] }).seconds,
});
report.atMost('strata diff', ours, 's', 3);
report.time('diff -r, which knows lines only', plain);
report.faster('strata diff', ours, { name: 'dyff', seconds: theirs, goal: 1 });
report.atMost('peak memory', peakMegabytes(strata), 'MiB', 1024);

report.section('A change of one line over 100 targets: 10 environments × 10 clusters');
const project = generateProject(join(folder, 'fleet'), 10);
writeFileSync(join(project.folder, '.gitignore'), 'node_modules\n.strata\ndist\n');
const git = (...args) =>
  run(['git', '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: project.folder });
git('init', '--quiet');
git('add', '--all');
git('commit', '--quiet', '--message', 'first');
const environment = readFileSync(join(project.folder, 'environments/e3.ts'), 'utf8');
project.write(
  'environments/e3.ts',
  environment.replace(
    /replicas: because\(.*?\)/,
    "resources: because({ cpu: '75m', memory: '96Mi' }, 'the bench says so')",
  ),
);
const said = project.strata('diff').stdout;
if (!/ in 10 of 100 targets/.test(said)) throw new Error(`the change is not one of ten targets:\n${said.slice(-500)}`);
const { fleet } = compare(5, { fleet: () => project.strata('diff').seconds });
report.atMost('strata diff, whole process', fleet, 's', 1);

/** A platform of this project in each of many namespaces, a file for each; dyff reads each tree in one file. */
function writeTrees() {
  const source = copyProject(join(folder, 'project'));
  source.strata('render', 'dev@shared');
  const rendered = join(source.folder, 'dist/shared/dev');
  const text = readdirSync(rendered)
    .map((name) => readFileSync(join(rendered, name), 'utf8'))
    .join('---\n');
  const each = text.match(/^kind:/gm).length;
  return ['before', 'after'].map((tree) => {
    mkdirSync(join(folder, tree));
    const all = [];
    for (let i = 0; i < OBJECTS / each; i++) {
      const own = text.replaceAll('course-dev', `course-dev-${i}`);
      const files = tree === 'after' && i % 10 === 0 ? own.replaceAll('/web:0.1.0', '/web:0.2.0') : own;
      writeFileSync(join(folder, tree, `${i}.yaml`), files);
      all.push(files);
    }
    writeFileSync(join(folder, `${tree}.yaml`), all.join('---\n'));
    return join(folder, tree);
  });
}
