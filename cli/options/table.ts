import type { Host, Project } from '../command';

/** What a shell offers for a word: names of things of this project, files or folders. */
export type Completes =
  | 'target'
  | 'feature'
  | 'where'
  | 'cluster'
  | 'object'
  | 'check'
  | 'group'
  | 'command'
  | 'file'
  | 'folder';

interface Word {
  /** What it means, in one line without a full stop. */
  readonly description: string;
  /** The only values that are accepted. @default - any */
  readonly choices?: readonly string[];
  /** What a shell offers for it. @default - the choices, if there are any */
  readonly completes?: readonly Completes[];
  /** May be given several times. @default false */
  readonly repeatable?: true;
}

/** A positional argument. */
export interface Argument extends Word {
  /** What the help calls it: `TARGET`. */
  readonly name: string;
  /** What happens without it. @default - it must be given */
  readonly unset?: string;
}

interface OfSome {
  /** The values of the first argument that it is for; with others it is refused. @default - all */
  readonly with?: readonly string[];
}

/** A switch: it has no value. */
interface Switch extends Pick<Word, 'description'>, OfSome {
  readonly value?: undefined;
  readonly short?: string;
}

interface WithValue extends Word, OfSome {
  /** What the help calls its value: `DIR`. */
  readonly value: string;
  readonly short?: string;
  /** Values separated by commas are several. @default false */
  readonly commas?: true;
  /** The command writes there; it reads other files and folders. @default false */
  readonly writes?: true;
}

/** An option that takes a value: it says its default, or what happens without it. */
export type OptionWithValue = WithValue & ({ readonly default: string } | { readonly unset: string });
export type Option = Switch | OptionWithValue;

/** One command's arguments and options. Parsing, the help, docs/commands.md and completion are made from it. */
export interface CommandTable {
  readonly name: string;
  /** What it does, in one line that begins with a verb. */
  readonly summary: string;
  readonly arguments: readonly Argument[];
  readonly options: Readonly<Record<string, Option>>;
}

type One<O> = O extends { readonly choices: readonly (infer C)[] } ? C : string;
type ValueOf<O> = O extends { readonly value: string }
  ? O extends { readonly repeatable: true }
    ? readonly One<O>[] | undefined
    : O extends { readonly default: string }
      ? One<O>
      : One<O> | undefined
  : boolean;

/** What a user gave, checked against the table. */
export interface Given<T extends CommandTable> {
  readonly values: { readonly [N in keyof T['options']]: ValueOf<T['options'][N]> };
  /** The positional arguments. */
  readonly words: readonly string[];
}

/** A command prints through the host; it may return the exit code, 0 by default. */
export type Run<T extends CommandTable> = <P>(
  project: Project<P>,
  given: Given<T>,
  host: Host,
) => number | void | Promise<number | void>;

/** Keeps the literal types of a table, from which `Given` is computed. */
export function commandTable<const T extends CommandTable>(table: T): T {
  return table;
}
