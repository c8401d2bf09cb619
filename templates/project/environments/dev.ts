import { because, environment } from 'strata';

/** Where changes are tried. */
export const dev = environment('dev', {
  ephemeral: true,
  settings: {
    web: {
      replicas: because(1, 'one pod is enough to look at'),
      greeting: because('Welcome to dev', 'nobody takes it for the real one'),
    },
  },
});
