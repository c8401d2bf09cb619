import { because } from '../model/layers';
import type { Environment } from '../model/target';

/** The last step before prod: the same shape, less of it. */
export const staging: Environment = {
  name: 'staging',
  ephemeral: false,
  elsewhere: 'it rehearses what prod runs on',
  layer: {
    web: { student: because('staging', 'its numbers must not be taken for those of prod') },
  },
};
