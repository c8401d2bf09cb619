/** What the warm jest is asked, and what it answers. */
export type Question =
  /** Runs one test file with probes in the sources: which statements run in which test? */
  | { readonly type: 'cover'; readonly testFile: string; readonly sources?: Readonly<Record<string, string>> }
  /** Runs the tests named, in order, with one file changed, until one fails; the test files of a stage share the loaded sources. */
  | {
      readonly type: 'try';
      readonly file: string;
      readonly text: string;
      readonly stages: readonly (readonly Step[])[];
    }
  /** The same without a change: do these test files pass together? */
  | { readonly type: 'together'; readonly testFiles: readonly string[] };

export interface Step {
  readonly testFile: string;
  /** Indexes of the tests in the file. */
  readonly tests: readonly number[];
}

export interface Covered {
  /** Empty when all tests passed. */
  readonly failure: string;
  readonly milliseconds: number;
  readonly tests: number;
  /** Files that were loaded. */
  readonly loaded: readonly string[];
  /** Probes that ran before and between the tests. */
  readonly around: readonly number[];
  /** By test: the probes that ran in it. */
  readonly within: readonly (readonly number[])[];
}

/** The test that noticed; undefined when none did. */
export interface Tried {
  readonly killer?: { readonly testFile: string; readonly test: string };
}

/** What the environment of a test file is told and what it notes down; the runner and the environment share it. */
export interface Stage {
  sources: Readonly<Record<string, string>>;
  /** Test files that are run together, with the tests to run: all of them when undefined. */
  testFiles: ReadonlyMap<string, ReadonlySet<number> | undefined>;
  covered: { loaded: Set<string>; around: Set<number>; within: number[][] } | undefined;
  failed: { readonly testFile: string; readonly test: string } | undefined;
}

const KEY = Symbol.for('strata.mutation');

export function stage(): Stage {
  const holder = globalThis as unknown as Record<symbol, Stage>;
  return (holder[KEY] ??= { sources: {}, testFiles: new Map(), covered: undefined, failed: undefined });
}
