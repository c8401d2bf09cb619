import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { decode } from '../../manifests/reading/file';
import { Unparsable } from '../../manifests/reading/yaml/events';
import { parseYaml } from '../../manifests/reading/yaml/parse';
import { positionAt, positionOf, writtenAt } from '../../manifests/reading/yaml/position';
import type { Path, Source } from '../../manifests/resource';
import { pathText } from '../../manifests/resource';
import { meantName, StrataError } from '../../model/errors';
import { explained } from '../../model/system-errors';
import type { JudgingRule } from '../check';
import { GROUPS } from '../check';
import { isGroup } from '../choose';
import { hintFor, noSuchPath } from '../paths';
import type { Suppression } from '../suppression/suppression';
import { ownRule } from './own-rules';
import type { ConfigValues } from './schema';
import { CONFIG } from './schema';
import { problemsOf } from './validate';

export const CONFIG_FILE = '.strata.yaml';

/** What a repository says of how its manifests are judged. */
export interface RepositoryConfig {
  readonly values: ConfigValues;
  /** Where a key of the file stands. */
  readonly placeOf: (key: keyof ConfigValues) => string;
  readonly rules: readonly JudgingRule[];
  readonly suppressions: readonly Suppression[];
}

const NONE: RepositoryConfig = { values: {}, placeOf: (key) => key, rules: [], suppressions: [] };

/** The configuration of a file, or of the one that is found in a folder or above it, up to the root of its repository. */
export function configOf(file: string | undefined, folder: string, knownChecks: readonly string[]): RepositoryConfig {
  const found = file ?? findUpwards(folder);
  if (found === undefined) return NONE;
  if (!existsSync(found))
    throw new StrataError(`--config ${found}`, 'does not exist', [
      `name a file that exists${hintFor(found)}`,
      'write one: strata checks --init',
    ]);
  // Named as a person in this folder would open it.
  const name = relative(folder, found) || found;
  const bytes = explained(name, ['name another file with --config'], () => readFileSync(found));
  const decoded = decode(name, bytes);
  if ('reason' in decoded)
    throw new StrataError(`${name}:${decoded.line}:${decoded.column}`, decoded.reason, ['mend the file']);
  return configIn(decoded, dirname(found), folder, knownChecks);
}

function findUpwards(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const file = join(at, CONFIG_FILE);
    if (existsSync(file)) return file;
    // A file above the repository is somebody else's.
    if (existsSync(join(at, '.git')) || dirname(at) === at) return undefined;
  }
}

/** The configuration that a text holds; `home` is the folder that its paths start from. */
export function configIn(
  source: Source,
  home: string,
  folder: string,
  knownChecks: readonly string[],
): RepositoryConfig {
  const place = (path: Path) => ({ source, document: 0, place: [], path });
  const textOf = (path: Path) => {
    const { line, column } = positionOf(place(path), path);
    return [`${source.file}:${line}:${column}`, pathText(path)].filter(Boolean).join(' ');
  };
  const fail = (path: Path, found: string, fix: string): never => {
    throw new StrataError(textOf(path), found, [fix]);
  };
  const value = parsed(source);
  if (value === null || value === undefined) return NONE;
  const [problem] = problemsOf(value, CONFIG, (path) => writtenAt(place(path), path));
  if (problem) fail(problem.path, problem.found, problem.fix);
  const values = value as ConfigValues;
  const known = [...knownChecks, ...(values.rules ?? []).map(({ id }) => id)];
  for (const id of Object.keys(values.severity ?? {}))
    if (!known.includes(id))
      fail(['severity', id], 'is no check', `name a check: ${meantName(id, known) || 'strata checks lists them'}`);
  for (const [i, name] of (values.skip ?? []).entries())
    if (!known.includes(name) && !isGroup(name))
      fail(
        ['skip', i],
        `${name} is no check and no group of checks`,
        `name one: ${meantName(name, [...known, ...GROUPS]) || 'strata checks lists them'}`,
      );
  const rules = (values.rules ?? []).map((rule, i) => {
    if (known.indexOf(rule.id) !== known.lastIndexOf(rule.id))
      fail(['rules', i, 'id'], `${rule.id} is a check already`, 'choose another id');
    const made = ownRule(rule);
    return 'problem' in made ? fail(['rules', i, made.field], made.problem, made.fix) : made;
  });
  const suppressions = (values.suppress ?? []).map((suppression, i): Suppression => {
    const path = ['suppress', i];
    return { ...suppression, at: { file: source.file, ...positionOf(place(path), path), path: pathText(path) } };
  });
  const fromHere = (path: string) => relative(folder, resolve(home, path)) || '.';
  for (const [at, path] of pathsIn(values))
    if (!existsSync(resolve(home, path)))
      throw noSuchPath(at.includes(path) ? textOf(at) : `${textOf(at)} ${path}`, fromHere(path));
  return {
    values: {
      ...values,
      ...(values.declare ? { declare: values.declare.map(fromHere) } : {}),
      ...(values.namespaces
        ? {
            namespaces: Object.fromEntries(
              Object.entries(values.namespaces).map(([path, name]) => [fromHere(path), name]),
            ),
          }
        : {}),
      ...(values.previous === undefined ? {} : { previous: fromHere(values.previous) }),
      // A name of a cluster is no path.
      ...(values.cluster !== undefined && existsSync(resolve(home, values.cluster))
        ? { cluster: fromHere(values.cluster) }
        : {}),
    },
    placeOf: (key) => textOf([key]),
    rules,
    suppressions,
  };
}

/** What names files and folders, and nothing else. */
function* pathsIn({ declare, namespaces, previous }: ConfigValues): Iterable<readonly [Path, string]> {
  for (const [i, path] of (declare ?? []).entries()) yield [['declare', i], path];
  for (const path of Object.keys(namespaces ?? {})) yield [['namespaces', path], path];
  if (previous !== undefined) yield [['previous'], previous];
}

function parsed(source: Source): unknown {
  try {
    return parseYaml(source.text).value;
  } catch (error) {
    if (!(error instanceof Unparsable)) throw error;
    const { line, column } = positionAt(source, error.offset);
    throw new StrataError(`${source.file}:${line}:${column}`, error.reason, ['mend the YAML']);
  }
}
