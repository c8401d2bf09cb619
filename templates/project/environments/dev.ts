import { because, environment } from 'strata';

/** Where changes are tried. */
export const dev = environment('dev', {
  ephemeral: true,
  settings: {
    web: { greeting: because('Welcome to dev', 'nobody takes it for the real one') },
  },
});
