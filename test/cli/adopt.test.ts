import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commands } from '../../cli/commands';
import { judgingCommands } from '../../cli/judging';
import { program } from '../../cli/program';
import { newFolder } from '../render/support';

const strata = program({ version: '1.2.3', commands, judgingCommands });
const has = (name: string) => spawnSync(name, ['version']).status === 0;
const withKustomize = has('kustomize') ? test : test.skip;

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = newFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

async function run(...args: readonly string[]) {
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const code = await strata.run(args, { env: {}, print, printError: print });
  return { code, out: lines.join('\n') };
}

async function adopted(files: Readonly<Record<string, string>>, ...more: readonly string[]) {
  const path = folderOf(files);
  const to = join(newFolder(), 'shop');
  const before = textsBelow(path);
  const said = await run('adopt', path, to, '--strata', '*', ...more);
  expect(textsBelow(path)).toEqual(before);
  return { ...said, to, path };
}

function textsBelow(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'utf8')]),
  );
}

const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { ports: [{ port: 80 }] }\n';
const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: flags }\ndata: { a: "yes", b: "010" }\n';

describe('a folder of YAML', () => {
  test('becomes a project with the files of a new one around it', async () => {
    const { code, out, to } = await adopted({
      'a/web.yaml': SERVICE,
      'flags.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"flags"}}',
    });
    expect(out).toContain('default: 2 objects, no differences');
    expect(code).toBe(0);
    expect(readdirSync(to).sort()).toEqual(
      expect.arrayContaining([
        '.github',
        '.gitignore',
        'README.md',
        'cdk8s.yaml',
        'main.ts',
        'package.json',
        'platform.ts',
        'shared',
        'test',
      ]),
    );
    expect(readFileSync(join(to, 'shared/web.ts'), 'utf8')).toContain('satisfies Service');
    expect(existsSync(join(to, 'workloads/web.ts'))).toBe(false);
    expect(JSON.parse(readFileSync(join(to, 'package.json'), 'utf8'))).toMatchObject({
      name: 'shop',
      scripts: { adopted: 'jest test/adopted' },
    });
    const readme = readFileSync(join(to, 'README.md'), 'utf8');
    for (const [, path] of readme.matchAll(/^\| `([^`]+)` \|/gm))
      expect([path, existsSync(join(to, path!))]).toEqual([path, true]);
  });

  test('of folders that are called as environments are is these environments', async () => {
    const { out, to } = await adopted({ 'dev/flags.yaml': CONFIG, 'prod/flags.yaml': CONFIG.replace('yes', 'no') });
    expect(out).toContain('environments/prod.ts: 1 setting');
    expect(readFileSync(join(to, 'environments/prod.ts'), 'utf8')).toContain("a: because('no', 'prod/flags.yaml')");
  });

  test('may hold other files of YAML: the plan says which are left out', async () => {
    const compose = 'services:\n  web: { image: web }\n';
    const { out, code } = await adopted(
      {
        'a/web.yaml': SERVICE,
        'a/values.yaml': 'replicas: 1\n',
        'compose.yml': compose,
        'both.yaml': `${CONFIG}---\n- 1\n`,
      },
      '--dry-run',
    );
    expect(code).toBe(0);
    expect(out).toContain(
      '\n  left out, because they are no manifests: a/values.yaml, a part of both.yaml (line 6), compose.yml\n',
    );
    expect((await adopted({ 'web.yaml': SERVICE })).out).not.toContain('left out');
  });

  test('is read as Kubernetes reads it, and written so that every reader reads it so', async () => {
    const { to } = await adopted({
      'flags.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: flags }\ndata: { a: yes, b: "010", c: 1 }\n',
    });
    expect(readFileSync(join(to, 'shared/flags.ts'), 'utf8')).toMatch(/data: \{ a: true, b: '010', c: 1 \}/);
    expect(readFileSync(join(to, 'test/adopted/default.yaml'), 'utf8')).toContain("b: '010'");
  });
});

test('--dry-run shows the plan and writes nothing', async () => {
  const { code, out, to } = await adopted({ 'web.yaml': SERVICE }, '--dry-run');
  expect(code).toBe(0);
  expect(out).toContain('shared/web.ts: Service/web');
  expect(out).toContain('  test/adopted/default.yaml');
  expect(existsSync(to)).toBe(false);
});

test('init --from is the same', async () => {
  const to = join(newFolder(), 'shop');
  const { code, out } = await run('init', to, '--from', folderOf({ 'web.yaml': SERVICE }), '--strata', '*');
  expect([code, out]).toEqual([0, expect.stringContaining('default: 1 object, no differences')]);
  expect(existsSync(join(to, 'shared/web.ts'))).toBe(true);
});

test('nothing is overwritten', async () => {
  const path = folderOf({ 'web.yaml': SERVICE });
  const to = folderOf({ 'platform.ts': 'mine' });
  expect(await run('adopt', path, to, '--strata', '*')).toEqual({
    code: 2,
    out: expect.stringContaining('nothing is overwritten'),
  });
  expect(readdirSync(to)).toEqual(['platform.ts']);
});

const K = 'kustomization.yaml';
const REFUSED: Readonly<Record<string, readonly [files: Readonly<Record<string, string>>, said: string]>> = {
  'bases that are made of each other': [
    { [`a/${K}`]: 'resources: [../b]\n', [`b/${K}`]: 'resources: [../a]\n' },
    'is made of itself: a → b → a',
  ],
  'a file that is not there': [{ [K]: 'resources: [web.yaml]\n' }, 'resources: web.yaml is not there'],
  'a base without a kustomization': [
    { [`a/${K}`]: 'resources: [../b]\n', 'b/web.yaml': SERVICE },
    'resources: ../b has no kustomization.yaml',
  ],
  'a base that is fetched': [
    { [K]: 'resources: ["https://example.com/shop//base?ref=v1"]\n' },
    'is fetched from elsewhere',
  ],
  'a base that is fetched by git': [
    { [K]: 'bases: ["github.com/example/shop/base?ref=v1"]\n' },
    'is fetched from elsewhere',
  ],
  'a chart in a kustomization': [
    { [K]: 'helmCharts: [{ name: web, repo: https://example.com }]\n' },
    'vendor first: helm template',
  ],
  'a kustomization that is no YAML': [{ [K]: 'resources: [\n' }, `${K}: is no YAML`],
  'YAML that cannot be read': [{ 'web.yaml': 'apiVersion: v1\nkind: Service\n  name: [\n' }, 'web.yaml:3'],
  'an object without a name': [
    { 'job.yaml': 'apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: job- }\n' },
    'has no metadata.name',
  ],
  'a name that YAML reads as a boolean': [
    { 'web.yaml': SERVICE.replace('web', 'y') },
    'metadata.name is the boolean true, which is what YAML reads y as: Kubernetes takes strings only\n  fix: put it in quotes: name: "y"',
  ],
  'a name that YAML reads as a number': [
    { 'web.yaml': SERVICE.replace('web', '0x10') },
    'metadata.name is the number 16, which is what YAML reads 0x10 as',
  ],
  'a namespace that YAML reads as a boolean': [
    { 'web.json': '{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":true}}' },
    'web.json:1, Service: metadata.namespace is the boolean true: Kubernetes takes strings only',
  ],
  'one object in two files': [
    { 'a/web.yaml': SERVICE, 'b/more.json': '{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"}}' },
    'Service/web stands in a/web.yaml and in b/more.json',
  ],
  'one object twice in a file': [{ 'web.yaml': `${SERVICE}---\n${SERVICE}` }, 'Service/web stands twice in web.yaml'],
  'one object in two versions of its group': [
    {
      'dev/a.yaml': CONFIG,
      'prod/a.yaml': 'apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: { name: web }\n',
      'prod/b.yaml': 'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: web }\n',
    },
    'prod: HorizontalPodAutoscaler/web stands in prod/a.yaml and in prod/b.yaml',
  ],
  'more objects than anybody reads': [
    { 'all.yaml': Array.from({ length: 5_001 }, (_, i) => SERVICE.replace('web', `web-${i}`)).join('---\n') },
    'has 5001 objects: adopt writes code that people read, of 5000 objects at most',
  ],
  'a folder without objects': [{ 'notes.txt': 'none' }, 'there are no Kubernetes objects in it'],
};

test.each(Object.entries(REFUSED))('%s: one clear error, and nothing is written', async (_, [files, said]) => {
  const { code, out, to } = await adopted(files);
  expect([code, out]).toEqual([2, expect.stringContaining(said)]);
  expect(out).toMatch(/\n {2}fix: /);
  expect(out.match(/^error: /gm)).toHaveLength(1);
  expect(existsSync(to)).toBe(false);
});

withKustomize('an overlay that does not build: what kustomize says, and nothing is written', async () => {
  const { code, out, to } = await adopted({
    [K]: 'resources: [web.yaml]\npatches: [{ target: { kind: Service }, patch: "[{op: remove, path: /spec/nothing}]" }]\n',
    'web.yaml': SERVICE,
  });
  expect([code, out]).toEqual([2, expect.stringContaining('kustomize cannot build it: Error: ')]);
  expect(existsSync(to)).toBe(false);
});

const TWICE: Readonly<Record<string, readonly [files: Readonly<Record<string, string>>, said: string]>> = {
  'a file of its own and one of its base': [
    {
      [K]: 'resources: [base, web.yaml]\n',
      'web.yaml': SERVICE,
      [`base/${K}`]: 'resources: [a.yaml]\n',
      'base/a.yaml': SERVICE,
    },
    'Service/web stands in web.yaml and in base/a.yaml',
  ],
  'files of two bases, one of them of several objects': [
    {
      [`top/${K}`]: 'resources: [../a, ../b]\n',
      [`a/${K}`]: 'resources: [all.yaml]\n',
      'a/all.yaml': `${SERVICE}---\n${CONFIG}`,
      [`b/${K}`]: 'resources: [flags.yaml]\n',
      'b/flags.yaml': CONFIG,
    },
    'ConfigMap/flags stands in a/all.yaml and in b/flags.yaml',
  ],
  'two files that one namespace makes one': [
    {
      [K]: 'resources: [a.yaml, b.yaml]\nnamespace: shop\n',
      'a.yaml': SERVICE,
      'b.yaml': SERVICE.replace('name: web', 'name: web, namespace: tea'),
    },
    'Service/web stands in a.yaml and in b.yaml',
  ],
  'one file by two bases': [
    {
      [`top/${K}`]: 'resources: [../a, ../b]\n',
      [`a/${K}`]: 'resources: [../c]\n',
      [`b/${K}`]: 'resources: [../c]\n',
      [`c/${K}`]: 'resources: [web.yaml]\n',
      'c/web.yaml': SERVICE,
    },
    'Service/web of c/web.yaml comes in twice: by a/kustomization.yaml and by b/kustomization.yaml',
  ],
};

for (const [name, [files, said]] of Object.entries(TWICE))
  withKustomize(`one object from ${name}: both are named, and nothing is written`, async () => {
    const { code, out, to } = await adopted(files);
    expect([code, out]).toEqual([2, expect.stringContaining(said)]);
    expect(existsSync(to)).toBe(false);
  });

test('a path that is not there is said so', async () => {
  expect(await run('adopt', join(newFolder(), 'none'), newFolder(), '--strata', '*')).toEqual({
    code: 2,
    out: expect.stringContaining('is not there'),
  });
});

test('links that have no end, or lead nowhere, are said so', async () => {
  const path = folderOf({ 'a/web.yaml': SERVICE });
  symlinkSync(path, join(path, 'a/up'));
  expect((await run('adopt', path, join(newFolder(), 'shop'), '--strata', '*')).out).toContain(
    'is a link to a folder that it stands in',
  );
  const other = folderOf({ 'web.yaml': SERVICE });
  symlinkSync('gone.yaml', join(other, 'more.yaml'));
  expect((await run('adopt', other, join(newFolder(), 'shop'), '--strata', '*')).out).toContain(
    'is a link to a file that is not there',
  );
});

describe('the programs that build', () => {
  const bin = join(__dirname, '../../bin/strata.mjs');
  const withPath = (path: string, source: string, ...more: readonly string[]) => {
    const to = join(newFolder(), 'shop');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [bin, 'adopt', source, to, '--strata', '*', ...more],
      {
        env: { ...process.env, PATH: path },
        encoding: 'utf8',
      },
    );
    return { code: status, out: `${stdout}${stderr}`, isWritten: existsSync(to), to };
  };
  const tree = { [K]: 'resources: [web.yaml]\n', 'web.yaml': SERVICE };

  test('are named where they are missing, with what to install', () => {
    const none = newFolder();
    const missing = (said: string) => ({
      code: 2,
      isWritten: false,
      out: expect.stringContaining(said),
      to: expect.any(String),
    });
    expect(withPath(none, folderOf(tree))).toEqual(missing('neither kustomize nor kubectl is installed'));
    const chart = folderOf({ 'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n' });
    expect(withPath(none, chart)).toEqual(missing('helm is not installed'));
  });

  test.each([
    [[], '1.37'],
    [['--kubernetes', '1.31'], '1.31'],
    [['--kubernetes', 'v1.29.4'], '1.29'],
  ])('helm is asked for the version of Kubernetes that is given, else the newest: %j', (more, version) => {
    const only = newFolder();
    const printed = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: flags }\ndata:\n  args: '$*'";
    writeFileSync(join(only, 'helm'), `#!/bin/sh\necho "# Source: web/templates/all.yaml\n${printed}"\n`);
    chmodSync(join(only, 'helm'), 0o755);
    const chart = folderOf({ 'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n' });
    const { out, to } = withPath(`${only}:/bin`, chart, ...more);
    expect(out).toMatch(new RegExp(`^the chart \\S+, for Kubernetes ${version}: default`, 'm'));
    expect(readFileSync(join(to, 'test/adopted/default.yaml'), 'utf8')).toContain(`--kube-version ${version}.0`);
    expect(readFileSync(join(to, 'clusters/default.ts'), 'utf8')).toContain(`kubernetes: '${version}'`);
  });

  test('a version that nobody knows is refused', async () => {
    const { code, out } = await adopted({ 'web.yaml': SERVICE }, '--kubernetes', '1.12');
    expect([code, out]).toEqual([2, expect.stringContaining('--kubernetes 1.12: the known versions are')]);
  });

  test('are kubectl, where there is no kustomize', () => {
    const only = newFolder();
    writeFileSync(join(only, 'kubectl'), `#!/bin/sh\n[ "$1" = kustomize ] && echo '${SERVICE}'\n`);
    chmodSync(join(only, 'kubectl'), 0o755);
    expect(withPath(`${only}:/bin`, folderOf(tree)).out).toContain('1 object, no differences');
  });
});
