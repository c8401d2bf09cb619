import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { knownNames, StrataError } from '../model/errors';
import { nearest } from '../model/near';

/** The path, if there is something; an option may take a name of something known instead. */
export function existing(option: string, path: string, names: readonly string[] = []): string {
  if (existsSync(path)) return path;
  throw noSuchPath(`${option} ${path}`, path, names);
}

/** Why a place that should name what exists is wrong, with the nearest path and the names that would do, too. */
export function noSuchPath(place: string, path: string, clusters: readonly string[] = []): StrataError {
  const byPath = `name a file or folder that exists${hintFor(path)}`;
  if (clusters.length === 0) return new StrataError(place, 'does not exist', [byPath]);
  return new StrataError(place, 'is neither a file or folder nor the name of a cluster', [
    `name a cluster: ${knownNames(path, clusters)}`,
    byPath,
  ]);
}

const SHOWN = 5;

/** `: did you mean apps/web?`, or what the nearest folder has. */
export function hintFor(path: string): string {
  const { folder, missing, rest } = splitAtFolder(normalize(path));
  if (existsSync(join(folder, missing))) return `: ${join(folder, missing)} is a file`;
  const entries = readable(folder).filter((name) => !name.startsWith('.'));
  const meant = nearest(missing, entries);
  const whole = meant === undefined ? undefined : [join(folder, meant, ...rest), join(folder, meant)].find(existsSync);
  if (whole !== undefined) return `: did you mean ${whole}?`;
  if (entries.length === 0) return `: the folder ${folder} is empty`;
  const more = entries.length > SHOWN ? `, and ${entries.length - SHOWN} more` : '';
  return `: the folder ${folder} has ${entries.slice(0, SHOWN).join(', ')}${more}`;
}

/** The deepest folder of a path that is there, and what is missing in it. */
function splitAtFolder(path: string): {
  readonly folder: string;
  readonly missing: string;
  readonly rest: readonly string[];
} {
  const rest: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    const folder = dirname(at);
    if (folder === at || isFolder(folder)) return { folder, missing: basename(at), rest };
    rest.unshift(basename(at));
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function readable(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    // A folder that may not be listed has no names to offer.
    return [];
  }
}
