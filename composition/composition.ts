import type { Delivery } from '../constructs/delivery/delivery';
import { revisionOf } from '../constructs/delivery/delivery';
import { ruleTestsIn } from '../constructs/monitoring/loaded-rules';
import { originsOf } from '../constructs/synthesis/stacks';
import { synthesize } from '../constructs/synthesis/synthesis';
import type { FeatureContext, PlatformFeature } from '../features/feature';
import type { Composition } from '../model/composition';
import type { Matrix } from '../model/matrix';
import { patched } from '../render/patch';
import { withRetention } from '../render/retention';
import { deliveryFiles } from './delivery-files';
import type { PlatformSpec } from './platform';
import { namespaceOf, Platform } from './platform';
import { checkSpec } from './spec';

export interface CompositionSpec extends PlatformSpec {
  /** What is rendered: environments on clusters, with their features. */
  readonly matrix: Matrix<FeatureContext>;
  /** Every feature there is, for `strata features`. @default - those that a target has */
  readonly features?: readonly PlatformFeature[];
  /** Where Argo CD and Flux find the rendered tree. @default - none of their objects are rendered */
  readonly delivery?: Delivery;
}

/** What `main.ts` exports: the platform in all its targets. Everything that is rendered comes through here; a name that cannot be is an error. */
export function composition(spec: CompositionSpec): Composition<FeatureContext> {
  checkSpec(spec);
  const { matrix, features = matrix.features, delivery } = spec;
  return {
    matrix,
    features,
    ...(delivery === undefined ? {} : { delivery, readFrom: (target) => revisionOf(delivery, target) }),
    compose: (target) => withRetention(patched(target, synthesize(new Platform(target, spec).app))),
    secrets: (target) => new Platform(target, spec).secrets,
    ruleTests: (target) => ruleTestsIn(new Platform(target, spec).app),
    origins: (target) => originsOf(() => new Platform(target, spec).app),
    deliver: (delivered) =>
      delivery === undefined
        ? []
        : deliveryFiles(
            spec.name,
            delivery,
            delivered.map((each) => ({ ...each, namespace: namespaceOf(each.target, spec) })),
          ),
  };
}
