import type { PlatformFeature } from './feature';
import * as all from './index';

/** Every feature there is: what the reference lists and the pairwise tests combine. */
export const features: readonly PlatformFeature[] = Object.values(all);
