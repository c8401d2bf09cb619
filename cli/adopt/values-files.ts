import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { label } from '../../adopt/words';
import { Unparsable } from '../../manifests/reading/yaml/events';
import { parseYaml } from '../../manifests/reading/yaml/parse';
import { StrataError } from '../../model/errors';
import { isMap } from '../../model/is-map';
import { entriesBelow } from './files';

/** A file of values that is an environment. */
export interface ValuesFile {
  /** Of the environment. */
  readonly name: string;
  /** As it is told: relative to the chart, or as it was given. */
  readonly from: string;
  /** What Helm is given: a path relative to the chart, or one that stands elsewhere. */
  readonly path: string;
  readonly isElsewhere: boolean;
}

/** `values-prod.yaml`, `prod.values.yaml`; `values.yaml` is the chart's own, or that of the folder that it is in. */
const NAMED = /^(?:values[-_.](.+)|(.+)[-_.]values)\.ya?ml$/;
const PLAIN = /^(.+)\.ya?ml$/;

/** Folders of a chart in which people keep values: `environments/prod.yaml`, `env/prod/values.yaml`. */
const FOLDERS = ['env', 'envs', 'environments', 'values'];

/** The further files of values that stand in a chart. */
export function valuesFilesIn(chart: string): ValuesFile[] {
  const top = readdirSync(chart)
    .filter((file) => NAMED.test(file))
    .sort();
  const below = FOLDERS.flatMap((folder) =>
    isFolder(join(chart, folder))
      ? [...entriesBelow(chart, folder)].filter((entry) => !entry.isFolder && PLAIN.test(entry.path)).map(pathOf)
      : [],
  ).filter((path) => mayBeValues(join(chart, path)));
  return named([...top, ...below].map((path) => ({ from: path, path, isElsewhere: false })));
}

/** Files of values that are named on the command line, wherever they stand. */
export function valuesFilesGiven(paths: readonly string[]): ValuesFile[] {
  for (const path of paths)
    if (!existsSync(path) || isFolder(path))
      throw new StrataError(`--values ${path}`, 'is no file', ['name a file of values: one is an environment']);
  return named(paths.map((path) => ({ from: path, path, isElsewhere: true })));
}

/** Each with the shortest name that no other one has. */
function named(files: readonly Omit<ValuesFile, 'name'>[]): ValuesFile[] {
  const short = files.map(({ path }) => nameOf(path));
  return files.map((file, i) => {
    const isAlone = short.filter((name) => name === short[i]).length === 1;
    return { name: isAlone ? short[i]! : label(file.path.replace(/\.ya?ml$/, ''), 'default', 40), ...file };
  });
}

function nameOf(path: string): string {
  const file = basename(path);
  const [, after, before] = NAMED.exec(file) ?? [];
  const stem = PLAIN.exec(file)?.[1] ?? file;
  const isBare = stem === 'values' && dirname(path) !== '.';
  return label(after ?? before ?? (isBare ? basename(dirname(path)) : stem), 'default', 40);
}

/** A map, or what cannot be read: Helm says why. */
function mayBeValues(path: string): boolean {
  try {
    return isMap(parseYaml(readFileSync(path, 'utf8')).value);
  } catch (error) {
    if (error instanceof Unparsable) return true;
    throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function pathOf({ path }: { readonly path: string }): string {
  return path;
}
