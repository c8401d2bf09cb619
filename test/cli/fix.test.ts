import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import course from '../../main';
import { strata } from '../../tool';
import { readRepository } from '../support/repository';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fix-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}
const text = (path: string) => readFileSync(path, 'utf8');
async function verify(...args: readonly string[]) {
  const [printed, errors]: [string[], string[]] = [[], []];
  const host = {
    env: {},
    composition: () => course,
    print: (line: string) => printed.push(line),
    printError: (line: string) => errors.push(line),
  };
  const code = await strata.run(['verify', ...args], host);
  return { code, out: printed.join('\n').replaceAll(folder, '.'), errors: errors.join('\n').replaceAll(folder, '.') };
}

const BROKEN = `# the shop
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop } # a name
spec:
  selector: { app: web }
  ports: [{ port: '80' }]
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { containers: [{ name: web, image: 'shop/web:1.2.0', env: [{ name: A, value: 1.10 }] }] }
`;
const FIXED = BROKEN.replace("'80'", '80').replace('1.10', '"1.10"');

test('--fix shows what changes, writes it, and reports what is left', async () => {
  const path = file('web.yaml', BROKEN);
  const { code, out, errors } = await verify('--fix', path);
  expect(errors).toBe('');
  const [shown, rest] = out.split('\nfixed 2 findings in 1 file\n');
  expect(shown).toBe(`--- ./web.yaml
+++ ./web.yaml
@@ -4,9 +4,9 @@
 metadata: { name: web, namespace: shop } # a name
 spec:
   selector: { app: web }
-  ports: [{ port: '80' }]
+  ports: [{ port: 80 }]
 ---
 apiVersion: v1
 kind: Pod
 metadata: { name: web, namespace: shop, labels: { app: web } }
-spec: { containers: [{ name: web, image: 'shop/web:1.2.0', env: [{ name: A, value: 1.10 }] }] }
+spec: { containers: [{ name: web, image: 'shop/web:1.2.0', env: [{ name: A, value: "1.10" }] }] }`);
  expect(rest).toContain('0 will break');
  expect(code).toBe(0);
  expect(text(path)).toBe(FIXED);
  expect(readdirSync(folder)).toEqual(['web.yaml']);

  const second = await verify('--fix', path);
  expect(second.out).toMatch(/^fixed 0 findings in 0 files\n/);
  expect(text(path)).toBe(FIXED);
});

test('the difference can be applied by others', async () => {
  const path = file('web.yaml', BROKEN);
  const { out } = await verify('--fix', '--dry-run', path);
  const { status } = spawnSync('git', ['apply', '-p0', '-'], {
    cwd: folder,
    input: `${out.split('\nwould fix')[0]!.replaceAll('./', '')}\n`,
  });
  expect(status).toBe(0);
  expect(text(path)).toBe(FIXED);
});

test('--dry-run writes nothing, and its report and its code are those of the files as they are', async () => {
  const path = file('web.yaml', BROKEN);
  const { code, out } = await verify('--fix', '--dry-run', path);
  expect(out).toContain('\n+  ports: [{ port: 80 }]\n');
  expect(out).toContain('\nwould fix 2 findings in 1 file; nothing is written (--dry-run)\n');
  expect(out).toContain('2 will break');
  expect(code).toBe(1);
  expect(text(path)).toBe(BROKEN);
  expect(await verify('--dry-run', path)).toMatchObject({ code: 2, errors: expect.stringContaining('add --fix') });
});

test('permissions stay, and a link stays a link', async () => {
  const path = file('real/web.yaml', BROKEN);
  chmodSync(path, 0o640);
  symlinkSync(path, join(folder, 'link.yaml'));
  await verify('--fix', join(folder, 'link.yaml'));
  expect(text(path)).toBe(FIXED);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(lstatSync(join(folder, 'link.yaml')).isSymbolicLink()).toBe(true);
});

test('what is suppressed is accepted, so it stays; --only says which checks fix', async () => {
  const suppressed = BROKEN.replace("'80'", "'80' # strata: ignore schema-valid an operator reads it\n    ").replace(
    ' # a name',
    '',
  );
  const path = file('web.yaml', suppressed);
  await verify('--fix', path, '--only', 'pdb-selects');
  expect(text(path)).toBe(suppressed);
  await verify('--fix', path);
  expect(text(path)).toContain("'80'");
  expect(text(path)).toContain('"1.10"');
});

test('what is fixed may show more to fix: all of it is done at once', async () => {
  const path = file('web.yaml', BROKEN.replace('ports: [{ port:', 'prots: [{ port:'));
  expect((await verify('--fix', path)).out).toContain('fixed 3 findings in 1 file');
  expect(text(path)).toBe(FIXED);
});

