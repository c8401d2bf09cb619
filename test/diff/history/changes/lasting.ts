import type { HistoryChange } from '../edits';
import { append, replace, without } from '../edits';

/** What the API server refuses, and what a revert does not bring back. */
export const lasting: readonly HistoryChange[] = [
  {
    name: 'field-misspelt',
    class: ['immutable', 'restart'],
    edits: [replace('web', 'readinessProbe:', 'readynessProbe:')],
  },
  {
    name: 'config-made-immutable',
    class: ['in-place', 'immutable'],
    edits: [replace('web', /^data:\n {2}app/, 'immutable: true\ndata:\n  app', 'dev')],
  },
  {
    name: 'job-of-a-version-that-is-gone',
    class: ['immutable', 'no-effect'],
    edits: [replace('report', 'apiVersion: batch/v1', 'apiVersion: batch/v1beta1')],
  },
  {
    name: 'selector-of-web-extended',
    class: ['immutable', 'immutable'],
    edits: [
      replace('web', '    matchLabels:\n      app: web\n', '    matchLabels:\n      app: web\n      tier: front\n'),
      replace('web', '      labels:\n        app: web\n', '      labels:\n        app: web\n        tier: front\n'),
    ],
  },
  {
    name: 'address-of-a-service-not-stated-any-more',
    class: ['immutable', 'immutable'],
    edits: [replace('redis', '  clusterIP: None\n', '', 'staging')],
  },
  {
    name: 'role-of-the-report-bound-otherwise',
    class: ['immutable', 'immutable'],
    edits: [replace('report', /(roleRef:\n.*\n {2}kind: )Role\n {2}name: report/, '$1ClusterRole\n  name: view')],
  },
  {
    name: 'claim-templates-of-redis-on-another-class',
    class: ['immutable', 'immutable'],
    edits: [replace('redis', 'storageClassName: fast', 'storageClassName: slow', 'prod')],
  },
  {
    name: 'deployment-renamed',
    class: ['immutable', 'immutable'],
    edits: [replace('web', /(kind: Deployment\nmetadata:\n {2}name: )web/, '$1frontend', 'dev')],
  },
  {
    name: 'namespace-moved',
    class: ['data-loss', 'data-loss'],
    edits: ['namespace', 'web', 'redis', 'prometheus', 'report', 'network', 'backups', 'delivery']
      .map((file) => replace(file, 'shop-dev', 'storefront-dev', 'dev@east'))
      .concat(replace('ingress', 'shop-dev', 'storefront-dev', 'dev@east')),
  },
  {
    name: 'retention-of-metrics-shortened',
    class: ['data-loss', 'disruption'],
    edits: [replace('prometheus', 'retention.time=30d', 'retention.time=15d', 'prod')],
  },
  {
    name: 'retention-of-metrics-another-one-in-each-environment',
    class: ['data-loss', 'disruption'],
    edits: [
      replace('prometheus', 'retention.time=2d', 'retention.time=1d', 'dev'),
      replace('prometheus', 'retention.time=7d', 'retention.time=5d', 'staging'),
      replace('prometheus', 'retention.time=30d', 'retention.time=20d', 'prod'),
    ],
  },
  {
    name: 'redis-keeps-nothing',
    class: ['data-loss', 'disruption'],
    edits: [replace('redis', '"--appendonly", "yes"', '"--appendonly", "no", "--save", ""')],
  },
  {
    name: 'redis-may-evict',
    class: ['data-loss', 'disruption'],
    edits: [replace('redis', '"200mb"]', '"200mb", "--maxmemory-policy", "allkeys-lru"]', 'staging')],
  },
  {
    name: 'redis-without-a-claim',
    class: ['data-loss', 'immutable'],
    edits: [
      replace('redis', / {2}volumeClaimTemplates:\n(?: {4}.*\n)+/, '', 'dev'),
      replace(
        'redis',
        '              mountPath: /data\n',
        '              mountPath: /data\n      volumes:\n        - name: data\n          emptyDir: {}\n',
        'dev',
      ),
    ],
  },
  {
    name: 'claims-go-with-redis',
    class: ['data-loss', 'in-place'],
    edits: [
      replace(
        'redis',
        '  serviceName: redis\n',
        '  serviceName: redis\n  persistentVolumeClaimRetentionPolicy:\n    whenDeleted: Delete\n    whenScaled: Delete\n',
      ),
    ],
  },
  {
    name: 'redis-removed',
    class: ['disruption', 'in-place'],
    edits: [without('redis', 'kind: StatefulSet', 'staging')],
  },
  {
    name: 'definition-of-backups-removed',
    class: ['data-loss', 'in-place'],
    edits: [without('backups', 'kind: CustomResourceDefinition', 'prod')],
  },
  {
    name: 'old-version-of-backups-removed',
    class: ['disruption', 'in-place'],
    edits: [replace('backups', / {4}- name: v1beta1\n(?: {6}.*\n)+/, '')],
  },
  {
    name: 'claim-added-and-removed',
    class: ['in-place', 'data-loss'],
    edits: [
      append(
        'web',
        'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: uploads\n  namespace: shop-prod\nspec:\n  accessModes: [ReadWriteOnce]\n  storageClassName: fast\n  resources:\n    requests:\n      storage: 20Gi\n',
        'prod',
      ),
    ],
  },
  {
    name: 'application-removed',
    class: ['data-loss', 'in-place'],
    edits: [without('delivery', 'kind: Application', 'staging@west')],
  },
];
