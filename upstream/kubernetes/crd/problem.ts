import type { Path } from '../../../manifests/resource';

/** What the API server has against a CustomResourceDefinition. */
export interface CrdProblem {
  readonly path: Path;
  readonly value: unknown;
  readonly message: string;
}

/** Collects problems. */
export class CrdProblems {
  readonly all: CrdProblem[] = [];

  add(path: Path, value: unknown, message: string): void {
    this.all.push({ path, value, message });
  }
}
