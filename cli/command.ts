import type { Composition } from '../model/composition';

/** The project that a command is called in. */
export interface Project<P> extends Composition<P> {
  readonly root: string;
}

/** Where a command runs, and how it prints. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
  /** What the `main.ts` of the project exports, loaded when it is asked for. @default - there is no project: files are judged */
  readonly composition?: () => Composition<never>;
  /** The same of a project in another folder, such as an earlier state of this one. @default - there is none */
  readonly compositionIn?: (root: string) => Composition<never>;
  /** The program of a process that renders a project in another folder. @default - it is rendered in this process */
  readonly rendererFile?: string;
  /** The folder of the project. @default - the one that the program runs in */
  readonly root?: string;
  /** The program of threads that read files, made when it is asked for. @default - none: all is read in one thread */
  readonly readerFile?: () => string;
  /** Standard output is a terminal. @default false */
  readonly terminal?: boolean;
  /** Standard error, where it is a terminal: progress is shown there. @default - it is none */
  readonly errorTerminal?: { readonly write: (text: string) => unknown; readonly columns?: number };
  /** The program as its sources are now; `anew`: nothing of what is loaded is used again. @default - it cannot be loaded again */
  readonly reload?: (options: { readonly anew: boolean }) => {
    run(args: readonly string[], host: Host): Promise<number>;
  };
  /** Says what is being done; shown if the command takes more than a second. @default - nothing is shown */
  readonly progress?: (text: string) => void;
}
