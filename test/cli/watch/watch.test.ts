import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newFolder } from '../../render/support';
import { Project } from '../project';

jest.setTimeout(120_000);

const project = new Project();
const running: ChildProcess[] = [];
afterEach(() => running.splice(0).forEach((child) => child.kill()));

/** A command that goes on running. `next` gives what it printed up to the end of its next run. */
function watching(...args: readonly string[]) {
  const child = spawn(process.execPath, ['bin/strata.mjs', ...args, '--watch'], { cwd: project.folder });
  running.push(child);
  let text = '';
  let wake = () => {};
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      wake();
    });
  child.on('exit', () => wake());
  const DONE = /^\d+\.\d\d s; watching for changes, Ctrl-C ends\n/m;
  const next = async () => {
    while (!DONE.test(text)) {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${text}`);
      await new Promise<void>((resolve) => (wake = resolve));
    }
    const { index, 0: match } = DONE.exec(text)!;
    const printed = text.slice(0, index);
    text = text.slice(index + match.length);
    return printed;
  };
  /** What is printed in the time that further runs would take. */
  const silence = async () => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return text;
  };
  return { next, silence };
}

/** Replaces the file, as editors do. */
function save(path: string, change: (text: string) => string): void {
  const text = project.read(path);
  expect(change(text)).not.toBe(text);
  writeFileSync(project.path(`${path}.fresh~`), change(text));
  renameSync(project.path(`${path}.fresh~`), project.path(path));
}
const replicas = () => /replicas: (\d+)/.exec(project.read('dist/shared/dev/20-web.yaml'))?.[1];

test('render --watch renders what was saved, tells errors and goes on', async () => {
  const { next, silence } = watching('render');
  expect(await next()).toMatch(/^6 targets, \d+ objects in dist$/m);
  expect(replicas()).toBe('1');

  save('environments/dev.ts', (text) => text.replace('because(1,', 'because(2,'));
  expect(await next()).toMatch(/^changed: environments\/dev\.ts\n(.*\n)*6 targets, /);
  expect(replicas()).toBe('2');

  save('environments/dev.ts', (text) => text.replace('ephemeral: true', 'ephemeral: '));
  expect(await next()).toMatch(/^changed: .*\nerror: environments\/dev\.ts:\d+:\d+: [^\n]+\n$/);
  save('environments/dev.ts', (text) =>
    text.replace('ephemeral: ', 'ephemeral: true').replace('because(2,', 'because(-1,'),
  );
  expect(await next()).toMatch(/^error: dev@kind, environment layer, web\.replicas: is -1/m);
  expect(replicas()).toBe('2');

  // Many files at once are one run.
  save('environments/dev.ts', (text) => text.replace('because(-1,', 'because(3,'));
  for (const name of ['prod', 'staging']) save(`environments/${name}.ts`, (text) => `${text}// saved\n`);
  expect(await next()).toMatch(/^changed: environments\/dev\.ts, environments\/prod\.ts, environments\/staging\.ts\n/);
  expect(replicas()).toBe('3');
  // What it writes itself starts no run.
  expect(await silence()).toBe('');
});

test('render --watch sees raw files that a source reads, also in a new folder', async () => {
  const { next } = watching('render', 'dev@shared');
  await next();
  mkdirSync(project.path('environments/raw'));
  writeFileSync(project.path('environments/raw/replicas'), '4');
  await next();
  save(
    'environments/dev.ts',
    (text) =>
      `import { readFileSync } from 'node:fs';\nconst raw = Number(readFileSync('environments/raw/replicas', 'utf8'));\n${text.replace('because(3,', 'because(raw,')}`,
  );
  await next();
  expect(replicas()).toBe('4');
  save('environments/raw/replicas', () => '5');
  await next();
  expect(replicas()).toBe('5');
});

test('verify --watch judges the files that were saved, by the checks as they are', async () => {
  const folder = newFolder();
  const file = join(folder, 'a.yaml');
  const service = (port: number) =>
    `apiVersion: v1\nkind: Service\nmetadata: { name: a, namespace: shop }\nspec: { type: ExternalName, externalName: example.com, ports: [{ port: ${port} }] }\n`;
  writeFileSync(file, service(80));
  const { next } = watching('verify', folder, '--only', 'schema-valid,kind-known');
  expect(await next()).toMatch(/^1 object, 2 checks: 0 will break/m);
  writeFileSync(file, service(99999));
  expect(await next()).toMatch(/^changed: .*a\.yaml\n(.*\n)*1 object, 2 checks: 1 will break/);
  writeFileSync(file, 'kind: [');
  expect(await next()).toMatch(/could not be judged/);
  rmSync(file);
  writeFileSync(join(folder, 'b.yaml'), service(99999));
  expect(await next()).toMatch(/schema-valid/);
  save('checks/schema.ts', (source) => source.replace('message: messageOf(', "message: 'said anew: ' + messageOf("));
  expect(await next()).toMatch(/^ {2}schema-valid {2}said anew: /m);
  // Data that no import names.
  save('upstream/kubernetes/data/kubernetes.json', (data) => data.replace('"v1 Service"', '"v1 Servant"'));
  expect(await next()).toMatch(/^ {2}kind-known {2}/m);
});

test('standard input cannot be watched', () => {
  const { status, stderr } = project.strata('verify', '-', '--watch');
  expect([status, stderr]).toEqual([
    2,
    'error: strata verify --watch: standard input cannot be watched\n  fix: name a file or folder\n',
  ]);
});
