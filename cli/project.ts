import type { Composition } from '../model/composition';
import { Matrix } from '../model/matrix';
import type { Host, Project } from './command';

/** Nothing is rendered: manifests are judged. */
const NONE: Composition<never> = {
  matrix: new Matrix([]),
  features: [],
  compose: () => [],
  secrets: () => [],
  origins: () => new Map(),
  deliver: () => [],
};

/** The project that strata runs in. What `main.ts` exports is loaded with the first question of it: whoever judges files asks none, and starts sooner. */
export function projectOf({ composition = () => NONE, root = process.cwd() }: Host): Project<never> {
  let known: Composition<never> | undefined;
  const loaded = () => {
    known ??= composition();
    return known;
  };
  return {
    root,
    get matrix() {
      return loaded().matrix;
    },
    get features() {
      return loaded().features;
    },
    compose: (target) => loaded().compose(target),
    secrets: (target) => loaded().secrets(target),
    origins: (target) => loaded().origins(target),
    deliver: (delivered) => loaded().deliver(delivered),
  };
}
