import type { Argument, CommandTable, Completes, Option, OptionWithValue } from './table';

/** A word that a shell offers, with what it means. */
export interface Candidate {
  readonly word: string;
  readonly description?: string;
}

/** What a shell offers for the word under the cursor. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** Names of files or folders are offered as well. */
  readonly paths?: 'file' | 'folder';
}

/** The names of what `completes` says, for a command line with these positional arguments. */
export type NamesOf = (
  completes: Exclude<Completes, 'file' | 'folder'>,
  words: readonly string[],
) => readonly string[] | Promise<readonly string[]>;

const NOTHING: Completion = { candidates: [] };
const HELP = { word: '--help', description: 'show this help' };

/** Completes the last of these words, which stand behind `strata` on the command line. */
export async function complete(
  tables: readonly CommandTable[],
  words: readonly string[],
  namesOf: NamesOf,
): Promise<Completion> {
  const [command, ...before] = words.slice(0, -1);
  const current = words.at(-1) ?? '';
  if (command === undefined) {
    const commands = tables.map(({ name, summary }) => ({ word: name, description: summary }));
    return starting(current, [...commands, ...(current.startsWith('-') ? [HELP, { word: '--version' }] : [])]);
  }
  const table = tables.find(({ name }) => name === command);
  if (!table) return NOTHING;
  const line = read(table, before);
  const inline = line.optionsEnded ? undefined : /^(--[^=]+=)(.*)$/.exec(current);
  if (line.open) return valuesFor(line.open, current, line.words, namesOf);
  if (inline) {
    const option = optionCalled(table, inline[1]!.slice(0, -1));
    if (option?.value === undefined) return NOTHING;
    return prefixed(inline[1]!, await valuesFor(option, inline[2]!, line.words, namesOf));
  }
  if (current.startsWith('-') && !line.optionsEnded) return starting(current, optionsLeft(table, line.used));
  const argument = table.arguments[Math.min(line.words.length, table.arguments.length - 1)];
  if (!argument || (line.words.length >= table.arguments.length && !argument.repeatable)) return NOTHING;
  return valuesFor(argument, current, line.words, namesOf);
}

interface Line {
  /** The positional arguments so far. */
  readonly words: readonly string[];
  readonly used: ReadonlySet<string>;
  /** The option whose value comes next. */
  readonly open?: OptionWithValue | undefined;
  readonly optionsEnded: boolean;
}

function read(table: CommandTable, before: readonly string[]): Line {
  const words: string[] = [];
  const used = new Set<string>();
  let open: OptionWithValue | undefined;
  let optionsEnded = false;
  for (const word of before) {
    if (open) open = undefined;
    else if (word === '--') optionsEnded = true;
    else if (optionsEnded || !word.startsWith('-') || word === '-') words.push(word);
    else {
      const option = optionCalled(table, word.split('=')[0]!);
      used.add(word.split('=')[0]!);
      if (option?.value !== undefined && !word.includes('=')) open = option;
    }
  }
  return { words, used, open, optionsEnded };
}

function optionCalled({ options }: CommandTable, written: string): Option | undefined {
  return Object.entries(options).find(
    ([name, { short }]) => written === `--${name}` || (short !== undefined && written === `-${short}`),
  )?.[1];
}

function optionsLeft({ options }: CommandTable, used: ReadonlySet<string>): Candidate[] {
  const left = Object.entries(options).filter(
    ([name, option]) => !used.has(`--${name}`) || (option.value !== undefined && option.repeatable),
  );
  return [...left.map(([name, { description }]) => ({ word: `--${name}`, description })), HELP];
}

async function valuesFor(
  word: OptionWithValue | Argument,
  current: string,
  words: readonly string[],
  namesOf: NamesOf,
): Promise<Completion> {
  const sources = word.completes ?? [];
  const names: string[] = [...(word.choices ?? [])];
  for (const source of sources)
    if (source !== 'file' && source !== 'folder') names.push(...(await namesOf(source, words)));
  // Only the last of several values is completed.
  const done = 'commas' in word && word.commas ? current.slice(0, current.lastIndexOf(',') + 1) : '';
  const offered = starting(
    current.slice(done.length),
    names.map((name) => ({ word: name })),
  );
  const paths = sources.includes('file') ? 'file' : sources.includes('folder') ? 'folder' : undefined;
  return { ...prefixed(done, offered), ...(paths ? { paths } : {}) };
}

function starting(current: string, candidates: readonly Candidate[]): Completion {
  return { candidates: candidates.filter(({ word }) => word.startsWith(current)) };
}

function prefixed(prefix: string, completion: Completion): Completion {
  return {
    ...completion,
    candidates: completion.candidates.map((candidate) => ({ ...candidate, word: prefix + candidate.word })),
  };
}
