import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { newFolder } from '../render/support';
import { readRepository } from '../support/repository';
import { CHART, HELM_OUTPUT, KUSTOMIZATION, SERVICE_WITHOUT_PODS } from './examples';
import { Installed } from './installed';

jest.setTimeout(120_000);

const installed = new Installed();
const { folder, project } = installed;
const strata: Installed['strata'] = (...call) => installed.strata(...call);
const write: Installed['write'] = (...file) => installed.write(...file);
const has = (program: string) =>
  (process.env['PATH'] ?? '').split(delimiter).find((place) => existsSync(join(place, program)));
write('broken.yaml', SERVICE_WITHOUT_PODS);

test('the package brings all that it needs, and no other package', () => {
  const packages = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
  expect(packages).toEqual(['strata']);
  const files = readdirSync(join(folder, 'node_modules/strata'), { recursive: true, encoding: 'utf8' });
  const sources = files.filter(
    (name) => /\.ts$/.test(name) && !/\.d\.ts$|^templates\//.test(name.replace(/^node_modules\/strata\//, '')),
  );
  expect([...sources, ...files.filter((name) => /esbuild|typescript/.test(name))]).toEqual([]);
  // The licences of what is in the bundles go with them.
  const licences = readFileSync(join(folder, 'node_modules/strata/.strata/packed/LICENSES.txt'), 'utf8');
  for (const name of ['js-yaml 5.5.0', '@bufbuild/cel 0.6.1', '@prometheus-io/lezer-promql 0.315.0'])
    expect(licences).toContain(name);
});

test('verify finds what will break, with its place, and ends with 1', () => {
  const { status, stdout, stderr } = strata(['verify', 'broken.yaml']);
  expect([status, stderr]).toEqual([1, '']);
  expect(stdout).toContain('service-selects-workload');
  expect(stdout).toMatch(/Service\/shop\/web {2}spec\.selector = .* {2}broken\.yaml:\d+:3/);
  // Without paths it is this folder.
  expect(strata(['verify']).stdout).toBe(stdout);
});

test('the package says the same as the program of the repository', () => {
  const samples = ['nginx-plain', 'prometheus-operator', 'plain-prometheus-grafana', 'operator', 'gateway-api'];
  const paths = samples.map((name) => join(__dirname, `../checks/ordinary/${name}.yaml`));
  for (const args of [
    ['verify', ...paths, '--format', 'json'],
    ['flows', ...paths, '--format', 'json'],
    ['checks', '--format', 'json'],
    ['checks', 'pdb-selects'],
  ]) {
    const { stdout } = strata(args);
    expect(stdout.length).toBeGreaterThan(200);
    expect(stdout).toBe(project.run([join(project.folder, 'bin/strata.mjs'), ...args], { cwd: folder }).stdout);
  }
});

test('expressions in CEL and queries are judged: their libraries are in the package', () => {
  write(
    'cel/.strata.yaml',
    `rules:\n  - { id: team-label, kinds: [Service], expression: "has(object.metadata.labels)", message: no labels, fix: add labels }\n`,
  );
  const found = strata(['verify', 'broken.yaml', '--config', 'cel/.strata.yaml', '--all']);
  expect(found.stdout + found.stderr).toContain('team-label');
  write(
    'query.yaml',
    `apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: { name: r, namespace: shop }\nspec:\n  groups:\n    - name: g\n      rules:\n        - { alert: A, expr: 'sum(rate(up[5m])' }\n`,
  );
  expect(strata(['verify', 'query.yaml'])).toMatchObject({ status: 1, stdout: expect.stringContaining('expr') });
});

test('many files are read in several threads', () => {
  for (let i = 0; i < 40; i++)
    write(`many/${i}.yaml`, `${SERVICE_WITHOUT_PODS}\n${'# a comment that makes the file long\n'.repeat(700)}`);
  const { status, stdout, stderr } = strata(['verify', 'many', '--format', 'json']);
  expect([status, stderr]).toEqual([1, '']);
  expect(JSON.parse(stdout).summary.objects).toBe(80);
});

