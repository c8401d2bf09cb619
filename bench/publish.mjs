// How long publishing takes beyond the render, in a repository of 10,000 files with 100 targets, beside the plain way: render into a
// clone, `git add --all`, `git commit`. Everything is a whole process; the sides take turns in the same run.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, run } from './measure.mjs';
import { copyProject } from './projects.mjs';
import { Report } from './report.mjs';

const folder = mkdtempSync(join(tmpdir(), 'strata-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const WHO = { NAME: 'bench', EMAIL: 'bench@example.com' };
const env = Object.fromEntries(
  ['AUTHOR', 'COMMITTER'].flatMap((role) => Object.entries(WHO).map(([name, value]) => [`GIT_${role}_${name}`, value])),
);
const git = (cwd, ...args) => run(['git', ...args], { cwd, env });

const project = copyProject(join(folder, 'project'));
project.write('main.ts', "export { default } from './bench/published';\n");
project.write(
  'published.mjs',
  "import { projectBundles } from './bin/bundles.mjs';\nprojectBundles(import.meta.dirname).load('project').default(process.argv.slice(2));\n",
);
const published = (...args) => run(['node', 'published.mjs', ...args], { cwd: project.folder, env }).seconds;

const [bare, ours, theirs] = ['bare.git', 'ours', 'theirs'].map((name) => join(folder, name));
git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', bare);
published('push', bare);
for (const clone of [ours, theirs]) git(folder, 'clone', '--quiet', bare, clone);
mkdirSync(join(folder, 'plain'));
const files = git(ours, 'ls-files').stdout.trim().split('\n').length;

const report = new Report();
console.log(
  `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.version}, ${git(folder, '--version').stdout.trim()}`,
);

/** The plain way. */
function byHand(text) {
  const rendered = published('folder', join(theirs, 'tree'), text);
  const added = git(theirs, 'add', '--all').seconds;
  const { seconds, stdout } = git(theirs, 'status', '--porcelain');
  const committed = stdout === '' ? 0 : git(theirs, 'commit', '--quiet', '--message', 'render').seconds;
  return rendered + added + seconds + committed;
}

report.section(`Nothing has changed: 100 targets in a repository of ${files.toLocaleString('en')} files`);
{
  const seconds = compare(5, {
    plan: () => published('plan', ''),
    bare: () => published('push', bare),
    clone: () => published('publish', ours),
    byHand: () => byHand('one'),
  });
  report.time('the render alone, in memory', seconds.plan);
  report.atMost('strata publish to a bare repository: above the render', seconds.bare - seconds.plan, 's', 1);
  report.atMost('strata publish to a clone: above the render', seconds.clone - seconds.plan, 's', 1);
  report.faster('strata publish to a clone', seconds.clone, {
    name: 'render, git add',
    seconds: seconds.byHand,
    goal: 1,
  });
}

report.section('One file of each target has changed');
{
  let turn = 0;
  const seconds = compare(5, {
    clone: () => published('publish', ours, `ours ${turn++}`),
    byHand: () => byHand(`theirs ${turn++}`),
    bare: () => published('push', bare, `bare ${turn++}`),
  });
  report.faster('strata publish to a clone', seconds.clone, {
    name: 'render, git commit',
    seconds: seconds.byHand,
    goal: 1,
  });
  report.time('strata publish to a bare repository, pushed', seconds.bare);
}
