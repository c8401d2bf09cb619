import { because, environment, versions } from 'strata';
import pinned from './versions.json';

/** What people use. */
export const prod = environment('prod', {
  ephemeral: false,
  elsewhere: 'a place gets prod by a decision of its own',
  settings: {
    web: {
      replicas: because(3, 'one per zone: a zone may fail'),
      student: because('prod', 'dashboards tell the environments apart by it'),
      image: because(versions(pinned).prod.web, 'what staging has rehearsed'),
      priority: because(100_000, 'when room is short, tools go before the app'),
      resources: because(
        { cpu: '200m', memory: '128Mi', memoryLimit: '256Mi' },
        'four times the default: people wait for it',
      ),
    },
    redis: {
      persistence: because(
        { mode: 'append-only', fsync: 'everysec', size: '8Gi' },
        'at most one second of acknowledged writes is lost; the log may grow to four times the memory before it is rewritten',
      ),
      onDelete: because('retain', 'deleting a StatefulSet by mistake must not delete what people wrote'),
      resources: because(
        { cpu: '200m', memory: '1Gi' },
        'a hundred guestbooks at their bound of 100 entries need less than a tenth of it',
      ),
    },
    prometheus: {
      retention: because('30d', 'a month back answers most questions after an incident'),
      volume: because('24Gi', 'a month of samples with those of kubelets and API servers: `strata plan series`'),
    },
    autoscaling: {
      min: because(3, 'one per zone: a zone may fail'),
      max: because(8, 'twice the load of the busiest day so far'),
    },
  },
});
