import type { Composition } from '../model/composition';
import { StrataError } from '../model/errors';
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
    known ??= loadedFrom(composition);
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
    get delivery() {
      return loaded().delivery;
    },
    readFrom: (target) => loaded().readFrom?.(target),
    compose: (target) => loaded().compose(target),
    secrets: (target) => loaded().secrets(target),
    origins: (target) => loaded().origins(target),
    deliver: (delivered) => loaded().deliver(delivered),
  };
}

const EXPORT = 'export default composition({ ...spec, matrix })';

/** What the `main.ts` of a project exports, if it is what `composition` gives. */
function loadedFrom(load: () => unknown): Composition<never> {
  let given: unknown;
  try {
    given = load();
  } catch (error) {
    if (error instanceof Error) throw error;
    throw new StrataError('main.ts', `throws ${JSON.stringify(error) ?? String(error)}, which is no error`, [
      'throw an Error: `throw new Error(…)`',
    ]);
  }
  if (isComposition(given)) return given;
  const found =
    given === undefined ? 'has no default export' : `exports by default ${kindOf(given)}, which is no composition`;
  throw new StrataError('main.ts', found, [`export what is rendered: ${EXPORT}`]);
}

function isComposition(given: unknown): given is Composition<never> {
  if (given === null || typeof given !== 'object') return false;
  const { matrix, features, compose, secrets, origins, deliver } = given as Partial<Composition<never>>;
  return (
    typeof matrix?.targets === 'function' &&
    Array.isArray(features) &&
    [compose, secrets, origins, deliver].every((each) => typeof each === 'function')
  );
}

/** As a person calls it: the most usual mistakes are another part of the project, and a function that nobody called. */
function kindOf(given: unknown): string {
  if (given === null) return 'null';
  if (typeof given !== 'object') return `a ${typeof given}`;
  return `an object with ${Object.keys(given).join(', ') || 'nothing in it'}`;
}
