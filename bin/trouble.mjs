/** What an operating system refuses, by its code: what that means, and what a person can do. The words are those of model/system-errors.ts. */
export const REASONS = {
  ENOSPC: ['the disk is full', 'free some space'],
  EDQUOT: ['the disk quota is used up', 'free some space'],
  EACCES: ['may not be read or written', 'give yourself permission there'],
  EPERM: ['may not be written', 'give yourself permission there'],
  EROFS: ['is on a read-only file system', 'choose a place that can be written'],
  ENOTDIR: ['is no folder', 'remove the file that is in the way'],
  EISDIR: ['is a folder, and a file is needed', 'name a file'],
  EEXIST: ['is no folder', 'remove the file that is in the way'],
};

/** An error in the words of the program's own ones, which are not loaded yet: the place, what was found, what to do. */
export function explained(place, error, otherFix) {
  const [found, fix] = REASONS[error.code] ?? ['cannot be written', 'look at the reason that is given'];
  const explanation = new Error(`${place}: ${found} (${error.message})\n  fix: ${fix}\n   or: ${otherFix}`);
  explanation.name = 'StrataError';
  return explanation;
}
