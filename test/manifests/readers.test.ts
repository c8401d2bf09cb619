import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { FileReading } from '../../manifests/reading/file';
import { readFile } from '../../manifests/reading/file';
import { duplicateKeys } from '../../manifests/reading/read';
import { readBeside } from '../../manifests/reading/readers';
import { brokenTexts } from '../checks/mutate';

const folder = mkdtempSync(join(tmpdir(), 'readers-'));
const reader = join(folder, 'reader.cjs');
beforeAll(
  () =>
    void buildSync({
      entryPoints: [join(__dirname, '../../manifests/reading/reader.ts')],
      outfile: reader,
      bundle: true,
      platform: 'node',
    }),
);
afterAll(() => rmSync(folder, { recursive: true }));

const TEXTS = [
  'apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { a: "1", a: "2" } }\n---\n# nothing\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: b }\nspec: { x: 1.50, y: -0, z: .5, "__proto__": 1 }\n',
  '{ "apiVersion": "v1", "kind": "List", "items": [{ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "c" } }] }',
  'replicas: 1\n',
  'groups: [{ name: web }]\n---\ntests: []\n',
  'a: &a [1, 2]\nkind: X\napiVersion: v1\nb: *a\n',
  '\uFEFFkind: Pod\napiVersion: v1\nmetadata: { name: "\\ud83d\\ude00" }\n',
  'kind: Pod\napiVersion: v1\nmetadata: {\n',
  ...brokenTexts(7, 200),
];

function filesOf(texts: readonly string[]) {
  return texts.map((text, i) => {
    const path = join(folder, `${i}.yaml`);
    writeFileSync(path, text);
    return { path, size: Buffer.byteLength(text) };
  });
}

const contentOf = ({ resources, documents, unreadable, foreign }: FileReading) => ({
  resources: resources.map((resource) => ({
    object: resource.object,
    document: resource.document,
    place: resource.place,
    text: resource.source.text,
    duplicates: duplicateKeys(resource),
  })),
  documents: documents.map(({ object, document }) => ({ object, document })),
  unreadable,
  foreign,
});

test.each([2, 3, 4])('what %i threads read is the same as what one reads, to the last field', (cores) => {
  const files = filesOf(TEXTS);
  const readings = readBeside(files, () => reader, { worthwhile: 0, cores })!;
  expect(readings.size).toBe(files.length);
  for (const { path } of files)
    expect(contentOf(readings.get(path)!)).toEqual(contentOf(readFile(path, readFileSync(path))));
});

test('a file that cannot be read is left to whoever says why', () => {
  const files = filesOf(TEXTS.slice(0, 4));
  rmSync(files[3]!.path);
  expect([...readBeside(files, () => reader, { worthwhile: 0 })!.keys()]).toEqual(
    files.slice(0, 3).map(({ path }) => path),
  );
});

test('a reader that fails leaves its files to this thread', () => {
  const broken = join(folder, 'broken.cjs');
  writeFileSync(
    broken,
    "const { workerData: { done } } = require('node:worker_threads'); Atomics.store(done, 0, 1); Atomics.notify(done, 0); process.exit(1);",
  );
  expect(readBeside(filesOf(TEXTS), () => broken, { worthwhile: 0 })!.size).toBeLessThan(TEXTS.length);
});

test('little is not worth another thread', () =>
  expect(readBeside(filesOf(TEXTS.slice(0, 2)), () => reader)).toBeUndefined());
