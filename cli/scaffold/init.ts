import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { StrataError } from '../../model/errors';
import { labelProblem } from '../../model/names';
import type { Run } from '../options/table';
import { OWN_SOURCES } from '../root';
import type { init } from '../tables';
import { installedFrom } from './installed';
import { lockOf } from './lock';

const TEMPLATE = join(OWN_SOURCES, 'templates/project');
/** What the template's platform is called. */
const NAME = /\bshop\b/g;
/** Names that npm would not pack as they are. */
const CALLED: Readonly<Record<string, string>> = { gitignore: '.gitignore' };
/** The packages of a project: those that strata itself is tested with. */
const PACKAGES = [
  ...['@types/jest', '@types/node', 'cdk8s', 'cdk8s-cli', 'cdk8s-plus-28', 'constructs', 'esbuild', 'jest'],
  ...['kubernetes-types', 'typescript'],
];

interface Package {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

export const command: Run<typeof init> = (_project, { words: [given = '.'], values }, host) => {
  const folder = resolve(given);
  const name = values.name ?? nameFor(basename(folder));
  const problem = labelProblem(name, 40);
  if (problem !== undefined)
    throw new StrataError(`strata init, name ${JSON.stringify(name)}`, problem, [
      'give the platform a name with --name: lower case letters, digits and hyphens',
    ]);
  const files = filesFor(name, values.strata ?? installedFrom(OWN_SOURCES, folder));
  const taken = [...files.keys()].filter((path) => existsSync(join(folder, path)));
  if (taken.length > 0)
    throw new StrataError(folder, `has ${taken.join(', ')} already, and nothing is overwritten`, [
      'name an empty folder',
      'move these files away',
    ]);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  host.print(`${given}: ${name}, a platform with ${files.size} files; README.md says what is where`);
  const there = given === '.' ? '' : `cd ${given} && `;
  host.print(`next: ${there}${files.has('package-lock.json') ? 'npm ci' : 'npm install'} && npm run synth`);
};

/** A name for the platform from that of its folder. */
function nameFor(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'platform' : name.slice(0, 40);
}

/** Every file of the project, by path. */
function filesFor(name: string, strata: string): ReadonlyMap<string, string> {
  const { devDependencies, version } = JSON.parse(readFileSync(join(OWN_SOURCES, 'package.json'), 'utf8')) as Package;
  const files = new Map<string, string>();
  for (const path of pathsIn(TEMPLATE)) {
    const text = readFileSync(join(TEMPLATE, path), 'utf8').replace(NAME, name);
    files.set(CALLED[path] ?? path, text);
  }
  const needed = Object.fromEntries(
    [...PACKAGES.map((one) => [one, devDependencies[one]!] as const), ['strata', strata] as const].sort(([a], [b]) =>
      a < b ? -1 : 1,
    ),
  );
  const manifest = { ...(JSON.parse(files.get('package.json')!) as object), devDependencies: needed };
  files.set('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
  const lock = lockOf(OWN_SOURCES, { name, devDependencies: needed, strata: { version, from: strata } });
  if (lock !== undefined) files.set('package-lock.json', lock);
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function pathsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !/^(node_modules|dist|\.strata)\//.test(path));
}
