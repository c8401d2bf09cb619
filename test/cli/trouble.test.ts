import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, existsSync, openSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { filesOf } from '../render/support';
import { Project } from './project';

const project = new Project();
chmodSync(dirname(project.folder), 0o755);
project.strata('render');
const tree = filesOf(project.path('dist'));

/** One error that names the place and two ways to mend it. */
const ONE_ERROR = /^error: [^\n]+\n {2}fix: [^\n]+\n {3}or: [^\n]+\n$/;

const full = existsSync('/dev/full') ? test : test.skip;

describe('output that nobody takes', () => {
  full.each([['targets'], ['render'], ['checks']])('of `strata %s` on a full disk is one error', (command) => {
    const disk = openSync('/dev/full', 'w');
    const { status, stderr } = project.strataWith({ stdio: ['ignore', disk, 'pipe'] }, command);
    closeSync(disk);
    expect(stderr).toMatch(ONE_ERROR);
    expect(stderr).toMatch(/^error: the output: the disk is full/);
    expect(status).toBe(2);
  });

  full('leaves the rendered tree whole', () => expect(filesOf(project.path('dist'))).toEqual(tree));

  full('does not hide that an error could not be told', () => {
    const disk = openSync('/dev/full', 'w');
    expect(project.strataWith({ stdio: ['ignore', 'pipe', disk] }, 'render', 'dev@nowhere').status).toBe(2);
    closeSync(disk);
  });

  test('through a pipe that its reader closed is no error', () => {
    const script = `"${process.execPath}" bin/strata.mjs checks | head -n 1; echo "code \${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: project.folder, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^schema\ncode 0\n$/);
  });

  test('to a closed pipe does not keep a render from its work', () => {
    rmSync(project.path('dist'), { recursive: true });
    const script = `("${process.execPath}" bin/strata.mjs render; echo $? >code) | true; sleep 1`;
    const { stderr } = spawnSync('bash', ['-c', script], { cwd: project.folder, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(project.read('code')).toBe('0\n');
    expect(filesOf(project.path('dist'))).toEqual(tree);
  });
});

describe('a .strata that cannot be written', () => {
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const strata = (...args: readonly string[]) => project.strataWith(nobody, ...args);
  beforeAll(() => {
    chmodSync(project.path('.strata'), 0o555);
  });
  afterAll(() => chmodSync(project.path('.strata'), 0o755));
  const readable = project.run(['-e', "require('node:fs').statSync('node_modules/esbuild/package.json')"], nobody);
  const onlyThere = readable.status === 0 ? test : test.skip;

  onlyThere('is no trouble while the bundle in it is up to date', () => {
    const { status, stderr, stdout } = strata('targets');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('dev@kind');
  });

  onlyThere('is no trouble when a source was only touched', () => {
    utimesSync(project.path('model/near.ts'), new Date(), new Date());
    for (const _ of [1, 2]) expect(strata('targets')).toMatchObject({ status: 0, stderr: '' });
  });

  onlyThere('is one error when a bundle must be made, and leaves nothing behind', () => {
    writeFileSync(project.path('model/near.ts'), `${project.read('model/near.ts')}// changed\n`);
    const before = readdirSync(project.path('.strata'));
    const { status, stderr } = strata('targets');
    expect(stderr).toMatch(ONE_ERROR);
    expect(stderr).toMatch(/^error: .+\/\.strata: may not be read or written \(EACCES: /);
    expect(status).toBe(2);
    expect(readdirSync(project.path('.strata'))).toEqual(before);
  });

  onlyThere('is one error for `cdk8s synth`, which needs its link there', () => {
    chmodSync(project.path('.strata'), 0o755);
    project.strata('targets');
    chmodSync(project.path('.strata'), 0o555);
    const { status, stderr } = strata('synth');
    expect(stderr).toMatch(ONE_ERROR);
    expect(stderr).toMatch(/^error: \.strata\/synth: cannot be made: EACCES/);
    expect(status).toBe(2);
  });
});
