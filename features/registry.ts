import type { PlatformFeature } from '../constructs/app/platform';
import type { FeatureFacts } from '../model/target';
import * as all from './index';

/** Every feature there is: what the reference lists and the pairwise tests combine. */
export const features: readonly { (): PlatformFeature; readonly featureName: string; readonly facts: FeatureFacts }[] =
  Object.values(all);
