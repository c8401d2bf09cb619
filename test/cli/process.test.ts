import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checks } from '../../checks/registry';
import { images } from '../../model/images';
import { filesOf, newFolder } from '../render/support';
import { Project } from './project';

const copy = new Project();
const project = copy.folder;
const strata = (...args: readonly string[]) => copy.strata(...args);
const cdk8sSynth = () => copy.run(['node_modules/cdk8s-cli/bin/cdk8s', 'synth']);
const runIn = (cwd: string, ...args: readonly string[]) => copy.run(args, { cwd });
const treeOf = (name: string) => filesOf(join(project, name));

const first = strata('render');
const tree = treeOf('dist');
const entries = readdirSync(project);

/** Puts a file of the project into another state while a test runs; the file itself stays, so that its bundle need not be made again. */
function edited(path: string, change: (text: string) => string, body: () => void): void {
  const [full, aside] = [join(project, path), join(newFolder(), 'aside')];
  const text = readFileSync(full, 'utf8');
  expect(change(text)).not.toBe(text);
  renameSync(full, aside);
  writeFileSync(full, change(text));
  try {
    body();
  } finally {
    renameSync(aside, full);
  }
}

/** One clear message, code 2, and everything as it was. */
function expectRefusal({ status, stderr }: ReturnType<typeof strata>, ...parts: readonly (string | RegExp)[]): void {
  expect(stderr).not.toMatch(/^ +at /m);
  expect(stderr).toMatch(/^error: /);
  for (const part of parts) expect(stderr).toMatch(part);
  expect(status).toBe(2);
  expect(treeOf('dist')).toEqual(tree);
  expect(readdirSync(project)).toEqual(entries);
}

describe('strata render', () => {
  test('renders every target of the matrix', () => {
    expect(first.stderr).toBe('');
    expect(first.status).toBe(0);
    const targets = [...first.stdout.matchAll(/^(\w+)@(\w+) +\d+ objects +rendered$/gm)];
    expect(targets.length).toBeGreaterThan(1);
    for (const [, environment, cluster] of targets)
      expect(Object.keys(tree)).toContain(`${cluster}/${environment}/00-platform.yaml`);
    expect(Object.keys(tree)).toContain('argocd/applicationset.yaml');
  });

  test('renders them all again, with the same bytes', () => {
    const second = strata('render');
    expect(second.stdout).toBe(first.stdout);
    expect(treeOf('dist')).toEqual(tree);
  });

  test('gives the same bytes at another place', () => {
    strata('render', '--out', 'other');
    expect(treeOf('other')).toEqual(tree);
    rmSync(join(project, 'other'), { recursive: true });
  });

  test('of one target says that the others were kept', () => {
    const { stdout } = strata('render', 'dev@kind');
    expect(stdout).toMatch(/^dev@kind +\d+ objects +rendered$/m);
    expect(stdout.match(/ {2}not named, kept as it is$/gm)).toHaveLength(
      first.stdout.match(/ {2}rendered$/gm)!.length - 1,
    );
    expect(treeOf('dist')).toEqual(tree);
  });
});

describe('from a folder inside of the project', () => {
  const inside = join(project, 'environments');
  const program = join(project, 'bin/strata.mjs');

  test.each(['render', 'synth'])('strata %s writes the tree at the root, and nothing beside it', (command) => {
    const before = readdirSync(inside);
    rmSync(join(project, 'dist'), { recursive: true });
    const { status, stdout, stderr } = runIn(inside, program, command);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/ objects in \.\.\/dist\n$/);
    expect(treeOf('dist')).toEqual(tree);
    expect(readdirSync(inside)).toEqual(before);
  });

  test('a folder that is given is one of the caller', () => {
    expect(runIn(inside, program, 'render', 'dev@kind', '--out', 'mine').stdout).toMatch(/ objects in mine\n$/);
    expect(readdirSync(join(inside, 'mine'))).toContain('kind');
    rmSync(join(inside, 'mine'), { recursive: true });
  });
});

