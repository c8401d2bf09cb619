/** A finding that somebody knows of and lives with. */
export interface Suppression {
  readonly check: string;
  /** As the finding names it; `*` stands for any part of a name. */
  readonly object: string;
  /** The name of a container that its findings stand in. @default - any place of the object */
  readonly container?: string;
  /** Of a comment: the line of its file that the findings stand on. @default - any */
  readonly line?: number;
  /** Of a comment: the word that stands in the place of `ignore`, so that nothing is suppressed. @default - it is `ignore` */
  readonly verb?: string;
  readonly reason: string;
  /** Where it stands. */
  readonly at: { readonly file: string; readonly line: number; readonly column: number; readonly path: string };
}

/** A comment is about what stands on its line, whichever object that is of. */
export const ANYTHING = '*';
