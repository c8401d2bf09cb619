import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The bench is no part of the build, so that a change of the model would break it and nobody would see: its projects are rendered here. */
describe('the projects that the bench measures', () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-bench-test-'));
  const root = join(__dirname, '../..');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a script that has the bench's projects as `projects`; jest itself cannot load them. */
  function inBench(script: string): string {
    const file = join(folder, `${script.length}.mjs`);
    writeFileSync(file, `import * as projects from ${JSON.stringify(join(root, 'bench/projects.mjs'))};\n${script}`);
    const { status, stdout, stderr } = spawnSync('node', [file], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  }

  it('has a target for each environment on each cluster', () => {
    const said = inBench(
      `console.log(projects.generateProject(${JSON.stringify(join(folder, 'many'))}, 3).strata('render').stdout);`,
    );
    expect(said).toMatch(/^9 targets, \d+ objects in dist$/m);
  });

  it('grows to as many objects as asked for, on both paths', () => {
    const project = JSON.stringify(join(folder, 'growth'));
    const said = inBench(`import { readdirSync } from 'node:fs';
const project = projects.growingProject(${project});
for (const path of ['ours', 'stock']) {
  project.grow(path, 40, ${project} + '/' + path);
  console.log(path, readdirSync(${project} + '/' + path, { recursive: true }).filter((name) => name.endsWith('.yaml')).length);
}`);
    expect(said).toMatch(/^ours [1-9]\d*\nstock [1-9]\d*\n$/);
  });
});
