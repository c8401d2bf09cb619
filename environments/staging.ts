import { because, environment } from 'strata';

/** The last step before prod: the same shape, less of it. */
export const staging = environment('staging', {
  ephemeral: false,
  elsewhere: 'it rehearses what prod runs on',
  settings: {
    web: { student: because('staging', 'its numbers must not be taken for those of prod') },
    autoscaling: { max: because(4, 'enough to rehearse scaling; only tests make load here') },
  },
});