describe('without --fix, the last line says what it would correct,', () => {
  const lastLine = async (path: string, ...options: readonly string[]) =>
    (await verify(path, ...options)).out.split('\n').at(-1);

  test('how many findings, and of which checks', async () => {
    expect(await lastLine(file('web.yaml', BROKEN))).toBe('--fix corrects 2 of these: schema-valid');
    const doubled = BROKEN.replace("'80'", '80').replace('selector:', 'selector: { app: web }\n  selector:');
    expect(await lastLine(file('twice.yaml', doubled))).toBe(
      '--fix corrects 2 of these: schema-valid, duplicate-yaml-key',
    );
  });
  test('not what it would refuse: a chart, an alias, a rendered tree', async () => {
    file('chart/Chart.yaml', 'name: web\n');
    const inChart = file('chart/templates/web.yaml', BROKEN);
    expect(await lastLine(inChart)).toMatch(/ 2 will break/);
    const shared = BROKEN.replace('1.10', '"1.10"').replace("port: '80'", "port: &p '80', targetPort: *p");
    expect(await lastLine(file('shared.yaml', shared))).toMatch(/^2 objects/);
    file('dist/index.json', JSON.stringify({ targets: { 'kind/dev': {} } }));
    file('dist/kind/dev/web.yaml', BROKEN);
    expect(await lastLine(join(folder, 'dist'))).toMatch(/^2 objects/);
  });
  test('nothing after --fix or --dry-run, which have said it', async () => {
    const path = file('web.yaml', BROKEN);
    expect(await lastLine(path, '--fix', '--dry-run')).toMatch(/^2 objects/);
    expect(await lastLine(path, '--fix')).toMatch(/^2 objects/);
  });
});

describe('is not edited, and that is said:', () => {
  test('part of a chart', async () => {
    file('chart/Chart.yaml', 'name: web\n');
    const path = file('chart/templates/web.yaml', BROKEN);
    expect((await verify('--fix', path)).out).toMatch(
      /^not fixed: schema-valid .*web\.yaml:\d+: it is part of a Helm chart/m,
    );
    expect(text(path)).toBe(BROKEN);
  });
  test('what helm template printed', async () => {
    const path = file('out.yaml', `---\n# Source: web/templates/web.yaml\n${BROKEN}`);
    expect((await verify('--fix', path)).out).toContain('helm template rendered it');
    expect(text(path)).toContain("'80'");
  });
  test('what an alias shares', async () => {
    const shared = BROKEN.replace('selector: { app: web }', "selector: { app: web }\n  x: &p '80'").replace(
      "port: '80'",
      'port: *p',
    );
    const path = file('web.yaml', shared);
    const { out } = await verify('--fix', path);
    expect(out).toContain('not fixed: schema-valid Service/shop/web spec.ports[0].port');
    expect(text(path)).toContain('port: *p');
  });
  test('a tree that strata rendered', async () => {
    file('dist/index.json', JSON.stringify({ targets: { 'kind/dev': {} } }));
    const path = file('dist/kind/dev/web.yaml', BROKEN);
    expect((await verify('--fix', join(folder, 'dist'))).out).toContain('strata renders it: change its source');
    expect(text(path)).toBe(BROKEN);
  });
  test('standard input, and the output of other programs', () => {
    const run = (args: readonly string[], input = '') =>
      spawnSync(process.execPath, [join(__dirname, '../../bin/strata.mjs'), 'verify', '--fix', ...args], {
        cwd: folder,
        input,
        encoding: 'utf8',
      });
    const path = file('web.yaml', BROKEN);
    for (const args of [['-'], ['-', '--stdin-filename', 'web.yaml']])
      expect(run(args, BROKEN).stdout).toContain('standard input is not edited');
    expect(text(path)).toBe(BROKEN);
    file('k/kustomization.yaml', 'resources: [web.yaml]\n');
    const inner = file('k/web.yaml', BROKEN.replace('1.10', '"1.10"'));
    const { stdout } = run(['k']);
    if (!/not installed/.test(stdout)) expect(stdout).toContain('it is the output of a program');
    expect(text(inner)).toContain("'80'");
  });
});

test('other formats stay what they are: what changes is told beside them, and the repair is in the JSON', async () => {
  const path = file('web.yaml', BROKEN);
  const { out, errors } = await verify('--fix', '--dry-run', '--format', 'json', path);
  const validate = new Ajv({ strict: false }).compile(JSON.parse(readRepository('docs/finding.schema.json')) as object);
  const report = JSON.parse(out) as { readonly findings: readonly { readonly repair?: object }[] };
  validate(report);
  expect(validate.errors).toBeNull();
  expect(report.findings.flatMap(({ repair }) => repair ?? [])).toEqual([
    { do: 'quote', document: 1, path: ['spec', 'containers', 0, 'env', 0, 'value'] },
    { do: 'replace', from: '80', with: 80, document: 0, path: ['spec', 'ports', 0, 'port'] },
  ]);
  expect(errors).toContain('+  ports: [{ port: 80 }]');
});
