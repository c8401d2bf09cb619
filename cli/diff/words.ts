import { globMatcher, isGlob } from '../../model/glob';

/** Whether a word, which may be a glob, names any of these. */
export function matchesAny(word: string, names: readonly string[]): boolean {
  return names.some(isGlob(word) ? globMatcher(word) : (name) => name === word);
}
