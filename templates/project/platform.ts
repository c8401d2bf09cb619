import type { PlatformSpec } from 'strata';
import { web } from './workloads/web';

/** What every target has. Its features add to it. */
export const spec: PlatformSpec = {
  name: 'shop',
  compose: (platform) => {
    const app = web(platform);
    // Inside the cluster by a Service; to the outside where the cluster has a gateway or an ingress controller.
    app.service().publish(app.port('http'));
    platform.publish(app.port('http'), ['/*']);
  },
};
