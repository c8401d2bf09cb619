import { judgingCommands } from './cli/judging';
import { program } from './cli/program';
import { Matrix } from './model/matrix';
import { version } from './package.json';

/** The program of the package that `npm pack` makes: it judges manifests, and has no targets to render. */
export const strata = program(
  {
    version,
    matrix: new Matrix([]),
    features: [],
    compose: () => [],
    origins: () => new Map(),
    deliver: () => [],
  },
  judgingCommands,
);