describe('cdk8s synth', () => {
  test('gives the same bytes as strata render', () => {
    rmSync(join(project, 'dist'), { recursive: true });
    expect(cdk8sSynth().status).toBe(0);
    expect(treeOf('dist')).toEqual(tree);
  });

  test('leaves the old tree when it fails, as strata does, and both name the line of a syntax error', () => {
    edited(
      'environments/dev.ts',
      (text) => text.replace('ephemeral: true,', 'ephemeral: ,'),
      () => {
        const place = /^error: environments\/dev\.ts:\d+:\d+: \S/;
        expectRefusal(strata('render'), place);
        const failed = cdk8sSynth();
        expect(failed.status).not.toBe(0);
        expect(failed.stderr).toContain('error: environments/dev.ts:');
        expect(treeOf('dist')).toEqual(tree);
      },
    );
  });
});

describe('strata explain', () => {
  const IMAGE = ['explain', 'prod@cloud', 'Deployment/web', 'spec.template.spec.containers.web.image'];

  test('says the image of a container, and the lines of the sources that made the object', () => {
    const { status, stdout, stderr } = strata(...IMAGE);
    expect([status, stderr]).toEqual([0, '']);
    const [object, made, ...lines] = stdout.split('\n');
    expect(object).toBe('Deployment/course-prod/web, in cloud/prod/*-web.yaml');
    expect(made).toMatch(/^ {2}made by constructs\/core\/controller\.ts:\d+$/);
    expect(lines.filter((line) => line.startsWith('     from ')).join()).toMatch(/platform\.ts:\d+/);
    expect(lines).toContain(`  spec.template.spec.containers[web].image: "${images.web}"`);
  });

  test('says the same from any other folder, and from one inside of the project', () => {
    const program = join(project, 'bin/strata.mjs');
    const here = strata(...IMAGE);
    for (const folder of [newFolder(), join(project, 'constructs/app')])
      expect(runIn(folder, program, ...IMAGE)).toEqual(here);
    expect(runIn(newFolder(), program, 'explain', 'dev@kind')).toEqual(strata('explain', 'dev@kind'));
  });

  test('names the line of a setting as it stands in the source', () => {
    const line = readFileSync(join(project, 'environments/prod.ts'), 'utf8')
      .split('\n')
      .findIndex((text) => text.includes('replicas: because('));
    expect(strata('explain', 'prod@cloud').stdout).toContain(
      `web.replicas = 3\n  environment, environments/prod.ts:${line + 1}: `,
    );
  });
});

describe('refused with one message and code 2, and nothing is written, is', () => {
  test('an unknown target', () => expectRefusal(strata('render', 'dev@kidn'), 'dev@kidn', 'did you mean dev@kind?'));

  test('no name for the folder', () => expectRefusal(strata('render', '--out', ''), '--out'));

  test('a folder of its own that strata cannot write', () => {
    const [folder, aside] = [join(project, '.strata'), join(newFolder(), 'aside')];
    renameSync(folder, aside);
    writeFileSync(folder, 'no folder');
    try {
      expectRefusal(strata('render'), '.strata');
    } finally {
      rmSync(folder);
      renameSync(aside, folder);
    }
  });

  test.each([
    [
      'that package.json does not list',
      '@team/lib/part',
      'clusters/kind.ts:1: the package @team/lib is not installed, and',
      'npm install --save-dev @team/lib',
    ],
    [
      'that lacks what is imported',
      'cdk8s/nothing',
      'clusters/kind.ts:1: the package cdk8s has no cdk8s/nothing',
      'import what its package.json exports',
    ],
  ])('a package %s, told with the file that imports it', (_, name, found, fix) =>
    edited(
      'clusters/kind.ts',
      (text) => `import '${name}';\n${text}`,
      () => expectRefusal(strata('render'), found, fix),
    ),
  );
  test('a package that package.json lists and nobody installed', () =>
    edited(
      'package.json',
      (text) => text.replace('"devDependencies": {', '"devDependencies": { "left-out": "1.0.0",'),
      () =>
        edited(
          'main.ts',
          (text) => `import 'left-out';\n${text}`,
          () =>
            expectRefusal(
              strata('render'),
              'main.ts:1: the package left-out is not installed',
              /install what package\.json lists: npm (ci|install)/,
            ),
        ),
    ));

  test.each([
    [
      'a setting that does not exist',
      'environments/prod.ts',
      'retention:',
      'retentoin:',
      /did you mean prometheus\.retention\?/,
    ],
    ['a wrong unit', 'environments/prod.ts', "'24Gi'", "'24GB'", /not a size/],
    ['a wrong unit inside a value', 'environments/prod.ts', "'128Mi'", "'64MB'", /its memory is not a size/],
    ['CPU in words', 'clusters/kind.ts', "cpu: '2'", "cpu: '0.5 cores'", /not CPU/],
    ['a version that is a number', 'clusters/shared.ts', "'1.34'", '1.32', /not a Kubernetes version/],
    ['a version with a patch', 'clusters/shared.ts', "'1.34'", "'1.32.5'", /not a Kubernetes version/],
    ['a version that is not supported any more', 'clusters/shared.ts', "'1.34'", "'1.27'", /older than 1\.28/],
    ['a missing fact', 'clusters/cloud.ts', "  argoCluster: 'cloud',\n", '', /argoCluster/],
    [
      'an environment whose name is no label',
      'environments/dev.ts',
      "environment('dev'",
      "environment('QA Test'",
      /QA Test/,
    ],
    ['a cluster whose name is a path', 'clusters/kind.ts', "cluster('kind'", "cluster('on/prem'", /on\/prem/],
    [
      'two default classes',
      'clusters/cloud.ts',
      "name: 'fast',",
      "name: 'fast',\n      isDefault: true,",
      /more than one default class/,
    ],
    [
      'an empty reason',
      'environments/dev.ts',
      "'one pod is enough to look at, and the log is in one place'",
      "''",
      /gives no reason/,
    ],
  ])('%s', (_, file, written, wrong, found) => {
    edited(
      file,
      (text) => text.replace(written, wrong),
      () => expectRefusal(strata('render'), found),
    );
  });
});

