import { because } from '../model/layers';
import type { Environment } from '../model/target';

/** Where changes are tried. Its data may go at any time. */
export const dev: Environment = {
  name: 'dev',
  ephemeral: true,
  elsewhere: 'nobody looks at it, and it costs money',
  layer: {
    web: { replicas: because(1, 'one pod is enough to look at, and the log is in one place') },
  },
};
