import fs from 'node:fs';
import { join } from 'node:path';
import { foreignIn } from '../../render/foreign';
import type { Tree } from '../../render/tree';
import { readIndex, replaceTree } from '../../render/tree';
import { refusal } from '../model/support';
import { anIndex, filesOf, newFolder, write } from './support';

/** A tree whose every file says its version. `kept` folders are taken over from the tree that stands. */
function aTree(version: string, kept: readonly string[] = []): Tree {
  const paths = [
    'kind/dev/00-platform.yaml',
    'kind/dev/10-web.yaml',
    'cloud/prod/00-platform.yaml',
    'argocd/projects.yaml',
  ];
  const files = paths
    .filter((path) => !kept.some((folder) => path.startsWith(folder)))
    .map((path) => [path, `${version} ${path}\n`] as const);
  return { files: new Map([...files, ['index.json', anIndex(paths, version)]]), keptFolders: kept };
}

const textsOf = (tree: Tree) => Object.fromEntries([...tree.files].sort(([a], [b]) => (a < b ? -1 : 1)));

/** A folder that holds a tree called `dist` and nothing else. */
function standing(version = 'old'): { readonly parent: string; readonly root: string } {
  const parent = newFolder();
  const root = join(parent, 'dist');
  replaceTree(root, aTree(version));
  return { parent, root };
}

describe('a tree', () => {
  test('is written whole, parents included, and its index can be read', () => {
    const root = join(newFolder(), 'a/b/dist');
    expect(readIndex(root)).toBeUndefined();
    replaceTree(root, aTree('new'));
    expect(filesOf(root)).toEqual(textsOf(aTree('new')));
    expect(Object.keys(readIndex(root)!.targets)).toEqual(['kind/dev', 'cloud/prod']);
  });

  test('replaces the one that stood there: nothing of it is left, and nothing beside it', () => {
    const { parent, root } = standing();
    const path = 'kind/dev/00-platform.yaml';
    replaceTree(root, {
      files: new Map([
        ['index.json', anIndex([path])],
        [path, 'new'],
      ]),
      keptFolders: [],
    });
    expect(Object.keys(filesOf(root))).toEqual(['index.json', 'kind/dev/00-platform.yaml']);
    expect(fs.readdirSync(parent)).toEqual(['dist']);
  });

  test('takes over the folders that are kept, as they stand', () => {
    const { root } = standing();
    fs.writeFileSync(join(root, 'kind/dev/10-web.yaml'), 'edited');
    replaceTree(root, aTree('new', ['kind/dev']));
    expect(filesOf(root)).toEqual({
      ...textsOf(aTree('new', ['kind/dev'])),
      'kind/dev/00-platform.yaml': 'old kind/dev/00-platform.yaml\n',
      'kind/dev/10-web.yaml': 'edited',
    });
  });

  describe('takes over', () => {
    const path = 'kind/dev/10-web.yaml';
    const inodeOf = (file: string) => fs.lstatSync(file).ino;
    const replaced = (text: string, prepare: (file: string) => void) => {
      const { root } = standing();
      const file = join(root, path);
      fs.writeFileSync(file, text);
      prepare(file);
      const before = inodeOf(file);
      replaceTree(root, { files: new Map([...aTree('new').files, [path, text]]), keptFolders: [] });
      expect(filesOf(root)).toEqual({ ...textsOf(aTree('new')), [path]: text });
      return { file, same: inodeOf(file) === before };
    };

    test('a file whose text stays the same', () => {
      expect(replaced('the same\n', () => undefined).same).toBe(true);
    });

    test.each([
      [
        'of other bytes, which read as the same text',
        '\ufffd',
        (file: string) => fs.writeFileSync(file, Buffer.of(0xff)),
      ],
      ['shorter by its end', 'text\n', (file: string) => fs.writeFileSync(file, 'text')],
    ])('no file %s', (_what, text, prepare) => {
      expect(replaced(text, prepare).same).toBe(false);
    });

    test('no link that leads to the same text', () => {
      const { file, same } = replaced('the same\n', (place) => {
        const elsewhere = join(newFolder(), 'elsewhere.yaml');
        fs.renameSync(place, elsewhere);
        fs.symlinkSync(elsewhere, place);
      });
      expect(same).toBe(false);
      expect(fs.lstatSync(file).isFile()).toBe(true);
    });

    test('nothing where the file system knows no links: it is written', () => {
      jest.spyOn(fs, 'linkSync').mockImplementation(() => {
        throw Object.assign(new Error('no links'), { code: 'ENOTSUP' });
      });
      expect(replaced('the same\n', () => undefined).same).toBe(false);
      jest.restoreAllMocks();
    });
  });

  test('may stand in an empty folder', () => {
    const root = newFolder();
    replaceTree(root, aTree('new'));
    expect(filesOf(root)).toEqual(textsOf(aTree('new')));
  });

  test('behind a link stays behind the link', () => {
    const { parent, root } = standing();
    const link = join(parent, 'link');
    fs.symlinkSync('dist', link);
    replaceTree(link, aTree('new'));
    expect(fs.lstatSync(link).isSymbolicLink()).toBe(true);
    expect(filesOf(root)).toEqual(textsOf(aTree('new')));
  });
});

