import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { knownNames, StrataError } from '../model/errors';
import { withStrings } from '../model/json-text';
import type { Matrix } from '../model/matrix';
import type { Target } from '../model/target';
import type { PinnedVersions } from '../model/versions';
import { checkVersions, VERSIONS_FILE } from '../model/versions';
import { columns } from '../report/columns';
import { diffText } from '../report/diff/text';
import type { Host, Project } from './command';
import { comparedPairs } from './diff/compared';
import { fleetBetween } from './diff/diff';
import { withEditedCopy } from './diff/edited';
import { withTemporaryFolder } from './diff/repository';
import { Sides } from './diff/sides';
import type { Given, Run } from './options/table';
import type { diff, promote } from './tables';

export const command: Run<typeof promote> = async (project, { values: { only, write }, words }, host) => {
  const { root, matrix } = project;
  const [from, to] = [targetCalled(matrix, words[0]!), targetCalled(matrix, words[1]!)];
  const path = join(root, VERSIONS_FILE);
  const text = readVersions(path);
  const pinned = pinnedIn(text);
  const [source, place] = [sectionOf(pinned, from), sectionOf(pinned, to)];
  if (source === place)
    throw new StrataError(
      `${from.name} and ${to.name}`,
      `take their versions from the same place, ${source} in ${VERSIONS_FILE}`,
      ['name two environments', `pin versions for one target alone: "${to.name}": { … }`],
    );
  const asked = namesOf(pinned[source]!, source, only);
  const moves = asked.filter((name) => {
    const there = pinned[place]![name];
    return there !== undefined && there !== pinned[source]![name];
  });
  const elsewhere = asked.filter((name) => pinned[place]![name] === undefined);
  for (const line of columns(moves.map((name) => [name, pinned[place]![name]!, '→', pinned[source]![name]!])))
    host.print(line);
  if (elsewhere.length > 0) host.print(`${place} pins no ${elsewhere.join(', ')}: left out`);
  if (moves.length === 0) {
    host.print(`${place} has what ${source} has: nothing to promote`);
    return;
  }
  const rendered = matrix.targets().filter((target) => sectionOrNone(pinned, target) === place);
  const names = rendered.map(({ name }) => name);
  const others = names.join(', ');
  const value = (name: string) => pinned[source]![name]!;
  const promoted = withStrings(
    text,
    moves.map((key) => ({ section: place, key, value: value(key) })),
  );
  const effect = await effectOf(project, names, promoted, host);
  if (effect !== undefined) host.print(`\n${effect}\n`);
  if (!write) {
    host.print(`${place} in ${VERSIONS_FILE} would change, for ${others}: --write writes it`);
    return;
  }
  writeFileSync(`${path}~`, promoted);
  renameSync(`${path}~`, path);
  host.print(`${place} in ${VERSIONS_FILE} is changed, for ${others}`);
};

/** What the targets would be with other versions, as strata diff tells it; undefined where no sources can be rendered anew. */
async function effectOf<P>(
  project: Project<P>,
  targets: readonly string[],
  versions: string,
  host: Host,
): Promise<string | undefined> {
  const { compositionIn } = host;
  if (!compositionIn) return undefined;
  return withTemporaryFolder((temporary) =>
    withEditedCopy(project.root, { file: VERSIONS_FILE, text: versions }, async (root) => {
      const sides = new Sides(project, { words: [], values: { ...AS_RENDERED, target: targets } }, host, temporary);
      const [before, after] = [await sides.workingTree(), await sides.sourcesAt(root, VERSIONS_FILE, compositionIn)];
      const fleet = fleetBetween(comparedPairs(before, after), host);
      return diffText(fleet, { color: host.terminal === true && !host.env['NO_COLOR'], all: false });
    }),
  );
}

/** The options of strata diff, none of which is given. */
const AS_RENDERED: Given<typeof diff>['values'] = {
  target: undefined,
  live: false,
  kubeconfig: undefined,
  context: undefined,
  config: undefined,
  cluster: undefined,
  kubernetes: undefined,
  namespace: undefined,
  declare: undefined,
  complete: false,
  format: 'text',
  all: false,
  'fail-on': undefined,
  accepted: undefined,
};

function targetCalled<P>(matrix: Matrix<P>, word: string): Pick<Target, 'name' | 'environment'> {
  const [target, ...others] = matrix.targets([word]);
  if (others.length === 0) return target!;
  throw new StrataError(word, `matches ${others.length + 1} targets`, [`name one of them: ${target!.name}`]);
}

function readVersions(path: string): string {
  if (existsSync(path)) return readFileSync(path, 'utf8');
  throw new StrataError('strata promote', `moves versions that ${VERSIONS_FILE} pins, and there is no such file`, [
    'write it: { "staging": { "web": "registry.example.com/shop/web:1.2.0" }, "prod": { … } }, and take settings from it',
  ]);
}

function pinnedIn(text: string): PinnedVersions {
  let pinned: unknown;
  try {
    pinned = JSON.parse(text);
  } catch (error) {
    throw new StrataError(VERSIONS_FILE, `cannot be read: ${(error as Error).message}`, ['correct it']);
  }
  checkVersions(VERSIONS_FILE, pinned);
  return pinned;
}

/** A target's own versions, else those of its environment. */
function sectionOrNone(
  pinned: PinnedVersions,
  { name, environment }: Pick<Target, 'name' | 'environment'>,
): string | undefined {
  return [name, environment.name].find((section) => Object.hasOwn(pinned, section));
}

function sectionOf(pinned: PinnedVersions, target: Pick<Target, 'name' | 'environment'>): string {
  const section = sectionOrNone(pinned, target);
  if (section !== undefined) return section;
  const { name } = target.environment;
  throw new StrataError(VERSIONS_FILE, `pins nothing for ${target.name}`, [
    `add it: "${name}": { … }`,
    `name a target of an environment that is there: ${knownNames(name, Object.keys(pinned))}`,
  ]);
}

function namesOf(section: PinnedVersions[string], source: string, only: readonly string[] | undefined): string[] {
  const names = Object.keys(section);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new StrataError(`--only ${unknown}`, `${source} pins no ${unknown}`, [
      `use a name that is there: ${knownNames(unknown, names)}`,
    ]);
  return names.filter((name) => !only || only.includes(name));
}
