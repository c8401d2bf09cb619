import { commands } from './cli/commands';
import { program } from './cli/program';
import type { FeatureContext } from './features/feature';
import { version } from './package.json';

/** Loaded with the first question of what is rendered: whoever judges files asks none, and starts a tenth sooner. */
const project = () => (require('./composition') as typeof import('./composition')).composition;

/** The program of this repository. `cdk8s synth` and `strata` both come through here. */
export const strata = program<FeatureContext>(
  {
    version,
    get matrix() {
      return project().matrix;
    },
    get features() {
      return project().features;
    },
    compose: (target) => project().compose(target),
    origins: (target) => project().origins(target),
    deliver: (delivered) => project().deliver(delivered),
  },
  commands,
);
