import { writeFileSync } from 'node:fs';

/** A file for an oracle, and what was done to it. */
export interface Asked {
  readonly topic: string;
  readonly what: string;
  readonly content: string;
}

/** What somebody says of a file. */
export interface Verdict {
  readonly is: 'accepts' | 'refuses' | 'unknown';
  /** A text of which the program reads the beginning and ignores the rest without a word: refused here on purpose. */
  readonly halfRead?: boolean;
  readonly words: string;
}

/** Messages that differ only in names, numbers and places are one class. */
function classOf(words: string): string {
  return (words.split('\n').find((line) => !/unmarshal errors:$/.test(line)) ?? '')
    .replace(/^.*?could not parse expression: \d+:\d+: /, '')
    .replace(/^.*?"A?\w*": /, '')
    .replace(/"(?:[^"\\]|\\.)*"|`[^`]*`|'[^']*'/g, '…')
    .replace(/\d+/g, '0')
    .replace(/field \S+ not/, 'field … not')
    .trim()
    .slice(0, 110);
}

interface Row {
  mutations: number;
  agreed: number;
  falseAlarms: number;
  halfRead: number;
  misses: number;
  unknown: number;
}

interface Disagreement {
  readonly topic: string;
  readonly what: string;
  readonly theirs: string;
  readonly ours: string;
  readonly content: string;
}

/** Counts where an oracle and we differ, prints it by topic, and writes every difference to a file. */
export function compare<T extends Asked>(
  program: string,
  cases: readonly T[],
  answers: readonly (Verdict | undefined)[],
  ours: (entry: T) => Verdict,
  out: string,
): void {
  const rows: Record<string, Row> = {};
  const wrong: Record<'falseAlarms' | 'halfRead' | 'misses' | 'unknown', Disagreement[]> = {
    falseAlarms: [],
    halfRead: [],
    misses: [],
    unknown: [],
  };
  let silent = 0;
  for (const [i, entry] of cases.entries()) {
    const answer = answers[i];
    if (!answer) {
      silent++;
      continue;
    }
    const own = ours(entry);
    const row = (rows[entry.topic] ??= { mutations: 0, agreed: 0, falseAlarms: 0, halfRead: 0, misses: 0, unknown: 0 });
    row.mutations++;
    const outcome =
      own.is === answer.is
        ? 'agreed'
        : own.is === 'unknown'
          ? 'unknown'
          : own.is === 'accepts'
            ? 'misses'
            : own.halfRead
              ? 'halfRead'
              : 'falseAlarms';
    row[outcome]++;
    if (outcome !== 'agreed')
      wrong[outcome].push({
        topic: entry.topic,
        what: entry.what,
        theirs: answer.words,
        ours: own.words,
        content: entry.content,
      });
  }
  console.log(program);
  console.table(
    Object.fromEntries(
      Object.entries(rows).map(([topic, row]) => [
        topic,
        {
          mutations: row.mutations,
          agreed: row.agreed,
          'false "will break"': row.falseAlarms,
          'half read': row.halfRead,
          misses: row.misses,
          unknown: row.unknown,
        },
      ]),
    ),
  );
  if (silent > 0) console.log(`${program} crashed at ${silent}`);
  for (const { what, ours: words } of wrong.falseAlarms.slice(0, 20)) console.log(`false: ${what}\n  we: ${words}`);
  console.log(`What ${program} refuses and we do not mention:`);
  for (const [name, found] of classes(wrong.misses))
    console.log(`${String(found.length).padStart(5)}  ${name}   e.g. ${found[0]!.what.slice(0, 120)}`);
  writeFileSync(out, JSON.stringify(wrong, null, 1));
  process.exitCode = wrong.falseAlarms.length > 0 ? 1 : 0;
}

function classes(found: readonly Disagreement[]): [string, Disagreement[]][] {
  const map = new Map<string, Disagreement[]>();
  for (const entry of found) {
    const name = classOf(entry.theirs);
    const same = map.get(name);
    if (same) same.push(entry);
    else map.set(name, [entry]);
  }
  return [...map].sort(([, one], [, other]) => other.length - one.length);
}
