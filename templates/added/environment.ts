import { environment } from 'strata';

/** Say here what it is for. */
export const newOne = environment('new-one', {
  // Nothing in it is worth keeping or hiding? Then true: passwords are generated and stand in the manifests.
  ephemeral: false,
  settings: {
    // What differs from the defaults, each value with its reason: web: { replicas: because(3, 'one may fail') },
  },
});