describe('a Kustomize folder', () => {
  beforeAll(() => {
    for (const [path, text] of Object.entries(KUSTOMIZATION.files)) write(`kustomize/${path}`, text);
  });

  test('is judged as standard input when the machine cannot render it', () => {
    const { status, stdout } = strata(['verify', 'kustomize/overlay']);
    expect(status).toBe(2);
    expect(stdout).toContain('kustomize build kustomize/overlay | strata verify -');
    const piped = strata(['verify', '-'], { input: KUSTOMIZATION.output });
    expect(piped.stdout).toContain('Service/prod/web  spec.selector');
    expect(piped.status).toBe(1);
  });

  const kustomize = has('kustomize');
  (kustomize === undefined ? test.skip : test)('is rendered when kustomize is installed', () => {
    const { status, stdout } = strata(['verify', 'kustomize/overlay'], { path: [installed.node, kustomize!] });
    expect(stdout).toContain('kustomize build kustomize/overlay:');
    expect(stdout).toContain('Service/prod/web  spec.selector');
    expect(status).toBe(1);
  });
});

describe('a Helm chart', () => {
  test('is judged as standard input when the machine cannot render it', () => {
    for (const [path, text] of Object.entries(CHART)) write(`chart/${path}`, text);
    const { status, stdout } = strata(['verify', 'chart']);
    expect(status).toBe(2);
    expect(stdout).toContain('helm template release chart');
    const piped = strata(['verify', '-'], { input: HELM_OUTPUT });
    expect(piped.stdout).toContain('service-targetport-resolves');
    expect(piped.status).toBe(1);
  });
});

test('what changes between two folders is told where no project is', () => {
  write('before/web.yaml', SERVICE_WITHOUT_PODS);
  write('after/web.yaml', SERVICE_WITHOUT_PODS.replace('name: web\n', 'name: api\n'));
  const { status, stdout, stderr } = strata(['diff', 'before', 'after']);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('renamed: Deployment/shop/api, before Deployment/shop/web');
  expect(strata(['diff', 'before']).stderr).toContain('call strata diff BEFORE AFTER');
});

test('an editor gets the findings of what is not saved yet, at the name and the lines of the file', () => {
  const input = SERVICE_WITHOUT_PODS.replace('name: web\n', 'name: api\n');
  const { stdout } = strata(['verify', '-', '--stdin-filename', 'k8s/web.yaml', '--format', 'json'], { input });
  const files = new Set(JSON.parse(stdout).findings.map(({ file }: { file: string }) => file));
  expect([...files]).toEqual(['k8s/web.yaml']);
  expect(strata(['verify', 'broken.yaml', '--stdin-filename', 'x.yaml'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('add - to the files and folders'),
  });
});

test('the help has the commands that work there, and none that renders', () => {
  const { stdout } = strata(['help']);
  expect([...stdout.matchAll(/^ {2}(\w+) {2,}/gm)].map(([, name]) => name)).toEqual([
    ...[
      'verify',
      'checks',
      'flows',
      'diff',
      'simulate',
      'plan',
      'alerts',
      'chain',
      'route',
      'facts',
      'init',
      'adopt',
      'help',
      'completion',
    ],
  ]);
  expect(strata(['render'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('no project found: looked for a main.ts'),
  });
  expect(strata(['--version']).stdout).toBe(`strata ${JSON.parse(readRepository('package.json')).version}\n`);
  expect(strata(['__complete', 'verify', '--only', 'pdb-se']).stdout).toBe('pdb-selects\n');
});

test('what V8 compiled is kept among the caches of a user who may not write beside the program', () => {
  const [place, caches] = [newFolder(), newFolder()];
  cpSync(join(folder, 'node_modules/strata'), join(place, 'strata'), { recursive: true });
  const packed = join(place, 'strata/.strata/packed');
  for (const name of readdirSync(packed)) if (/compiled/.test(name)) rmSync(join(packed, name), { recursive: true });
  // Root may write everywhere, so somebody else runs it.
  const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  chmodSync(place, 0o755);
  chmodSync(packed, 0o555);
  if ('uid' in user) chownSync(caches, 65534, 65534);
  const { status } = spawnSync(process.execPath, [join(place, 'strata/bin/strata.mjs'), 'checks'], {
    ...user,
    cwd: '/',
    env: { XDG_CACHE_HOME: caches },
  });
  chmodSync(packed, 0o755);
  expect(status).toBe(0);
  expect(readdirSync(packed)).not.toEqual(expect.arrayContaining([expect.stringMatching(/compiled/)]));
  expect(readdirSync(join(caches, 'strata')).every((name) => name.includes('compiled'))).toBe(true);
});
