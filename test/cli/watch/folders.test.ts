import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Watcher } from '../../../cli/watch/folders';
import { newFolder, write } from '../../render/support';

let watcher: Watcher | undefined;
afterEach(() => watcher?.close());

/** Watches a folder with some files in it, and tells what has changed since it was asked last. */
function watched(files: readonly string[], watch: (root: string) => readonly string[] = (root) => [root]) {
  const root = newFolder();
  for (const file of files) write(join(root, file), '1');
  const seen = new Set<string>();
  watcher = new Watcher(
    (path) => path.includes('ignored'),
    (path) => seen.add(path),
  );
  for (const place of watch(root)) watcher.add(place);
  const changes = async () => {
    await new Promise((resolve) => setTimeout(resolve, 150));
    const paths = watcher!.settled(seen).map((path) => relative(root, path));
    seen.clear();
    return paths.sort();
  };
  return { root, changes };
}

test('a file that is written, replaced or removed at any depth is told', async () => {
  const { root, changes } = watched(['a.ts', 'one/two/b.ts', 'one/c.ts']);
  writeFileSync(join(root, 'one/two/b.ts'), '2');
  expect(await changes()).toEqual(['one/two/b.ts']);
  writeFileSync(join(root, 'one/fresh'), '2');
  renameSync(join(root, 'one/fresh'), join(root, 'one/c.ts'));
  expect(await changes()).toEqual(['one/c.ts']);
  rmSync(join(root, 'a.ts'));
  expect(await changes()).toEqual(['a.ts']);
});

test('folders that come later are watched, and so are those that come back', async () => {
  const { root, changes } = watched(['a.ts']);
  mkdirSync(join(root, 'new/deep'), { recursive: true });
  expect(await changes()).toContain('new');
  writeFileSync(join(root, 'new/deep/b.ts'), '1');
  expect(await changes()).toEqual(['new/deep/b.ts']);
  rmSync(join(root, 'new'), { recursive: true });
  expect(await changes()).toContain('new');
  write(join(root, 'new/deep/b.ts'), '2');
  await changes();
  writeFileSync(join(root, 'new/deep/b.ts'), '3');
  expect(await changes()).toEqual(['new/deep/b.ts']);
});

test('what comes and goes, what editors put aside, packages and what is ignored are not told', async () => {
  const { root, changes } = watched(['a.ts', 'node_modules/p/index.js', '.git/index', 'ignored/x.yaml']);
  for (const name of [
    '.a.ts.swp',
    'a.ts~',
    '4913',
    '#a.ts#',
    'node_modules/p/index.js',
    '.git/index',
    'ignored/x.yaml',
    'ignored.yaml',
  ])
    writeFileSync(join(root, name), '2');
  writeFileSync(join(root, 'scratch'), '1');
  rmSync(join(root, 'scratch'));
  expect(await changes()).toEqual([]);
});

test('of a single file no other one is told, and it may be replaced or come later', async () => {
  const { root, changes } = watched(['a.yaml', 'b.yaml'], (folder) => [
    join(folder, 'a.yaml'),
    join(folder, 'later.yaml'),
  ]);
  writeFileSync(join(root, 'b.yaml'), '2');
  writeFileSync(join(root, 'fresh'), '2');
  renameSync(join(root, 'fresh'), join(root, 'a.yaml'));
  expect(await changes()).toEqual(['a.yaml']);
  writeFileSync(join(root, 'later.yaml'), '1');
  expect(await changes()).toEqual(['later.yaml']);
});

test('what a run has read is watched wherever it lies, and told once', async () => {
  const { root, changes } = watched(
    ['in/a.yaml', 'in/node_modules/p/b.yaml', 'out/c.yaml', 'out/deep/d.yaml'],
    (place) => [join(place, 'in')],
  );
  for (const path of ['in/a.yaml', 'in/node_modules/p/b.yaml', 'out/c.yaml', 'out/deep', 'out/nowhere/e.yaml'])
    watcher!.addRead(join(root, path));
  for (const path of ['in/a.yaml', 'in/node_modules/p/b.yaml', 'out/c.yaml', 'out/deep/d.yaml'])
    writeFileSync(join(root, path), '2');
  writeFileSync(join(root, 'out/other.yaml'), '2');
  expect(await changes()).toEqual(['in/a.yaml', 'in/node_modules/p/b.yaml', 'out/c.yaml', 'out/deep/d.yaml']);
  rmSync(join(root, 'out/c.yaml'));
  expect(await changes()).toEqual(['out/c.yaml']);
});