describe('a folder with what strata did not render is refused, and stays as it is', () => {
  test.each([
    ['a folder of somebody else', () => newFolder(), 'notes.md'],
    ['a folder of somebody else, with a name that strata uses as well', () => newFolder(), 'argocd/mine.yaml'],
    ['a file beside the targets', () => standing().root, 'notes.md'],
    ['a folder beside the targets', () => standing().root, 'src/main.ts'],
    ['a folder beside an environment', () => standing().root, 'kind/notes/todo.md'],
    ["a file in a target's folder", () => standing().root, 'kind/dev/notes.md'],
  ])('%s', (_what, folder, path) => {
    const root = folder();
    write(join(root, path), 'mine');
    const before = filesOf(root);
    const error = refusal(() => replaceTree(root, aTree('new')));
    expect(error.place).toBe(root);
    expect(error.found).toContain(path.split('/')[0]);
    expect(error.fixes).toEqual(['render into a folder of its own: --out FOLDER', 'move these files elsewhere']);
    expect(filesOf(root)).toEqual(before);
  });
});

describe('what desktops and editors leave is nothing of somebody else', () => {
  const LITTER = [
    '.DS_Store',
    '._10-web.yaml',
    'Thumbs.db',
    'desktop.ini',
    '.10-web.yaml.swp',
    '.10-web.yaml.swo',
    '10-web.yaml~',
  ];

  test.each(LITTER)('%s', (name) => {
    const { root } = standing();
    for (const folder of ['.', 'kind', 'kind/dev', 'argocd']) write(join(root, folder, name), 'litter');
    replaceTree(root, aTree('new', ['kind/dev']));
    expect(Object.keys(filesOf(root))).toEqual(Object.keys(filesOf(standing().root)));
  });

  test.each(['.DS_Store.md', 'Thumbs.db.txt', 'notes.swp', '.gitignore', '.env'])('but %s is', (name) => {
    const { root } = standing();
    write(join(root, 'kind/dev', name), 'mine');
    expect(refusal(() => replaceTree(root, aTree('new'))).found).toContain(name);
  });

  test('nor does it make a folder with other files a tree', () => {
    const root = newFolder();
    write(join(root, '.DS_Store'), 'litter');
    replaceTree(root, aTree('new'));
    expect(filesOf(root)).toEqual(textsOf(aTree('new')));
    const other = newFolder();
    for (const name of ['.DS_Store', 'notes.md']) write(join(other, name), 'mine');
    expect(refusal(() => replaceTree(other, aTree('new'))).found).toContain('(notes.md)');
  });
});

test('paths of Windows are the same paths', () => {
  const ours = { files: ['index.json', 'kind/dev/', 'kind/dev/10-web.yaml'], folders: ['argocd'] };
  const found = [
    'index.json',
    'kind',
    'kind/dev',
    'kind/dev/10-web.yaml',
    'kind/dev/.DS_Store',
    'argocd',
    'argocd/a.yaml',
  ];
  const windows = (path: string) => path.replaceAll('/', '\\');
  expect(foreignIn(found, ours, '/')).toEqual([]);
  expect(foreignIn(found.map(windows), ours, '\\')).toEqual([]);
  expect(foreignIn(['kind\\dev\\notes.md', 'argocd2\\a.yaml', 'kind\\devil'], ours, '\\')).toHaveLength(3);
  expect(foreignIn(['kind\\dev\\10-web.yaml'], ours, '/')).toEqual(['kind\\dev\\10-web.yaml']);
});

