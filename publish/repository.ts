import type { Git } from './git';

/** What a branch is built upon. */
export interface Base {
  readonly branch: string;
  /** Undefined: the first commit. */
  readonly commit: string | undefined;
  /** The branch is not there yet. */
  readonly isNew: boolean;
}

/** A branch that is to stand at a commit; the one that it is built upon, if nothing has changed. */
export interface Landing {
  readonly base: Base;
  readonly commit: string | undefined;
}

/** `lost`: somebody else was faster, so everything has to be built upon what is there now; with what git said. */
export type Landed = 'landed' | { readonly lost: string };

/** A repository that rendered trees are published to. */
export interface GitOpsRepository {
  /** Where its objects are. */
  readonly git: Git;
  /** The branch to publish to if nobody names one. */
  readonly defaultBranch: () => string;
  /** The names of the branches that begin with a prefix. */
  readonly branches: (prefix: string) => readonly string[];
  /** What to build upon, as the repository is now; `from`: what a branch that is not there yet begins at. */
  readonly bases: (branches: readonly string[], from: 'default branch' | 'nothing') => readonly Base[];
  /** Moves all branches, or none. */
  readonly land: (landings: readonly Landing[]) => Landed;
  /** What is said of changes once they have landed: whether they are pushed, committed or only shown. */
  readonly landed: 'pushed' | 'committed' | 'shown';
}
