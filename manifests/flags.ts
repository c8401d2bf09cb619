import { list } from './resource';
import type { Container } from './workload';

/** The words that a container starts its program with. */
export function wordsOf({ json }: Container): readonly string[] {
  return [...list(json['command']), ...list(json['args'])].map(String);
}

/** Whether more than the words decides: a shell, or a variable that stands for whole arguments. */
export function areWordsOpen(words: readonly string[]): boolean {
  return words.some((word) => /^\$\(|\s-/.test(word));
}

/** Whether a word is a flag, as `--flag`, `-flag` or `--flag=value`. */
export function namesFlag(word: string, flag: string): boolean {
  return /^--?([\w.-]+)(=|$)/.exec(word)?.[1] === flag;
}

export function isFlagGiven(words: readonly string[], flag: string): boolean {
  return words.some((word) => namesFlag(word, flag));
}

/** The values of a flag, as `--flag=value` or `--flag value`. */
export function flagValues(words: readonly string[], flag: string): string[] {
  return words.flatMap((word, i) =>
    namesFlag(word, flag) ? [word.includes('=') ? word.slice(word.indexOf('=') + 1) : (words[i + 1] ?? '')] : [],
  );
}
