import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../../cli/vendor';
import { newFolder } from '../render/support';

interface Called {
  readonly repo?: string;
  readonly version?: string;
}

/** Calls `strata vendor` in a project; what it prints, or its error. */
async function vendor(root: string, words: readonly string[], { repo, version }: Called = {}): Promise<string> {
  const lines: string[] = [];
  const host = { env: process.env, print: (line: string) => lines.push(line), printError: () => {} };
  try {
    await command({ root } as never, { values: { repo, version }, words } as never, host);
  } catch (error) {
    return (error as Error).message;
  }
  return lines.join('\n');
}

/** While PATH finds only this program for helm. */
async function withHelm<T>(script: string | undefined, act: () => Promise<T>): Promise<T> {
  const folder = newFolder();
  if (script !== undefined) {
    writeFileSync(join(folder, 'helm'), `#!/bin/sh\n${script}`);
    chmodSync(join(folder, 'helm'), 0o755);
  }
  const { PATH } = process.env;
  process.env['PATH'] = folder;
  try {
    return await act();
  } finally {
    process.env['PATH'] = PATH;
  }
}

const filesIn = (root: string) => readdirSync(root, { recursive: true }).map(String).sort();
/** As helm 3.20 does: `pull … --destination FOLDER` writes an archive, `show chart FILE` prints Chart.yaml. */
const fake = (content: string, about = 'name: web\nversion: 1.2.3') => `
if [ "$1" = pull ]; then
  for last; do :; done
  printf '%s' '${content}' > "$last/web-1.2.3.tgz"
else
  echo '${about}'
fi`;

describe('strata vendor', () => {
  const REPO = { repo: 'https://charts.example.com', version: '1.2.3' };

  test('puts the archive into charts/ and its origin and digest into the lock', async () => {
    const root = newFolder();
    const printed = await withHelm(fake('one'), () => vendor(root, ['web'], REPO));
    const digest = 'sha256:7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed';
    expect(printed).toBe(`web  1.2.3  charts/web-1.2.3.tgz  ${digest}`);
    expect(filesIn(root)).toEqual(['charts', 'charts.lock.yaml', 'charts/web-1.2.3.tgz']);
    expect(readFileSync(join(root, 'charts/web-1.2.3.tgz'), 'utf8')).toBe('one');
    expect(readFileSync(join(root, 'charts.lock.yaml'), 'utf8')).toBe(
      [
        '# Written by `strata vendor`. A render compares each chart with its digest.',
        'charts:',
        '- name: web',
        `  digest: ${digest}`,
        '  file: charts/web-1.2.3.tgz',
        '  repository: https://charts.example.com',
        "  version: '1.2.3'",
        '',
      ].join('\n'),
    );
  });

  test('asks helm for just what was named', async () => {
    const root = newFolder();
    const asked = async (words: readonly string[], more: Called) => {
      await withHelm(`echo "$@" >> '${root}/asked'; ${fake('one')}`, () => vendor(root, words, more));
      return readFileSync(join(root, 'asked'), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('pull'))
        .at(-1)!
        .replace(/ --destination .*/, '');
    };
    expect(await asked(['web'], REPO)).toBe('pull web --repo https://charts.example.com --version 1.2.3');
    expect(await asked(['oci://registry.example.com/charts/web'], {})).toBe(
      'pull oci://registry.example.com/charts/web',
    );
    expect(readFileSync(join(root, 'charts.lock.yaml'), 'utf8')).toContain(
      'repository: oci://registry.example.com/charts\n',
    );
    expect(await asked([], {})).toBe('pull oci://registry.example.com/charts/web --version 1.2.3');
  });

  test('without a chart fetches what the lock names again, and puts back what is missing', async () => {
    const root = newFolder();
    await withHelm(fake('one'), () => vendor(root, ['web'], REPO));
    const lock = readFileSync(join(root, 'charts.lock.yaml'), 'utf8');
    writeFileSync(join(root, 'charts/web-1.2.3.tgz'), 'damaged');
    await withHelm(fake('one'), () => vendor(root, []));
    expect(readFileSync(join(root, 'charts/web-1.2.3.tgz'), 'utf8')).toBe('one');
    expect(readFileSync(join(root, 'charts.lock.yaml'), 'utf8')).toBe(lock);
  });

  test('refuses an archive that changed under its version, and writes nothing', async () => {
    const root = newFolder();
    await withHelm(fake('one'), () => vendor(root, ['web'], REPO));
    const lock = readFileSync(join(root, 'charts.lock.yaml'), 'utf8');
    for (const words of [['web'], []])
      expect(await withHelm(fake('two'), () => vendor(root, words, words.length ? REPO : {}))).toMatch(
        /^web 1.2.3: is another archive than the one that was fetched before/,
      );
    expect(readFileSync(join(root, 'charts/web-1.2.3.tgz'), 'utf8')).toBe('one');
    expect(readFileSync(join(root, 'charts.lock.yaml'), 'utf8')).toBe(lock);
  });

  test.each([
    ['helm is not installed', undefined, ['web'], REPO, 'charts are fetched by helm, and that is not installed'],
    [
      'helm fails',
      'echo "WARNING: x" >&2; echo "Error: chart \\"web\\" not found" >&2; exit 1',
      ['web'],
      REPO,
      'helm pull fails: chart "web" not found',
    ],
    ['helm fetches nothing', 'exit 0', ['web'], REPO, 'helm pull fetched no archive'],
    ['the archive does not say what it is', fake('one', 'a: b'), ['web'], REPO, 'does not say what chart it is'],
    ['no repository is named', '', ['web'], {}, 'does not say where the chart comes from'],
    ['nothing is there to fetch again', '', [], {}, 'names no chart to fetch again'],
    ['only a version is named', '', [], { version: '1' }, 'has no chart to fetch'],
  ])('where %s, says so and writes nothing', async (_what, script, words, options, found) => {
    const root = newFolder();
    expect(await withHelm(script, () => vendor(root, words, options))).toContain(found);
    expect(filesIn(root)).toEqual([]);
  });

  test('refuses a lock that it did not write', async () => {
    const root = newFolder();
    for (const [text, found] of [
      ['charts: [', 'cannot be read as YAML'],
      ['charts: 1', 'charts is 1, and must be a list'],
      ['charts: [{ name: web }]', 'charts[0] has no version'],
    ] as const) {
      writeFileSync(join(root, 'charts.lock.yaml'), text);
      expect(await withHelm('', () => vendor(root, []))).toContain(`charts.lock.yaml: ${found}`);
    }
  });
});

