import { because, environment, versions } from 'strata';
import pinned from './versions.json';

/** The last step before prod: the same shape, less of it. */
export const staging = environment('staging', {
  ephemeral: false,
  elsewhere: 'it rehearses what prod runs on',
  settings: {
    web: {
      student: because('staging', 'its numbers must not be taken for those of prod'),
      image: because(versions(pinned).staging.web, 'rehearsed here, then promoted to prod'),
    },
    prometheus: {
      retention: because('7d', 'what is rehearsed is looked at within the week'),
      volume: because('6Gi', 'a week of samples with those of kubelets and API servers'),
    },
    autoscaling: { max: because(4, 'enough to rehearse scaling; only tests make load here') },
  },
});
