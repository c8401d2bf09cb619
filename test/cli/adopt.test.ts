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
  const withPath = (path: string, source: string) => {
    const to = join(newFolder(), 'shop');
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'adopt', source, to, '--strata', '*'], {
      env: { ...process.env, PATH: path },
      encoding: 'utf8',
    });
    return { code: status, out: `${stdout}${stderr}`, isWritten: existsSync(to) };
  };
  const tree = { [K]: 'resources: [web.yaml]\n', 'web.yaml': SERVICE };

  test('are named where they are missing, with what to install', () => {
    const none = newFolder();
    const missing = (said: string) => ({ code: 2, isWritten: false, out: expect.stringContaining(said) });
    expect(withPath(none, folderOf(tree))).toEqual(missing('neither kustomize nor kubectl is installed'));
    const chart = folderOf({ 'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n' });
    expect(withPath(none, chart)).toEqual(missing('helm is not installed'));
  });

  test('are kubectl, where there is no kustomize', () => {
    const only = newFolder();
    writeFileSync(join(only, 'kubectl'), `#!/bin/sh\n[ "$1" = kustomize ] && echo '${SERVICE}'\n`);
    chmodSync(join(only, 'kubectl'), 0o755);
    expect(withPath(`${only}:/bin`, folderOf(tree)).out).toContain('1 object, no differences');
  });
});
