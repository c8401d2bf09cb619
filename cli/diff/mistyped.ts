import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { NOTHING_READ } from '../../manifests/reading/inputs';
import type { Unreadable } from '../../manifests/reading/read';
import { knownNames, meantName, StrataError } from '../../model/errors';
import { nearest } from '../../model/near';
import { Repository } from './repository';

/** What names may be meant by a word. */
export interface Known {
  readonly targets: readonly string[];
  /** The repository that the folder is in where strata is called. @default - it is in none */
  readonly repository: Repository | undefined;
}

/** Why a word names nothing that can be compared, with what was probably meant. */
export function unknownWord(word: string, known: Known): StrataError {
  if (isAddress(word))
    return new StrataError(word, 'is the address of a repository, and files are compared', [
      'clone it, and name a folder of the clone',
      'clone it, and call strata diff REVISION REVISION in the clone',
    ]);
  if (word.includes(':')) return unknownContent(word, known);
  const { targets, repository } = known;
  const revisions = repository?.names ?? [];
  const file = nearestFile(word);
  return new StrataError(
    word,
    `is neither a file or folder, nor a target, nor a revision of git${repository ? '' : ', and this folder is in no repository'}`,
    [
      file === undefined
        ? 'name a file or folder that exists'
        : `name a file or folder that exists: did you mean ${file}?`,
      `name a target: ${knownNames(word, targets)}`,
      ['name a commit, branch or tag, or what stands in one: REVISION:PATH', meantName(word, revisions)]
        .filter(Boolean)
        .join('; '),
    ],
  );
}

/** Of `REVISION:PATH`: which of both names nothing. */
function unknownContent(word: string, { targets, repository }: Known): StrataError {
  const at = word.indexOf(':');
  const [revision, path] = [word.slice(0, at), word.slice(at + 1)];
  if (!repository)
    return new StrataError(word, 'is read as REVISION:PATH of a repository of git, and this folder is in none', [
      'call strata in the repository',
      'name a file or folder that exists',
    ]);
  if (!repository.hasCommit)
    return new StrataError(word, 'is read as REVISION:PATH, and this repository has no commit yet', [
      'commit the files once',
      'name a file or folder that exists',
    ]);
  if (revision !== '' && repository.commitAt(revision) === undefined)
    return new StrataError(word, `${revision} is no revision of this repository`, [
      `name a commit, branch or tag: ${knownNames(revision, repository.names)}`,
    ]);
  if (targets.includes(path))
    return new StrataError(word, `${path} is a target, and no path`, [
      `compare the target with what it was: strata diff ${revision || 'HEAD'} ${path}`,
    ]);
  const where = revision === '' ? 'the index' : revision;
  const wanted = path.replace(/\/+$/, '');
  const paths = revision === '' ? [] : repository.pathsAt(revision);
  const own = repository.pathOf(join(process.cwd(), wanted));
  if (!wanted.startsWith('.') && paths.includes(own))
    return new StrataError(word, `${where} holds no ${wanted} at its root, and holds ${own}`, [
      `name it from its root, ${revision}:${own}, or from here, ${revision}:./${wanted}`,
    ]);
  const isThere = existsSync(wanted);
  const meant = isThere ? undefined : (nearest(wanted.replace(/^\.\//, ''), paths) ?? elsewhere(wanted, paths));
  return new StrataError(word, `${where} holds no ${wanted || path}`, [
    ...(isThere ? [`name it as it is now, which is not committed there: ${wanted}`] : []),
    meant === undefined
      ? `name what is committed, from the root of the repository: git ls-tree -r --name-only ${revision}`
      : `did you mean ${revision}:${meant}?`,
  ]);
}

/** `git@example.com:team/gitops.git`, `https://…` */
function isAddress(word: string): boolean {
  return /^[a-z][a-z+.-]*:\/\/|^[\w.-]+@[\w.-]+:.*\//.test(word);
}

/** The only one of the same name in another folder. */
function elsewhere(path: string, paths: readonly string[]): string | undefined {
  const own = paths.filter((each) => basename(each) === basename(path));
  return own.length === 1 ? own[0] : undefined;
}

function nearestFile(word: string): string | undefined {
  const folder = dirname(word);
  if (!existsSync(folder)) return undefined;
  try {
    const name = nearest(basename(word), readdirSync(folder));
    return name === undefined ? undefined : join(folder, name);
  } catch {
    // It may not be read, or is a file.
    return undefined;
  }
}

/** Whether a file or standard input is empty, or as good as that: whoever names it compares with nothing. A folder is a mistake. */
export function isNothing(path: string, { foreign, reason }: Unreadable): boolean {
  return foreign === true && reason === NOTHING_READ && (path === '-' || !statSync(path).isDirectory());
}

/** Refuses what was named, and holds nothing that could be compared: a folder without manifests, a text, a value file. */
export function refuseNothing(
  word: string,
  path: string,
  resources: readonly unknown[],
  unreadable: readonly Unreadable[],
): void {
  if (resources.length > 0 || unreadable.length === 0) return;
  const isManifest = path === '-' || /\.(ya?ml|json)$/i.test(path);
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  // A manifest with a mistake in it is one all the same.
  if (unreadable.some(({ foreign }) => foreign !== true) && (isManifest || isFolder)) return;
  if (isFolder && Repository.isBareAt(path))
    throw new StrataError(word, 'is a repository without files', [
      'clone it, and name a folder of the clone',
      `call strata there, with revisions: cd ${path} && strata diff HEAD~1 HEAD`,
    ]);
  const [first] = unreadable;
  const why = isFolder ? '' : ` (line ${first!.line}: ${first!.reason})`;
  throw new StrataError(word, `holds no Kubernetes objects${why}`, [
    'name a file or folder with manifests',
    'compare with nothing at all: /dev/null',
  ]);
}
