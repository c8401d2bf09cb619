import type { Composition } from './cli/command';
import { argoObjects } from './constructs/delivery/argocd';
import { originsOf } from './constructs/synthesis/stacks';
import { synthesize } from './constructs/synthesis/synthesis';
import { delivery } from './environments/delivery';
import { matrix } from './environments/matrix';
import type { FeatureContext } from './features/feature';
import { features } from './features/registry';
import { namespaceOf, Platform, PRODUCT } from './platform';
import { patched } from './render/patch';

/** The composition root: what is rendered, from what. */
export const composition: Omit<Composition<FeatureContext>, 'version'> = {
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
};
