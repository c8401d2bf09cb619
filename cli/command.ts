import type { FeatureFacts } from '../model/feature';
import type { Component, KubernetesObject } from '../model/kubernetes';
import type { Matrix } from '../model/matrix';
import type { SettingsGroup } from '../model/settings';
import type { Target } from '../model/target';
import type { IndexEntry } from '../render/plan';

/** What the composition root brings together, and all that the commands know of it. */
export interface Composition<P> {
  /** Of strata itself. */
  readonly version: string;
  readonly matrix: Matrix<P>;
  readonly features: readonly {
    readonly name: string;
    readonly facts: FeatureFacts;
    readonly settings: SettingsGroup;
  }[];
  /** A target's objects. */
  readonly compose: (target: Target<P>) => readonly Component[];
  /** Where each of a target's objects was made: call stacks by object name. */
  readonly origins: (target: Target<P>) => ReadonlyMap<string, string>;
  /** What hands the rendered targets to Argo CD. */
  readonly deliver: (
    delivered: readonly { readonly target: Target<P>; readonly objects: readonly IndexEntry[] }[],
  ) => readonly { readonly file: string; readonly objects: readonly KubernetesObject[] }[];
}

/** Where a command runs, and how it prints. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
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
