import { because, environment } from 'strata';

/** Where editors look at a page before it is published. */
export const review = environment('review', { ephemeral: true });

/** What readers see. */
export const live = environment('live', {
  ephemeral: false,
  settings: { pages: { replicas: because(3, 'one in each zone: a zone may fail') } },
});
