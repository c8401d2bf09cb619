import type { Path, Resource } from '../manifests/resource';
import { record, string } from '../manifests/resource';
import { memo } from '../model/memo';
import type { Application } from './argo';
import { applicationsOf, isTemplated } from './argo';
import type { World } from './world';

/** What an Application applies from a folder that is judged along with it. */
export interface Contents {
  /** Where the path of the source stands. */
  readonly path: Path;
  /** The folder, as the files name it. */
  readonly folder: string;
  readonly resources: readonly Resource[];
  /** Whether the Application may change what stands there: parameters of Helm, fields of Kustomize. */
  readonly isChanged: boolean;
}

/** `kubectl kustomize apps/shop`, `helm template release apps/shop`: what stands in no file of its own. */
const RENDERED = /^(?:kustomize build|kubectl kustomize|(helm) template \S+) (.+)$/;

/** The folders of manifests, each with its objects; those that were rendered are whole. */
const foldersOf = memo((world: World) => {
  const folders = new Map<string, { readonly from: 'files' | 'kustomize' | 'helm'; readonly resources: Resource[] }>();
  for (const resource of world.resources) {
    const { file } = resource.source;
    const rendered = RENDERED.exec(file);
    const folder = (rendered?.[2] ?? (file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : ''))
      .replace(/^\.\//, '')
      .replace(/\/$/, '');
    const from = rendered ? (rendered[1] ? 'helm' : 'kustomize') : 'files';
    const known = folders.get(folder);
    if (known) known.resources.push(resource);
    else folders.set(folder, { from, resources: [resource] });
  }
  return folders;
});

/** The folders of manifests and those that they stand in. */
const treeOf = memo((world: World): ReadonlySet<string> => {
  const tree = new Set<string>();
  for (const folder of foldersOf(world).keys()) {
    const parts = folder.split('/');
    parts.forEach((_, i) => tree.add(parts.slice(0, i + 1).join('/')));
  }
  return tree;
});

/** The folders that may be the path of a repository, whichever folder the repository itself is judged from. */
export function foldersAt(world: World, path: string): readonly string[] {
  const tree = treeOf(world);
  return tree.has(path) ? [path] : [...tree].filter((folder) => folder.endsWith(`/${path}`));
}

/** Every folder as a path of as many parts as this one has. */
export function foldersLike(world: World, path: string): readonly string[] {
  const count = path.split('/').length;
  return [...treeOf(world)].flatMap((folder) => {
    const parts = folder.split('/');
    return parts.length < count ? [] : parts.slice(-count).join('/');
  });
}

/** The objects in a folder of a repository and in those below it, as far as it is judged here; undefined: it is not, or nobody knows which it is. */
export function objectsBelow(world: World, path: string): readonly Resource[] | undefined {
  const [root, ...others] = foldersAt(world, path);
  if (root === undefined || others.length > 0) return undefined;
  return [...foldersOf(world)].flatMap(([folder, { resources }]) =>
    folder === root || folder.startsWith(`${root}/`) ? resources : [],
  );
}

/** The path of a source in its repository; undefined for the whole repository, and where it is filled in later. */
export function pathIn(value: unknown): string | undefined {
  const text = string(value);
  if (text === undefined || isTemplated(text)) return undefined;
  const path = text.replace(/^\.?\//, '').replace(/\/$/, '');
  return path === '' || path === '.' ? undefined : path;
}

/** Repositories all of whose paths are among the manifests: they are what is judged here. */
const repositoriesHere = memo((world: World): ReadonlySet<string> => {
  const paths = new Map<string, boolean>();
  for (const { sources } of applicationsOf(world))
    for (const { json } of sources) {
      const [repository, path] = [string(json['repoURL']), pathIn(json['path'])];
      if (repository === undefined || path === undefined) continue;
      const isHere = foldersAt(world, path).length > 0;
      paths.set(repository, isHere && (paths.get(repository) ?? true));
    }
  return new Set([...paths].flatMap(([repository, isHere]) => (isHere ? repository : [])));
});

/** What an Application applies, of those of its folders that are judged. */
export function contentsOf(world: World, { sources }: Application): readonly Contents[] {
  return sources.flatMap(({ json, path: at }) => {
    const path = pathIn(json['path']);
    if (path === undefined || !repositoriesHere(world).has(string(json['repoURL']) ?? '')) return [];
    const directory = record(json['directory']);
    // Which files are taken is left open.
    if (json['plugin'] || directory?.['include'] || directory?.['exclude']) return [];
    const [root, ...others] = foldersAt(world, path);
    if (root === undefined || others.length > 0) return [];
    const folders = foldersOf(world);
    const own = folders.get(root);
    const from = own?.from ?? 'files';
    const below =
      from === 'files' && directory?.['recurse'] === true
        ? [...folders].flatMap(([folder, other]) => (folder.startsWith(`${root}/`) ? other.resources : []))
        : [];
    return [
      {
        path: [...at, 'path'],
        folder: root,
        resources: [...(own?.resources ?? []), ...below],
        isChanged: from === 'helm' || json['helm'] !== undefined || json['kustomize'] !== undefined,
      },
    ];
  });
}
