import { lineOf } from './sample';
import type { Outcome } from './trial';

const isKilled = ({ result }: Outcome) => result === 'killed' || result === 'timeout';

/** Killed mutants in percent; 100 where there are none. */
export function scoreOf(outcomes: readonly Outcome[]): number {
  return outcomes.length === 0 ? 100 : (100 * outcomes.filter(isKilled).length) / outcomes.length;
}

/** The score of each room and file, then every survivor with its place and its change. */
export function report(outcomes: readonly Outcome[], texts: ReadonlyMap<string, string>): string {
  const lines: string[] = [];
  const row = (name: string, some: readonly Outcome[]) =>
    lines.push(
      `${name.padEnd(50)} ${scoreOf(some).toFixed(1).padStart(5)} %  ${some.filter(isKilled).length} of ${some.length} killed`,
    );
  for (const [room, inRoom] of grouped(outcomes, (file) => file.split('/')[0]!)) {
    row(`${room}/`, inRoom);
    for (const [file, inFile] of grouped(inRoom, (file) => file)) row(`  ${file}`, inFile);
  }
  const survivors = outcomes.filter((outcome) => !isKilled(outcome));
  if (survivors.length > 0) lines.push('', 'Survivors:');
  for (const { mutant, result } of survivors) {
    const { file, line, original, replacement } = mutant;
    lines.push(
      `${file}:${line}  ${short(original)} → ${short(replacement)}${result === 'not run' ? '  (no test runs it)' : ''}`,
    );
    lines.push(`    ${lineOf(mutant, texts.get(file)!)}`);
  }
  return lines.join('\n');
}

function grouped(outcomes: readonly Outcome[], keyOf: (file: string) => string): Map<string, Outcome[]> {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const key = keyOf(outcome.mutant.file);
    groups.set(key, [...(groups.get(key) ?? []), outcome]);
  }
  return groups;
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 97)}…` : line || '(nothing)';
}
