import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { readIndex, replaceTree } from '../../render/tree';
import { refusal } from '../model/support';
import { anIndex, filesOf, newFolder } from './support';

const isRoot = process.getuid?.() === 0;
const PATH = 'kind/dev/00-platform.yaml';
const tree = (version: string, size = 10) => ({
  files: new Map([
    ['index.json', anIndex([PATH])],
    [PATH, version.repeat(size)],
  ]),
  keptFolders: [],
});

/** Runs a program that has `replaceTree` and `readIndex` in a process of its own. */
function programWith(body: string): string {
  const folder = newFolder();
  chmodSync(folder, 0o755);
  buildSync({
    entryPoints: [join(__dirname, '../../render/tree.ts')],
    bundle: true,
    platform: 'node',
    outfile: join(folder, 'tree.cjs'),
  });
  writeFileSync(join(folder, 'program.cjs'), `const { replaceTree, readIndex } = require('./tree.cjs');\n${body}`);
  return join(folder, 'program.cjs');
}

test('killed at any moment, a run leaves a whole tree, and the next one clears the rest away', async () => {
  const parent = newFolder();
  const root = join(parent, 'dist');
  const paths = Array.from({ length: 60 }, (_, i) => `kind/dev/${i}.yaml`);
  const program = programWith(`
    const root = ${JSON.stringify(root)};
    for (let version = 1; ; version++) {
      const files = ${JSON.stringify(paths)}.map((path) => [path, 'version ' + version]);
      replaceTree(root, { files: new Map([['index.json', ${JSON.stringify(anIndex(paths))}], ...files]), keptFolders: [] });
      if (version === 2) console.log('running');
    }`);
  for (const delay of [0, 3, 7, 20]) {
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, delay));
    child.kill('SIGKILL');
    await once(child, 'exit');
    readIndex(root);
    const { 'index.json': _, ...files } = filesOf(root);
    expect(Object.keys(files)).toHaveLength(60);
    expect(new Set(Object.values(files)).size).toBe(1);
    expect(readdirSync(parent)).toEqual(['dist']);
  }
});

describe('what is in the way is named, and nothing is written', () => {
  test('a file where the folder should be', () => {
    const parent = newFolder();
    const root = join(parent, 'dist');
    writeFileSync(root, 'mine');
    const error = refusal(() => replaceTree(root, tree('new')));
    expect(error.place).toBe(root);
    expect(error.found).toContain('is no folder');
    expect(error.fixes).toEqual(['remove the file that is in the way', 'render elsewhere: --out FOLDER']);
    expect(filesOf(parent)).toEqual({ dist: 'mine' });
  });

  test.each([
    ['directly', 'file/dist'],
    ['further up', 'file/a/b/dist'],
  ])('a file where a folder above it should be, %s', (_where, path) => {
    const parent = newFolder();
    writeFileSync(join(parent, 'file'), 'mine');
    const error = refusal(() => replaceTree(join(parent, path), tree('new')));
    expect(error.place).toBe(join(parent, path));
    expect(error.found).toContain('is no folder');
    expect(filesOf(parent)).toEqual({ file: 'mine' });
  });
});

describe('without permission', () => {
  const program = programWith(`
    const root = process.argv[2];
    try {
      readIndex(root);
      replaceTree(root, { files: new Map([['index.json', '{"targets":{}}']]), keptFolders: [] });
    } catch ({ name, message }) {
      console.log(name + ' ' + message);
    }`);

  /** The tree `old`, and what a user is told who renders another one while a path has this mode; files of root, where the tests run as root. */
  function attempt(
    path: string,
    mode: number,
  ): { readonly folder: string; readonly tree: Record<string, string>; readonly stdout: string } {
    const folder = newFolder();
    const root = join(folder, 'dist');
    replaceTree(root, tree('old'));
    chmodSync(folder, 0o777);
    const former = statSync(join(folder, path)).mode;
    chmodSync(join(folder, path), mode);
    const { stdout } = spawnSync(process.execPath, [program, root], {
      encoding: 'utf8',
      ...(isRoot ? { uid: 65534, gid: 65534 } : {}),
    });
    if (existsSync(join(folder, path))) chmodSync(join(folder, path), former);
    return { folder, tree: filesOf(root), stdout };
  }
  const old = Object.fromEntries(tree('old').files);

  test.each([
    ['to write beside it', '.', 0o555, /may not be read or written .*EACCES[^]*fix: give yourself permission/],
    ['to look beside it', '.', 0o311, /EACCES[^]*permission/],
    // Its text may be all right: to throw it away would be a bad fix.
    ['to read its index', 'dist/index.json', 0o000, /EACCES[^]*fix: give yourself permission/],
    ['to look into it', 'dist', 0o311, /EACCES[^]*fix: give yourself permission/],
  ])(
    '%s the old tree stays, nothing is left beside it, and the error says what to do',
    (_what, path, mode, message) => {
      const after = attempt(path, mode);
      expect(after.stdout).toMatch(/^StrataError /);
      expect(after.stdout).toMatch(message);
      expect(after.tree).toEqual(old);
      expect(readdirSync(after.folder)).toEqual(['dist']);
    },
  );

  test('to clear the old tree away the new one stands, and the next run clears the old one away', () => {
    const { folder, tree: now, stdout } = attempt('dist/kind/dev', 0o555);
    expect(stdout).toBe('');
    expect(now).toEqual({ 'index.json': '{"targets":{}}' });
    const left = readdirSync(folder).filter((entry) => entry !== 'dist');
    expect(left).toEqual([expect.stringMatching(/^dist\.replaced-\d+$/)]);
    chmodSync(join(folder, left[0]!, 'kind/dev'), 0o755);
    replaceTree(join(folder, 'dist'), tree('newer'));
    expect(readdirSync(folder)).toEqual(['dist']);
    expect(filesOf(join(folder, 'dist'))).toEqual(Object.fromEntries(tree('newer').files));
  });
});

/** Runs with a file system of its own. Only root may mount one, and not in every container. */
function withDisk(size: string, body: (disk: string) => void): boolean {
  const disk = newFolder();
  if (!isRoot || spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'strata-test', disk]).status !== 0)
    return false;
  try {
    body(disk);
    return true;
  } finally {
    spawnSync('umount', [disk]);
  }
}
const mountable = withDisk('16k', () => {});
const onDisk = mountable ? test : test.skip;

describe(mountable ? 'on a disk of its own' : 'on a disk of its own (skipped: none can be mounted here)', () => {
  onDisk('that is full, the old tree stays, the error says so, and no half of the new one is left', () => {
    withDisk('64k', (disk) => {
      const root = join(disk, 'dist');
      replaceTree(root, tree('old'));
      const error = refusal(() => replaceTree(root, tree('new', 100_000)));
      expect(error.place).toBe(root);
      expect(error.found).toContain('the disk is full');
      expect(error.fixes).toEqual(['free some space', 'render elsewhere: --out FOLDER']);
      expect(filesOf(root)).toEqual(Object.fromEntries(tree('old').files));
      expect(readdirSync(disk)).toEqual(['dist']);
    });
  });

  onDisk('the mount point itself cannot be swapped, and the error says so', () => {
    withDisk('64k', (disk) => {
      const error = refusal(() => replaceTree(disk, tree('new')));
      expect(error.place).toBe(disk);
      expect(error.fixes.join()).toContain('--out FOLDER');
      expect(readdirSync(disk)).toEqual([]);
    });
  });
});
