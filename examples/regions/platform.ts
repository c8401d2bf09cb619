import type { PlatformSpec } from 'strata';
import { pages } from './workloads/pages';

/** The same in every target: pages behind the region's gateway. */
export const site: PlatformSpec = {
  name: 'site',
  compose: (platform) => platform.publish(pages(platform).port('http'), ['/*']),
};