describe('to a shell', () => {
  const SERVICE = checks.find(({ id }) => id === 'service-selects-workload')!.example;
  const folder = newFolder();
  const [good, broken, bad] = ['good.yaml', 'broken.yaml', 'bad.yaml'].map((name) => join(folder, name));
  writeFileSync(good!, SERVICE.fixed);
  writeFileSync(broken!, SERVICE.broken);
  writeFileSync(bad!, 'kind: [');
  /** What a line of bash gives, in which `strata` is the program of the project. */
  const shell = (line: string) =>
    copy.run(['-c', `strata() { "${process.execPath}" bin/strata.mjs "$@"; }; ${line}`], { program: 'bash' });

  test.each<[number, string, string]>([
    [0, 'nothing will break', `verify ${good} --only service-selects-workload`],
    [1, 'something will break', `verify ${broken} --only service-selects-workload`],
    [2, 'something cannot be read', `verify ${good} ${bad} --only service-selects-workload`],
    [2, 'something cannot be read, whatever else will break', `verify ${broken} ${bad}`],
    [0, 'flows are listed', `flows ${good}`],
    [2, 'flows of what cannot be read', `flows ${bad}`],
    [0, 'help is asked for', 'verify --help'],
    [0, 'the version is asked for', '--version'],
    [2, 'no command is given', ''],
    [2, 'there is no such command', 'rendr'],
    [2, 'there is no such option', 'render --ot x'],
    [2, 'there is no such object', 'explain dev@kind Service/nothing'],
  ])('%i is told where %s', (code, _, args) => expect(shell(`strata ${args}`).status).toBe(code));

  test('the code is that of the judgement, also when nobody reads all of it', () => {
    const line = (path: string) => `strata verify ${path} --format json | head -c 1; echo " \${PIPESTATUS[0]}"`;
    expect(shell(line(broken!))).toMatchObject({ stdout: '{ 1\n', stderr: '' });
    expect(shell(line(bad!))).toMatchObject({ stdout: '{ 2\n', stderr: '' });
  });

  test.each([
    ['a pipe', '2>&1 | cat'],
    ['a file', '>both 2>&1; cat both; rm both'],
  ])('errors and results come in the order in which they were told, into %s', (_, redirected) => {
    const { stdout } = shell(`strata flows ${bad} ${good} ${redirected}`);
    const [first, ...others] = stdout.trimEnd().split('\n');
    expect(first).toContain(`${bad}:1:`);
    expect(others.at(-1)).toMatch(/^\d+ ports?, \d+ flows?: /);
    expect(others.join()).not.toContain('bad.yaml');
  });
});
