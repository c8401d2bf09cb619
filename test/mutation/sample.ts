import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Mutant } from './mutators';

/**
 * A fixed sample: the `count` mutants with the smallest hash of the seed and of what they are. A mutant's place in the order depends on
 * nothing but itself, so the same ones are drawn again when other lines change or files move to another folder.
 */
export function sampleOf(mutants: readonly Mutant[], texts: ReadonlyMap<string, string>, count: number, seed: string) {
  const times = new Map<string, number>();
  const ranked = mutants.map((mutant) => {
    const line = lineOf(mutant, texts.get(mutant.file)!);
    const what = [basename(mutant.file), line, mutant.original, mutant.replacement].join('\0');
    const time = times.get(what) ?? 0;
    times.set(what, time + 1);
    return { mutant, rank: createHash('sha256').update(`${seed}\0${what}\0${time}`).digest('hex') };
  });
  const chosen = new Set(
    ranked
      .sort((a, b) => (a.rank < b.rank ? -1 : 1))
      .slice(0, count)
      .map(({ mutant }) => mutant),
  );
  return mutants.filter((mutant) => chosen.has(mutant));
}

/** The line of the text that a mutant begins in, without indentation. */
export function lineOf({ line }: Mutant, text: string): string {
  return text.split('\n')[line - 1]!.trim();
}
