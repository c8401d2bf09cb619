import { program } from './cli/program';
import { argoObjects } from './constructs/argocd';
import { Platform } from './constructs/platform';
import { synthesize } from './constructs/synthesis';
import { originsOf } from './constructs/trace';
import { delivery } from './environments/delivery';
import { matrix } from './environments/matrix';
import { features } from './features/registry';

/** The composition root: what is rendered, from what. `cdk8s synth` and `strata` both come through here. */
export const strata = program({
  matrix,
  features,
  compose: (target) => synthesize(new Platform(target).app),
  origins: (target) => originsOf(() => new Platform(target).app),
  deliver: (delivered) => argoObjects(delivery, delivered),
});
