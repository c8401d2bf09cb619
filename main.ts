import { program } from './cli/program';
import { Platform } from './constructs/app/platform';
import { argoObjects } from './constructs/delivery/argocd';
import { synthesize } from './constructs/synthesis/synthesis';
import { originsOf } from './constructs/synthesis/trace';
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
