import { because, environment } from 'strata';

/** Where changes are tried. Its data may go at any time. */
export const dev = environment('dev', {
  ephemeral: true,
  elsewhere: 'nobody looks at it, and it costs money',
  settings: {
    web: { replicas: because(1, 'one pod is enough to look at, and the log is in one place') },
    autoscaling: {
      min: because(1, 'one pod is enough to look at until there is load'),
      max: because(4, 'enough to see it scale, and it fits beside the rest'),
      scaleDown: because(
        { window: '60s', policies: [{ percent: 100, every: '15s' }] },
        'somebody watches it come down, and waits',
      ),
    },
    prometheus: {
      retention: because('2d', 'nobody asks what happened last week'),
    },
  },
});
