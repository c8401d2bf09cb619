import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { list, record, string } from '../manifests/resource';
import type { SecretOutline } from '../model/secret-contract';
import { TREE_INDEX } from './batches';

/** A target's folder is two below the root of its tree, its files three. */
const DEEPEST = 3;

/**
 * The Secrets that rendered targets need and that nothing in their tree makes, as its index says: of the targets that these files
 * and folders are, are in, or hold.
 */
export function expectedIn(paths: readonly string[]): SecretOutline[] {
  return paths.flatMap((path) => {
    const place = resolve(path);
    const root = rootOf(place);
    if (root === undefined) return [];
    const inside = relative(root, place).split(sep).join('/');
    return Object.entries(targetsOf(root)).flatMap(([target, content]) =>
      isWithin(inside, target) || isWithin(target, inside) ? list(record(content)?.['secrets']).flatMap(outline) : [],
    );
  });
}

function rootOf(place: string): string | undefined {
  let folder = place;
  for (let i = 0; i <= DEEPEST; i++) {
    if (existsSync(join(folder, TREE_INDEX))) return folder;
    folder = dirname(folder);
  }
  return undefined;
}

function targetsOf(root: string): object {
  try {
    return record(record(JSON.parse(readFileSync(join(root, TREE_INDEX), 'utf8')))?.['targets']) ?? {};
  } catch {
    // A file of this name that something else wrote.
    return {};
  }
}

function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

function outline(value: unknown): SecretOutline[] {
  const entry = record(value);
  const [namespace, name, type] = ['namespace', 'name', 'type'].map((field) => string(entry?.[field]));
  if (namespace === undefined || name === undefined) return [];
  const keys = list(entry?.['keys']).filter((key) => typeof key === 'string');
  return [{ namespace, name, ...(type === undefined ? {} : { type }), keys }];
}
