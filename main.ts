import { program } from './cli/program';
import { argoObjects } from './constructs/argocd';
import { Platform } from './constructs/platform';
import { synthesize } from './constructs/synthesis';
import { delivery } from './environments/delivery';
import { matrix } from './environments/matrix';
import { features } from './features';

/** The composition root: what is rendered, from what. `cdk8s synth` and `strata` both come through here. */
export const strata = program({
  matrix,
  features,
  compose: (target) => synthesize(new Platform(target).app),
  deliver: (delivered) => argoObjects(delivery, delivered),
});
