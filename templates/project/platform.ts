import type { PlatformSpec } from 'strata';
import { web } from './workloads/web';

/** What every target has. Its features add to it. */
export const spec: PlatformSpec = {
  name: 'shop',
  compose: (platform) => {
    const app = web(platform);
    platform.publish(app.port('http'), ['/*']);
  },
};
