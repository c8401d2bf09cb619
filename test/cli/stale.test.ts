import {
  appendFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { Project } from './project';

/**
 * A project whose one target renders what each of its source files, a package and two raw files say: their version. So a render
 * that keeps anything old, at any place, shows it.
 */
const project = new Project({ ownPackages: ['js-yaml'] });
const RAW = ['environments/raw.txt', 'clusters/kind.json'];
writeFileSync(
  project.path('environments/matrix.ts'),
  `import { readFileSync } from 'node:fs';
import { k8s } from 'cdk8s-plus-28';
import { kind } from '../clusters/kind';
import { components } from '../constructs/app/components';
import { feature } from '../features/feature';
import { Matrix, target } from '../model/matrix';
import { dev } from './dev';

const versions = feature('versions', {
  group: 'practice',
  summary: 'the version of each file',
  apply: (platform) => {
    const raw = ${JSON.stringify(RAW)}.map((path) => [path, readFileSync(path, 'utf8').trim()]);
    new k8s.KubeConfigMap(platform.component('versions'), 'versions', {
      metadata: { name: 'versions', namespace: platform.namespace.name },
      data: { ...(globalThis as { versions?: object }).versions, ...Object.fromEntries(raw) },
    });
  },
});
export const matrix = new Matrix(components, target({ ...dev, settings: {} }, { ...kind, settings: {} }, [versions]));
`,
);
const PACKAGE = 'node_modules/js-yaml/dist/js-yaml.mjs';
/** What npm writes with every version of a package that it installs. */
const MANIFEST = 'node_modules/js-yaml/package.json';
const versionIn = (path: string, version: string) =>
  RAW.includes(path) ? `${version}\n` : `\n;(globalThis.versions ??= {})['${path}'] = '${version}';\n`;

/** The version that each file has, in four digits. */
const expected: Record<string, string> = {};
const sources = ['bin', 'cli', 'clusters', 'constructs', 'environments', 'features', 'model', 'render']
  .flatMap((folder) =>
    readdirSync(project.path(folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  )
  .filter((path) => path.endsWith('.ts'));
for (const path of [...sources, 'main.ts', PACKAGE, ...RAW]) {
  appendFileSync(
    project.path(path),
    versionIn(path, '0000').replace('globalThis.', path.endsWith('.ts') ? '(globalThis as any).' : 'globalThis.'),
  );
  expected[path] = '0000';
}

function rendered(): Record<string, string> {
  const { stderr, status } = project.strata('render');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const [file] = readdirSync(project.path('dist/kind/dev')).filter((name) => name.endsWith('versions.yaml'));
  return (load(readFileSync(project.path('dist/kind/dev', file!), 'utf8')) as { data: Record<string, string> }).data;
}

// Files of types alone and commands that are not called are no inputs of a render.
const first = rendered();
for (const path of Object.keys(expected)) if (!(path in first)) delete expected[path];
const files = Object.keys(expected);

/** Each gives a file another version; the last two so that neither its size nor its time of modification shows it. */
const EDITS: Readonly<Record<string, (path: string, text: string) => void>> = {
  'written in place': (path, text) => writeFileSync(path, text),
  'made longer': (path, text) => writeFileSync(path, /s$/.test(path) ? `${text}// more\n` : `${text}\n`),
  'written in place, its times put back': (path, text) => {
    const { atime, mtime } = statSync(path);
    writeFileSync(path, text);
    utimesSync(path, atime, mtime);
  },
  'replaced by another file with its times': (path, text) => {
    const { atime, mtime } = statSync(path);
    writeFileSync(`${path}.new`, text);
    utimesSync(`${path}.new`, atime, mtime);
    renameSync(`${path}.new`, path);
  },
};

test('what is proved here holds for most of the code, for files that are read, and for a package', () => {
  expect(first).toEqual(expected);
  expect(files).toEqual(
    expect.arrayContaining([PACKAGE, ...RAW, 'environments/matrix.ts', 'clusters/kind.ts', 'render/yaml.ts']),
  );
  expect(files.length).toBeGreaterThan(60);
});

test('every edit, of whatever file and however it is made, is in the next render', () => {
  const edit = fc.record({
    path: fc.oneof(fc.constantFrom(...RAW, PACKAGE, 'environments/matrix.ts'), fc.constantFrom(...files)),
    how: fc.constantFrom(...Object.keys(EDITS)),
  });
  let version = 0;
  fc.assert(
    fc.property(fc.array(fc.array(edit, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 4 }), (renders) => {
      for (const edits of renders) {
        for (const { path, how } of edits) {
          const next = String(++version).padStart(4, '0');
          const text = project.read(path);
          const at = text.lastIndexOf(expected[path]!);
          EDITS[how]!(project.path(path), text.slice(0, at) + next + text.slice(at + 4));
          if (path === PACKAGE)
            EDITS[how]!(
              project.path(MANIFEST),
              project.read(MANIFEST).replace(/"version": ".*"/, `"version": "5.5.${next}"`),
            );
          expected[path] = next;
        }
        expect(rendered()).toEqual(expected);
      }
    }),
    { numRuns: 4 },
  );
});

test('so is a new file that takes the place of another one, and its removal', () => {
  const path = 'environments/delivery.ts';
  const text = project.read(path);
  writeFileSync(project.path('environments/delivery.tsx'), text.replace(expected[path] ?? 'none', '9999'));
  expect(rendered()).toEqual({ ...expected, [path]: '9999' });
  rmSync(project.path('environments/delivery.tsx'));
  expect(rendered()).toEqual(expected);
});

test('a file that was only touched or put back costs no new bundle', () => {
  rendered();
  const bundle = () => statSync(project.path('.strata/strata.cjs')).ino;
  const before = bundle();
  for (const path of ['model/near.ts', 'render/plan.ts']) utimesSync(project.path(path), new Date(), new Date());
  renameSync(project.path('model/errors.ts'), project.path('aside.txt'));
  renameSync(project.path('aside.txt'), project.path('model/errors.ts'));
  expect(rendered()).toEqual(expected);
  expect(bundle()).toBe(before);
});
