import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { decode } from '../../manifests/reading/file';
import type { SystemAccess } from '../../manifests/reading/inputs';
import { readInputs, systemAccess } from '../../manifests/reading/inputs';

const pod = (name: string) => `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}}\n`;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'inputs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function files(contents: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(contents)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}
const read = (paths = [folder], more: Partial<SystemAccess> = {}) => {
  const { resources, unreadable, skipped } = readInputs(paths, {
    ...systemAccess,
    run: () => 'not installed',
    ...more,
  });
  const short = (path: string) => path.replaceAll(`${folder}/`, '').replaceAll(folder, '.');
  return {
    names: resources.map(({ name }) => name),
    unreadable: unreadable.map((part) => ({ ...part, file: short(part.file) })),
    skipped: skipped.map(short),
  };
};

describe('standard input that is an unsaved version of a file', () => {
  const unsaved = (text: string) => ({ stdin: () => Buffer.from(text), stdinName: join(folder, 'a.yaml') });

  test('takes the place of the file in its folder, and the name', () => {
    files({ 'a.yaml': pod('saved'), 'b.yaml': pod('b') });
    expect(read(['-', folder], unsaved(pod('unsaved'))).names).toEqual(['unsaved', 'b']);
    const { unreadable } = read([folder, '-'], unsaved('kind: ['));
    expect(unreadable).toMatchObject([{ file: 'a.yaml', line: 1 }]);
  });
  test('is read alone where nothing else is named, also before the file is there', () => {
    expect(read(['-'], unsaved(pod('unsaved'))).names).toEqual(['unsaved']);
    expect(read(['-'], unsaved('a: 1\n')).unreadable).toMatchObject([{ file: 'a.yaml' }]);
  });
  test('leaves a folder empty that holds nothing else, and that is no mistake', () => {
    files({ 'a.yaml': pod('saved') });
    expect(read([folder, '-'], unsaved(pod('unsaved')))).toMatchObject({ names: ['unsaved'], unreadable: [] });
  });
  test('replaces nothing where standard input is not read', () => {
    files({ 'a.yaml': pod('saved') });
    expect(read([folder], unsaved(pod('unsaved'))).names).toEqual(['saved']);
  });
});

describe('folders', () => {
  test('are read with all that is in them, in order, without hidden ones and packages', () => {
    files({
      'b.yaml': pod('b'),
      'a/x.yml': pod('x'),
      'a/y.json': '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"y"}}',
      'notes.txt': 'a: {',
      '.git/c.yaml': pod('c'),
      'node_modules/d.yaml': pod('d'),
    });
    expect(read()).toEqual({ names: ['x', 'y', 'b'], unreadable: [], skipped: [] });
  });
  test('files without Kubernetes objects are left out, also when they are no proper JSON', () => {
    files({
      'a.yaml': pod('a'),
      'index.json': '{"targets": {}}',
      'values.yaml': 'replicas: 1\n',
      'tsconfig.json': '{ // strict\n "strict": true }',
      'empty.yaml': '',
    });
    expect(read()).toEqual({
      names: ['a'],
      unreadable: [],
      skipped: ['empty.yaml', 'index.json', 'tsconfig.json', 'values.yaml'],
    });
  });
  test('a broken manifest is not left out', () => {
    files({ 'a.yaml': pod('a'), 'b.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {\n' });
    expect(read()).toMatchObject({ names: ['a'], unreadable: [{ file: 'b.yaml', line: 4 }] });
  });
  test('that contain themselves end', () => {
    files({ 'a/a.yaml': pod('a') });
    symlinkSync(folder, join(folder, 'a/again'));
    expect(read().names).toEqual(['a']);
  });
  test.each([
    [
      'kustomization.yaml',
      /Kustomize folder, and kustomize and kubectl are not installed: .*kustomize build .*\| strata verify -/,
    ],
    ['Chart.yaml', /Helm chart, and helm is not installed: .*helm template/],
  ])('with a %s need the program that renders them', (name, reason) => {
    files({ 'a.yaml': pod('a'), [`app/${name}`]: 'resources: [x.yaml]', 'app/x.yaml': pod('x') });
    const { names, unreadable } = read();
    expect(names).toEqual(['a']);
    expect(unreadable).toMatchObject([{ file: 'app', reason: expect.stringMatching(reason) }]);
  });
  test('are rendered by the first program that is there, and its failure is told', () => {
    files({ 'app/kustomization.yaml': '', 'bad/Chart.yaml': '', 'part/kustomization.yaml': 'kind: Component\n' });
    const ran: string[] = [];
    const { names, unreadable } = read([folder], {
      kubernetes: '1.31',
      run(program, args) {
        ran.push([program, ...args].join(' ').replaceAll(`${folder}/`, ''));
        return program === 'kubectl'
          ? { output: Buffer.from(pod('rendered')) }
          : program === 'helm'
            ? { failed: 'no such value' }
            : 'not installed';
      },
    });
    expect(ran).toEqual([
      'kustomize build app',
      'kubectl kustomize app',
      'helm template release bad --include-crds --kube-version 1.31',
    ]);
    expect(names).toEqual(['rendered']);
    expect(unreadable).toMatchObject([{ file: 'bad', reason: 'helm cannot render it: no such value' }]);
  });
});

