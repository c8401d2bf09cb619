import { channel } from 'node:diagnostics_channel';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { IConstruct } from 'constructs';
import { knownNames, StrataError } from '../../model/errors';
import { INPUT_READ } from '../../model/input-read';

/** The key of the context (`node.setContext`) that names the project's root, where it is not the nearest folder with a cdk8s.yaml. */
export const PROJECT_ROOT = 'strata:project-root';

/** More than this (bytes) is no input that a person keeps in a repository by intention. */
export const LARGEST = 32 * 2 ** 20;

/** A file as it was read. */
export interface InputFile {
  /** Relative to the project's root, with slashes. */
  readonly name: string;
  readonly text: string;
}

/**
 * The folder that paths of inputs are relative to: what the context says, else the nearest one with a cdk8s.yaml above the folder in which
 * the program was called, as the command line finds it; else that of this program itself.
 */
export function projectRoot(scope: IConstruct): string {
  const said: unknown = scope.node.tryGetContext(PROJECT_ROOT);
  if (typeof said === 'string') return said;
  const called = process.cwd();
  return above(called, 'cdk8s.yaml') ?? above(__dirname, 'cdk8s.yaml') ?? above(called, 'package.json') ?? called;
}

/** The nearest folder, at or above this one, that has a file. */
function above(folder: string, file: string): string | undefined {
  if (existsSync(join(folder, file))) return folder;
  return dirname(folder) === folder ? undefined : above(dirname(folder), file);
}

/** How messages name a path: relative to the project's root. */
export function nameIn(root: string, path: string): string {
  return relative(root, path).replaceAll(sep, '/') || '.';
}

/** Where a path of an input leads; what is not there is refused with the names that are. */
export function existingPath(root: string, place: string, path: string): string {
  const full = resolve(root, path);
  try {
    statSync(full);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const name = nameIn(root, full);
    if (code === 'ELOOP') throw loop(name);
    const folder = dirname(full);
    const beside = isFolder(folder) ? readdirSync(folder) : [];
    throw new StrataError(place, `${name} is not there`, [
      beside.length > 0
        ? `name what is in ${nameIn(root, folder)}: ${knownNames(full.slice(folder.length + 1), beside)}`
        : `create ${name}; paths are relative to the root of the project`,
    ]);
  }
  told(full);
  return full;
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Says that the render depends on a file or folder. */
export function told(path: string): void {
  channel(INPUT_READ).publish({ path });
}

/** A file of text, in UTF-8. */
export function textOf(root: string, path: string): InputFile {
  const name = nameIn(root, path);
  told(path);
  const { size } = statSync(path);
  if (size > LARGEST)
    throw new StrataError(
      name,
      `holds ${(size / 2 ** 20).toFixed(0)} MiB, and an input may have ${LARGEST / 2 ** 20} MiB`,
      ['name the one file that is wanted', 'split it into inputs of their own'],
    );
  try {
    return { name, text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw unreadable(name, error);
    throw new StrataError(name, 'is not text in UTF-8', ['convert it to UTF-8', 'name a file of YAML']);
  }
}

const MANIFESTS = /\.(?:ya?ml|json)$/;

/** A file, or the manifests of a folder with all that is in it, in the order in which `kubectl apply --recursive` takes them. */
export function filesAt(root: string, place: string, path: string): InputFile[] {
  const full = existingPath(root, place, path);
  if (!isFolder(full)) return [textOf(root, full)];
  const found = [...manifestsBelow(root, full, [])];
  let size = 0;
  for (const file of found) size += statSync(file).size;
  if (size > LARGEST)
    throw new StrataError(
      nameIn(root, full),
      `its ${found.length} files hold ${(size / 2 ** 20).toFixed(0)} MiB, and an input may have ${LARGEST / 2 ** 20} MiB`,
      ['name the folder or file that is wanted', 'split it into inputs of their own'],
    );
  if (found.length === 0)
    throw new StrataError(nameIn(root, full), 'there is no file of YAML or JSON in this folder', [
      'name the folder of the manifests',
    ]);
  return found.map((file) => textOf(root, file));
}

function* manifestsBelow(root: string, folder: string, inside: readonly string[]): Generator<string> {
  const real = realpathSync(folder);
  if (inside.includes(real)) throw loop(nameIn(root, folder));
  told(folder);
  const names = readdirSync(folder).sort();
  refuseOther(nameIn(root, folder), names);
  for (const name of names) {
    if (name.startsWith('.') || name === 'node_modules') continue;
    const path = join(folder, name);
    if (isLoop(path)) throw loop(nameIn(root, path));
    if (isFolder(path)) yield* manifestsBelow(root, path, [...inside, real]);
    else if (MANIFESTS.test(name)) yield existingPath(root, nameIn(root, folder), path);
  }
}

/** A folder of something else than plain manifests. */
function refuseOther(name: string, names: readonly string[]): void {
  if (names.includes('Chart.yaml'))
    throw new StrataError(name, 'is a Helm chart, and its templates are no manifests', [
      `use new FromHelm(…, { chart: '${name}' })`,
    ]);
  const kustomization = names.find((each) => KUSTOMIZATIONS.includes(each));
  if (kustomization !== undefined)
    throw new StrataError(`${name}/${kustomization}`, 'is for Kustomize, which makes other objects of these files', [
      `use new FromKustomize(…, { path: '${name}' })`,
      'name the files that are wanted one by one',
    ]);
}

/** What Kustomize's own file may be called. */
export const KUSTOMIZATIONS: readonly string[] = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

function isLoop(path: string): boolean {
  try {
    statSync(path);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ELOOP';
  }
}

function loop(name: string): StrataError {
  return new StrataError(name, 'is a symbolic link that leads back to itself', ['remove the link']);
}

function unreadable(name: string, error: unknown): StrataError {
  return new StrataError(name, `cannot be read: ${(error as Error).message}`, ['let the file be read']);
}
