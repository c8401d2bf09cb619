import { readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StrataError } from '../../model/errors';
import { existingPath, isFolder, KUSTOMIZATIONS, nameIn, textOf, told } from './files';
import { isFields } from './given';
import { documentsIn } from './yaml';

/** Fields that name folders and files, each of which may lead to further ones. */
const FOLLOWED = ['resources', 'bases', 'components'];
/** Fields that name files, or say inline what would stand in them. */
const NAMED = ['crds', 'configurations', 'generators', 'transformers', 'validators'];

/** Fields, at any depth, whose strings are files that Kustomize loads by itself: those of generators may have a key before them. */
const LOADED: ReadonlySet<string> = new Set(['path', 'files', 'envs', 'env', 'patchesStrategicMerge']);

/** What Kustomize would fetch: an address, a host with a path, a repository of git. */
const REMOTE =
  /^[a-z+]+:\/\/|^git@|^git::|^[\w-]+(?:\.[\w-]+)+[:/]|\?(?:ref|version|timeout|submodules)=|\.git(?:\/|$)/i;

/**
 * Follows a kustomization to everything that it stands on, and refuses what Kustomize would fetch, what leads back to itself and what
 * is not there. Everything that was met is told as an input.
 */
export function checkKustomization(root: string, place: string, path: string): string {
  const folder = existingPath(root, place, path);
  if (!isFolder(folder))
    throw new StrataError(place, `${nameIn(root, folder)} is a file, and Kustomize takes a folder`, [
      `name its folder: ${nameIn(root, dirname(folder))}`,
      'use new FromYaml(…) for a file of manifests',
    ]);
  follow(root, folder, []);
  return folder;
}

function follow(root: string, folder: string, inside: readonly string[]): void {
  const name = nameIn(root, folder);
  const real = realpathSync(folder);
  if (inside.includes(real)) {
    const circle = [...inside.slice(inside.indexOf(real)), real].map((each) => nameIn(realpathSync(root), each));
    throw new StrataError(name, `stands on itself: ${circle.join(' → ')}`, ['remove one of these from its resources']);
  }
  told(folder);
  const found = readdirSync(folder).filter((each) => KUSTOMIZATIONS.includes(each));
  if (found.length !== 1)
    throw new StrataError(
      name,
      found.length === 0 ? 'has no kustomization.yaml' : `has ${found.length} of them: ${found.join(', ')}`,
      [
        found.length === 0 ? 'name the folder of a kustomization' : 'keep one of them',
        ...(found.length === 0 ? ['use new FromYaml(…) for a folder of manifests'] : []),
      ],
    );
  const file = `${name}/${found[0]}`;
  const { text } = textOf(root, join(folder, found[0]!));
  const [document] = documentsIn(file, text, { lastWins: true });
  if (!isFields(document?.value))
    throw new StrataError(file, 'is no kustomization: a map of fields', [
      'write resources: […] and what else it needs',
    ]);
  const { value } = document;
  refuseCharts(file, value);
  refuseFetched(file, value, '');
  for (const field of [...FOLLOWED, ...NAMED])
    for (const entry of entriesOf(file, value, field)) {
      // Inline.
      if (entry.includes('\n')) continue;
      const path = resolve(folder, entry);
      // An address ends as the name of no file.
      if (statSync(path, { throwIfNoEntry: false }) === undefined && REMOTE.test(entry))
        throw remote(file, field, entry);
      existingPath(root, `${file}, ${field}`, path);
      if (isFolder(path)) follow(root, path, [...inside, real]);
    }
}

function entriesOf(file: string, value: Readonly<Record<string, unknown>>, field: string): readonly string[] {
  const given = value[field] ?? [];
  if (!Array.isArray(given) || !given.every((each) => typeof each === 'string'))
    throw new StrataError(file, `${field} is ${JSON.stringify(given).slice(0, 80)}, and must be a list of paths`, [
      `write ${field}: [deployment.yaml, ../base]`,
    ]);
  return given;
}

/** Any file may be an address to it. */
function refuseFetched(file: string, value: unknown, field: string): void {
  if (typeof value === 'string') {
    const address = /^(?:[^=\n]*=)?(https?:\/\/\S+)$/.exec(value)?.[1];
    if (address !== undefined && LOADED.has(field)) throw remote(file, field, address);
  } else if (Array.isArray(value)) for (const each of value) refuseFetched(file, each, field);
  else if (isFields(value)) for (const [key, each] of Object.entries(value)) refuseFetched(file, each, key);
}

/** Charts in a kustomization are fetched when it is built. */
function refuseCharts(file: string, value: Readonly<Record<string, unknown>>): void {
  const field = ['helmCharts', 'helmChartInflationGenerator'].find((each) => value[each] !== undefined);
  if (field === undefined) return;
  throw new StrataError(file, `has ${field}: Kustomize would fetch a chart, and only with an option of its own`, [
    'use new FromHelm(…) for the chart: strata vendor fetches it once',
    `remove ${field}`,
  ]);
}

function remote(file: string, field: string, entry: string): StrataError {
  return new StrataError(
    file,
    `${field} names ${entry}, which is elsewhere: a render reads nothing from the network, and it may be other files tomorrow`,
    ['vendor it first: copy it into the repository, and name the copy'],
  );
}
