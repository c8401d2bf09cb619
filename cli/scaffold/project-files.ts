import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StrataError } from '../../model/errors';
import { labelProblem } from '../../model/names';
import { explained } from '../../model/system-errors';
import { OWN_SOURCES } from '../root';
import { lockOf } from './lock';

const TEMPLATE = join(OWN_SOURCES, 'templates/project');
/** What the template's platform is called. */
const NAME = /\bshop\b/g;
/** Names that npm would not pack as they are. */
const CALLED: Readonly<Record<string, string>> = { gitignore: '.gitignore' };
/** The names of the packages of a project: those that strata itself is tested with. */
const PACKAGES = join(OWN_SOURCES, 'templates/packages.json');

interface Package {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** The name that is given for the platform, or one from that of its folder. */
export function platformName(given: string | undefined, folder: string): string {
  const name = given ?? nameFor(folder);
  const problem = labelProblem(name, 40);
  if (problem !== undefined)
    throw new StrataError(`the platform's name ${JSON.stringify(name)}`, problem, [
      'give the platform a name with --name: lower case letters, digits and hyphens',
    ]);
  return name;
}

function nameFor(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'platform' : name.slice(0, 40);
}

/** Every file of a new project, by path. */
export function projectFiles(name: string, strata: string): ReadonlyMap<string, string> {
  const { devDependencies, version } = JSON.parse(readFileSync(join(OWN_SOURCES, 'package.json'), 'utf8')) as Package;
  const files = new Map<string, string>();
  for (const path of pathsIn(TEMPLATE)) {
    const text = readFileSync(join(TEMPLATE, path), 'utf8').replace(NAME, name);
    files.set(CALLED[path] ?? path, text);
  }
  const packages = JSON.parse(readFileSync(PACKAGES, 'utf8')) as readonly string[];
  const needed = Object.fromEntries(
    [...packages.map((one) => [one, devDependencies[one]!] as const), ['strata', strata] as const].sort(([a], [b]) =>
      a < b ? -1 : 1,
    ),
  );
  const manifest = { ...(JSON.parse(files.get('package.json')!) as object), devDependencies: needed };
  files.set('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
  const lock = lockOf(OWN_SOURCES, { name, devDependencies: needed, strata: { version, from: strata } });
  if (lock !== undefined) files.set('package-lock.json', lock);
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Throws where one of the files is there already, or where there is no room for them. */
export function refuseTaken(folder: string, files: ReadonlyMap<string, string>): void {
  refuseFile(folder);
  const taken = [...files.keys()].filter((path) => existsSync(join(folder, path)));
  if (taken.length > 0)
    throw new StrataError(folder, `has ${taken.join(', ')} already, and nothing is overwritten`, [
      'name an empty folder',
      'move these files away',
    ]);
}

/** Writes files that are not there yet. */
export function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    const file = join(folder, path);
    explained(file, ['choose another folder'], () => {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    });
  }
}

/** Throws where a file stands in the place of a folder, or of one above it. */
export function refuseFile(folder: string): void {
  if (existsSync(folder) ? statSync(folder).isDirectory() : dirname(folder) === folder) return;
  if (!existsSync(folder)) return refuseFile(dirname(folder));
  throw new StrataError(folder, 'is a file, and a project is a folder', ['name an empty folder, or one to be made']);
}

function pathsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !/^(node_modules|dist|\.strata)\//.test(path));
}
