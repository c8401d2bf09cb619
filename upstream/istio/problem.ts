import type { Json, Path } from '../../manifests/resource';

/** What Istio has against an object. */
export interface IstioProblem {
  readonly path: Path;
  readonly value: unknown;
  /** Without the name of the field: `is 0, and a port is 1 to 65535`. */
  readonly message: string;
}

/** A field that is wrong. */
export function wrong(of: Json | undefined, at: Path, field: string, message: string): IstioProblem {
  return { path: [...at, field], value: of?.[field], message };
}
