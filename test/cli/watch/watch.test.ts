import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
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
  /** Goes on to the run that prints this, or after which this holds: on a busy machine one save may be seen in two runs. */
  const until = async (expected: RegExp | (() => boolean)) => {
    const runs: string[] = [];
    const late = new Promise<never>((_, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no run printed ${expected}, but:\n${runs.join('\n')}\n${text}`)),
        60_000,
      );
      timer.unref();
    });
    for (;;) {
      const printed = await Promise.race([next(), late]);
      runs.push(printed);
      if (typeof expected === 'function' ? expected() : expected.test(printed)) return;
    }
  };
  /** What is printed in the time that further runs would take. */
  const silence = async () => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return text;
  };
  return { next, until, silence };
}

/** Puts a whole file in the place of the old one, as editors do. */
function put(path: string, text: string): void {
  writeFileSync(`${path}~`, text);
  renameSync(`${path}~`, path);
}
function save(path: string, change: (text: string) => string): void {
  const text = project.read(path);
  expect(change(text)).not.toBe(text);
  put(project.path(path), change(text));
}
const replicas = () => /replicas: (\d+)/.exec(project.read('dist/shared/dev/20-web.yaml'))?.[1];

test('render --watch renders what was saved, tells errors and goes on', async () => {
  const { next, until, silence } = watching('render');
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

  save('environments/dev.ts', (text) => text.replace('because(-1,', 'because(3,'));
  await until(() => replicas() === '3');
  // What it writes itself starts no run.
  expect(await silence()).toBe('');
});

test('render --watch sees raw files that a source reads, also in a new folder', async () => {
  const { next, until } = watching('render', 'dev@shared');
  await next();
  mkdirSync(project.path('environments/raw'));
  put(project.path('environments/raw/replicas'), '4');
  await next();
  save(
    'environments/dev.ts',
    (text) =>
      `import { readFileSync } from 'node:fs';\nconst raw = Number(readFileSync('environments/raw/replicas', 'utf8'));\n${text.replace('because(3,', 'because(raw,')}`,
  );
  await until(() => replicas() === '4');
  save('environments/raw/replicas', () => '5');
  await until(() => replicas() === '5');
});

test('render --watch sees the inputs of a platform, also outside of its folder', async () => {
  const file = join(newFolder(), 'input.yaml');
  const map = (value: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: input, namespace: course-dev }\ndata: { k: ${value} }\n`;
  put(file, map('first'));
  save('platform.ts', (text) =>
    text
      .replace('import { Redis }', "import { FromYaml } from 'strata/constructs/inputs/from-yaml';\nimport { Redis }")
      .replace(
        '    platform.publish(',
        `    new FromYaml(platform.component('input'), 'input', { path: '${file}' });\n    platform.publish(`,
      ),
  );
  const { next, until } = watching('render', 'dev@shared');
  await next();
  expect(project.read('dist/shared/dev/10-input.yaml')).toContain('k: first');
  put(file, map('second'));
  await until(() => project.read('dist/shared/dev/10-input.yaml').includes('k: second'));
});

test('verify --watch judges the files that were saved, by the checks as they are', async () => {
  const folder = newFolder();
  const file = join(folder, 'a.yaml');
  const service = (port: number) =>
    `apiVersion: v1\nkind: Service\nmetadata: { name: a, namespace: shop }\nspec: { type: ExternalName, externalName: example.com, ports: [{ port: ${port} }] }\n`;
  put(file, service(80));
  const { next, until } = watching('verify', folder, '--only', 'schema-valid,kind-known');
  expect(await next()).toMatch(/^1 object, 2 checks: 0 will break/m);
  put(file, service(99999));
  // The file that an editor renames may be seen, too.
  await until(/^changed: .*\ba\.yaml\b.*\n(.*\n)*1 object, 2 checks: 1 will break/);
  put(file, 'kind: [');
  await until(/could not be judged/);
  renameSync(file, join(folder, 'b.yaml'));
  await until(/could not be judged/);
  put(join(folder, 'b.yaml'), service(99999));
  await until(/^ {2}schema-valid /m);
  save('checks/schema.ts', (source) => source.replace('message: messageOf(', "message: 'said anew: ' + messageOf("));
  await until(/^ {2}schema-valid {2}said anew: /m);
  // Data that no import names.
  save('upstream/kubernetes/data/kubernetes.json', (data) => data.replace('"v1 Service"', '"v1 Servant"'));
  await until(/^ {2}kind-known {2}/m);
});

test('standard input cannot be watched', () => {
  const { status, stderr } = project.strata('verify', '-', '--watch');
  expect([status, stderr]).toEqual([
    2,
    'error: strata verify --watch: standard input cannot be watched\n  fix: name a file or folder\n',
  ]);
});
