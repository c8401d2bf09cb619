import { because, environment } from 'strata';

/** What people use. */
export const prod = environment('prod', {
  ephemeral: false,
  settings: {
    web: { replicas: because(3, 'one may fail while another is replaced') },
  },
});
