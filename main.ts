import { commands } from './cli/commands';
import { program } from './cli/program';
import { argoObjects } from './constructs/delivery/argocd';
import { originsOf } from './constructs/synthesis/stacks';
import { synthesize } from './constructs/synthesis/synthesis';
import { delivery } from './environments/delivery';
import { matrix } from './environments/matrix';
import { features } from './features/registry';
import { version } from './package.json';
import { namespaceOf, Platform, PRODUCT } from './platform';
import { patched } from './render/patch';

/** The composition root: what is rendered, from what. `cdk8s synth` and `strata` both come through here. */
export const strata = program(
  {
    version,
    matrix,
    features,
    compose: (target) => patched(target, synthesize(new Platform(target).app)),
    origins: (target) => originsOf(() => new Platform(target).app),
    deliver: (delivered) =>
      argoObjects(
        PRODUCT,
        delivery,
        delivered.map((each) => ({ ...each, namespace: namespaceOf(each.target) })),
      ),
  },
  commands,
);