describe('an index that cannot be read is refused with its path and what to do', () => {
  test.each([
    ['cut off', '{"targets": {"kind/dev": {"obj'],
    ['empty', ''],
    ['of another kind', '[]'],
    ['nothing', 'null'],
    ['without targets', '{}'],
    ['with nothing for targets', '{"targets": null}'],
    ['with a target that has no objects', '{"targets": {"kind/dev": {}}}'],
    ['with nothing for a target', '{"targets": {"kind/dev": null}}'],
  ])('%s', (_what, text) => {
    const { root } = standing();
    fs.writeFileSync(join(root, 'index.json'), text);
    const before = filesOf(root);
    const error = refusal(() => readIndex(root));
    expect(error.place).toBe(join(root, 'index.json'));
    expect(error.fixes[0]).toContain(root);
    expect(refusal(() => replaceTree(root, aTree('new'))).place).toContain(root);
    expect(filesOf(root)).toEqual(before);
  });
});

describe('a run that is killed', () => {
  class Killed extends Error {}
  const STEPS = ['mkdirSync', 'writeFileSync', 'linkSync', 'renameSync', 'rmSync'] as const;

  /** Runs, and lets nothing happen any more after so many steps: what a kill leaves. A removal is cut off half-way. */
  function killedAfter(steps: number, run: () => void): 'killed' | 'done' {
    let left = steps;
    for (const name of STEPS) {
      const real = fs[name] as (...args: readonly unknown[]) => unknown;
      const step = (...args: readonly unknown[]) => {
        left -= 1;
        if (left === -1 && name === 'rmSync') removeOneFile(String(args[0]));
        if (left < 0) throw new Killed();
        return real(...args);
      };
      jest.spyOn(fs, name).mockImplementation(step as never);
    }
    try {
      run();
      return 'done';
    } catch (error) {
      if (error instanceof Killed) return 'killed';
      throw error;
    } finally {
      jest.restoreAllMocks();
    }
  }

  function removeOneFile(folder: string): void {
    const path =
      fs.existsSync(folder) &&
      fs
        .readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .find((name) => fs.statSync(join(folder, name)).isFile());
    if (path) fs.unlinkSync(join(folder, path));
  }

  test.each([
    ['that renders everything', []],
    ['that keeps a folder', ['kind/dev']],
  ])(
    '%s leaves the old tree or the new one whole, wherever it was, and the next run clears the rest away',
    (_what, kept) => {
      const old = textsOf(aTree('old'));
      const fresh = {
        ...textsOf(aTree('new', kept)),
        ...Object.fromEntries(Object.entries(old).filter(([path]) => kept.some((folder) => path.startsWith(folder)))),
      };
      const seen = { old: 0, new: 0, 'brought back': 0 };
      for (let steps = 0; ; steps++) {
        const { parent, root } = standing();
        const outcome = killedAfter(steps, () => replaceTree(root, aTree('new', kept)));
        const missing = !fs.existsSync(root);
        readIndex(root);
        const files = filesOf(root);
        const isNew = files['index.json'] === fresh['index.json'];
        expect(files).toEqual(isNew ? fresh : old);
        seen[missing ? 'brought back' : isNew ? 'new' : 'old']++;
        replaceTree(root, aTree('newer'));
        expect(filesOf(root)).toEqual(textsOf(aTree('newer')));
        expect(fs.readdirSync(parent)).toEqual(['dist']);
        if (outcome === 'done') break;
      }
      // Between its two renames alone the tree is away, and the next run brings it back.
      expect(seen['brought back']).toBeLessThanOrEqual(1);
      expect(seen.old).toBeGreaterThan(5);
      expect(seen.new).toBeGreaterThanOrEqual(1);
    },
  );

  test('before anything stood there leaves nothing, or everything', () => {
    for (let steps = 0; ; steps++) {
      const root = join(newFolder(), 'dist');
      const outcome = killedAfter(steps, () => replaceTree(root, aTree('new')));
      if (readIndex(root)) expect(filesOf(root)).toEqual(textsOf(aTree('new')));
      else expect(fs.existsSync(root)).toBe(false);
      if (outcome === 'done') return;
    }
  });

  test('does not cost the run beside it its files', () => {
    const { parent, root } = standing();
    const running = join(parent, `dist.rendering-${process.ppid}`);
    const other = join(parent, 'dist.rendering-notes');
    for (const folder of [running, other]) fs.mkdirSync(folder);
    replaceTree(root, aTree('new'));
    expect(fs.readdirSync(parent)).toEqual(['dist', `dist.rendering-${process.ppid}`, 'dist.rendering-notes'].sort());
  });

  test('does not bring its tree back in place of one that stands', () => {
    const { parent, root } = standing('standing');
    write(join(parent, 'dist.replaced-999999999/index.json'), '{"targets":{}}');
    readIndex(root);
    expect(filesOf(root)).toEqual(textsOf(aTree('standing')));
    expect(fs.readdirSync(parent)).toEqual(['dist']);
  });
});
