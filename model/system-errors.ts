import { StrataError } from './errors';

/** What a code of the operating system means, and what a person can do. */
export type SystemReasons = Readonly<Record<string, readonly [found: string, fix: string]>>;

/**
 * What the operating system refuses, by its code. bin/trouble.mjs has those that come before a program is bundled: it is plain
 * JavaScript and cannot load this; a test holds the two together.
 */
export const SYSTEM_REASONS: SystemReasons = {
  ENOSPC: ['the disk is full', 'free some space'],
  EDQUOT: ['the disk quota is used up', 'free some space'],
  EACCES: ['may not be read or written', 'give yourself permission there'],
  EPERM: ['may not be written', 'give yourself permission there'],
  EROFS: ['is on a read-only file system', 'choose a place that can be written'],
  ENOTDIR: ['is no folder', 'remove the file that is in the way'],
  EEXIST: ['is no folder', 'remove the file that is in the way'],
  EISDIR: ['is a folder, and a file is needed', 'name a file'],
  ENOENT: ['does not exist', 'name what exists'],
  ELOOP: ['is a link that leads to itself', 'mend the link'],
  ENAMETOOLONG: ['has a name that is too long', 'give it a shorter one'],
  EMFILE: ['cannot be opened: too many files are open', 'raise the limit of open files (ulimit -n)'],
  ENFILE: ['cannot be opened: too many files are open', 'raise the limit of open files of the machine'],
  EIO: ['cannot be read or written: the disk reports an error', 'copy the files to another disk'],
  ETXTBSY: ['is in use', 'stop the program that uses it'],
  EBUSY: ['is in use', 'stop the program that uses it'],
};

/** What is wrong in words, if it is the file system that refused. */
export function systemReason(
  error: unknown,
  reasons: SystemReasons = SYSTEM_REASONS,
): readonly [found: string, fix: string] | undefined {
  const { code, syscall } = { ...(error as Partial<NodeJS.ErrnoException> | null) };
  // What a program that is started refuses is told where it is started.
  if (code === undefined || syscall === undefined || syscall.startsWith('spawn')) return undefined;
  return Object.hasOwn(reasons, code) ? reasons[code] : undefined;
}

/** Does it, and tells what the file system refuses as an error of this place. */
export function explained<T>(place: string, otherFixes: readonly string[], act: () => T): T {
  try {
    return act();
  } catch (error) {
    const reason = systemReason(error);
    throw reason === undefined ? error : new StrataError(place, reason[0], [reason[1], ...otherFixes]);
  }
}

/** The same for what nobody foresaw: of the path that the error names, if it names one. */
export function explainedAnyway(error: unknown): unknown {
  const reason = systemReason(error);
  const { path } = { ...(error as Partial<NodeJS.ErrnoException> | null) };
  return reason === undefined || path === undefined ? error : new StrataError(path, reason[0], [reason[1]]);
}