describe('a kustomization that others stand on', () => {
  const built = (contents: Readonly<Record<string, string>>, paths?: readonly string[]) => {
    files(contents);
    const ran: string[] = [];
    const result = read(
      paths?.map((path) => join(folder, path)),
      {
        run(_, args) {
          ran.push(args.at(-1)!.replace(`${folder}/`, ''));
          return { output: Buffer.from(pod('rendered')) };
        },
      },
    );
    expect(result.unreadable).toEqual([]);
    return ran;
  };
  const overlay = 'resources: [../../base]\n';
  const layout = {
    'base/kustomization.yaml': 'resources: [web.yaml]\n',
    'base/web.yaml': pod('web'),
    'overlays/dev/kustomization.yaml': overlay,
    'overlays/prod/kustomization.yml': overlay,
  };
  test('is not built by itself, wherever it is named', () => {
    expect(built(layout)).toEqual(['overlays/dev', 'overlays/prod']);
    expect(built({}, ['base', 'overlays'])).toEqual(['overlays/dev', 'overlays/prod']);
    expect(built({}, ['base'])).toEqual(['base']);
  });
  test('may have overlays and other kustomizations in its folder, which are sets of their own', () =>
    expect(
      built({
        'base/kustomization.yaml': 'resources: [web.yaml]\n',
        'base/overlays/values.yaml': pod('no part of it'),
        'overlays/prod/kustomization.yaml': overlay,
        'overlays/prod/regions/eu/kustomization.yaml': 'resources: [../../../../base]\n',
        'overlays/prod/charts/db/Chart.yaml': 'name: db\n',
        'overlays/prod/.cache/kustomization.yaml': '',
        'overlays/prod/node_modules/x/kustomization.yaml': '',
      }),
    ).toEqual(['overlays/prod', 'overlays/prod/regions/eu']));
  test('and is built where overlays in its own folder stand on it, which Kustomize refuses', () =>
    expect(
      built({
        'base/kustomization.yaml': 'resources: [web.yaml]\n',
        'base/overlays/prod/kustomization.yaml': 'resources: [../..]\n',
      }),
    ).toEqual(['base', 'base/overlays/prod']));
  test('nor is one that holds generators or transformers', () =>
    expect(
      built({
        'app/kustomization.yaml': 'generators: [a]\ntransformers: [b]\nvalidators: [c]\n',
        'app/a/kustomization.yaml': '',
        'app/b/kustomization.yaml': '',
        'app/c/kustomization.yaml': '',
      }),
    ).toEqual(['app']));
  test('nor over a component, an older field or another base', () => {
    expect(
      built({
        'base/Kustomization': '',
        'middle/kustomization.yaml': 'bases: [../base]\n',
        'extra/kustomization.yaml': 'kind: Component\nresources: [../certs]\n',
        'certs/kustomization.yaml': '',
        'prod/kustomization.yaml': 'resources: [../middle, https://example.com/x, missing]\ncomponents: [../extra]\n',
      }),
    ).toEqual(['prod']);
  });
  test('is built where they stand on each other, or cannot be read', () => {
    expect(
      built({
        'a/kustomization.yaml': 'resources: [../b]\n',
        'b/kustomization.yaml': 'resources: [../a]\n',
        'c/kustomization.yaml': 'resources: [',
        'd/kustomization.yaml': 'resources: [.]\n',
      }),
    ).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('paths', () => {
  test('- is the standard input', () =>
    expect(read(['-'], { stdin: () => Buffer.from(pod('piped')) }).names).toEqual(['piped']));
  test('one in which there is nothing could not be judged', () => {
    files({ 'a.yaml': pod('a'), 'empty.yaml': '# nothing yet\n', 'none/values.txt': '' });
    expect(read(['a.yaml', 'empty.yaml', 'none'].map((name) => join(folder, name)))).toMatchObject({
      names: ['a'],
      unreadable: [{ file: 'empty.yaml', reason: expect.stringMatching(/no Kubernetes objects/) }, { file: 'none' }],
    });
  });
  test('a file that is named must hold objects', () => {
    files({ 'values.yaml': 'replicas: 1\n' });
    expect(read([join(folder, 'values.yaml')]).unreadable).toMatchObject([
      { file: 'values.yaml', line: 1, reason: expect.stringMatching(/no kind/) },
    ]);
  });
  test('what is not there, or not to be opened, is told', () =>
    expect(read([join(folder, 'gone.yaml')]).unreadable).toMatchObject([
      { file: 'gone.yaml', reason: 'does not exist: name what exists' },
    ]));
  test('a file of a folder that may not be read is told by its name, and the others are read', () => {
    files({ 'a.yaml': pod('a'), 'b/c.yaml': pod('c'), 'd.yaml': pod('d') });
    const refusing = (file: string) => {
      if (file.endsWith('c.yaml')) throw Object.assign(new Error('EACCES: no'), { code: 'EACCES', syscall: 'open' });
      return systemAccess.read(file);
    };
    expect(read([folder], { read: refusing })).toMatchObject({
      names: ['a', 'd'],
      unreadable: [{ file: 'b/c.yaml', reason: 'may not be read or written: give yourself permission there' }],
    });
  });
});

describe('encodings', () => {
  const refused = (bytes: Buffer) => {
    const result = decode('x', bytes);
    return 'reason' in result ? `${result.line}:${result.column} ${result.reason}` : result.text;
  };
  test.each([
    ['UTF-16 with its mark', Buffer.from('\ufeffa: 1', 'utf16le'), /^1:1 this is UTF-16/],
    ['UTF-16 without', Buffer.from('a: 1', 'utf16le'), /^1:1 this is UTF-16/],
    ['Latin-1', Buffer.from('a: 1\nb: caf\u00e9\n', 'latin1'), /^2:7 .*not UTF-8/],
    [
      'a wrong byte after long characters',
      Buffer.concat([Buffer.from('k: \u00fc\u20ac\u{1f600}'), Buffer.from([0xc3]), Buffer.from('x')]),
      /^1:8 .*not UTF-8/,
    ],
    ['a character that the end cuts in two', Buffer.from('a: \u20ac').subarray(0, 5), /^1:4 .*not UTF-8/],
    ['UTF-8 is read', Buffer.from('a: \u20ac\u{1f600}'), /^a: \u20ac\u{1f600}$/u],
  ])('%s', (_, bytes, expected) => expect(refused(bytes)).toMatch(expected));
});