const hasHelm = spawnSync('helm', ['version'], { stdio: 'ignore' }).error === undefined;
(hasHelm ? test : test.skip)('fetches from a repository (needs helm)', async () => {
  const [root, charts] = [newFolder(), newFolder()];
  mkdirSync(join(charts, 'web'));
  writeFileSync(join(charts, 'web/Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 0.3.0+build\n');
  const server = spawn(process.execPath, ['-e', SERVER, charts], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const port = await new Promise<string>((resolve) =>
      server.stdout.once('data', (data) => resolve(String(data).trim())),
    );
    const repo = `http://127.0.0.1:${port}`;
    for (const args of [
      ['package', 'web'],
      ['repo', 'index', '.', '--url', repo],
    ])
      expect(spawnSync('helm', args, { cwd: charts }).status).toBe(0);
    expect(await vendor(root, ['web'], { repo })).toMatch(
      /^web {2}0\.3\.0\+build {2}charts\/web-0\.3\.0\+build\.tgz {2}sha256:[0-9a-f]{64}$/,
    );
    expect(await vendor(root, [])).toContain('0.3.0+build');
    expect(await vendor(root, ['web'], { repo, version: '9.9.9' })).toContain(
      'helm pull fails: chart "web" version "9.9.9" not found',
    );
    expect(existsSync(join(root, 'charts/web-0.3.0+build.tgz'))).toBe(true);
  } finally {
    server.kill();
  }
});

/** Serves a folder, and prints its port. */
const SERVER = `
const { createReadStream } = require('node:fs');
const server = require('node:http').createServer((request, response) =>
  createReadStream(process.argv[1] + decodeURIComponent(request.url)).on('error', () => response.writeHead(404).end()).pipe(response),
);
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;
