import type { HistoryChange } from '../edits';
import { append, join, removeFile, replace, retire } from '../edits';

const CHARTED = ['web', 'redis', 'scaling', 'ingress', 'route'];

/** Targets that come and go, and changes of many objects at once. */
export const fleetWide: readonly HistoryChange[] = [
  { name: 'a-target-comes', class: ['privilege', 'data-loss'], edits: [join('staging', 'north')] },
  {
    name: 'an-environment-comes-on-three-clusters',
    class: ['privilege', 'data-loss'],
    edits: [join('dev', 'north'), join('dev', 'south'), join('dev', 'central')],
  },
  { name: 'an-environment-is-retired', class: ['data-loss', 'privilege'], edits: [retire('staging')] },
  { name: 'a-cluster-is-retired', class: ['data-loss', 'privilege'], edits: [retire('west')] },
  {
    name: 'a-target-comes-and-an-image-is-bumped',
    class: ['privilege', 'data-loss'],
    edits: [replace('web', 'web:1.4.2', 'web:1.5.0'), join('prod', 'north')],
  },
  {
    name: 'chart-upgraded',
    class: ['disruption', 'disruption'],
    edits: [
      ...CHARTED.map((file) => replace(file, 'shop-2.3.0', 'shop-2.4.0')),
      replace('web', 'web:1.4.2', 'web:1.5.0'),
      replace('redis', 'redis:7.4.1', 'redis:7.4.2'),
      replace('web', 'path: /alive', 'path: /healthz'),
    ],
  },
  {
    name: 'chart-upgraded-in-staging-first',
    class: ['restart', 'restart'],
    edits: [
      ...CHARTED.map((file) =>
        replace(
          file,
          'shop-2.3.0',
          'shop-2.4.0',
          file === 'ingress' ? 'staging@east' : file === 'route' ? 'staging@west' : 'staging',
        ),
      ),
      replace('web', 'web:1.4.2', 'web:1.5.0', 'staging'),
    ],
  },
  {
    name: 'west-moves-from-routes-to-ingress',
    class: ['disruption', 'disruption'],
    edits: [
      removeFile('route', 'west'),
      append(
        'web',
        'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n  namespace: shop-dev\nspec:\n  ingressClassName: nginx\n  rules:\n    - host: dev.west.example.com\n      http:\n        paths:\n          - path: /\n            pathType: Prefix\n            backend:\n              service:\n                name: web\n                port:\n                  name: http\n',
        'dev@west',
      ),
    ],
  },
  {
    name: 'one-setting-another-one-in-each-target',
    class: ['capacity', 'capacity'],
    edits: [
      replace('web', 'cpu: 250m', 'cpu: 100m', 'dev'),
      replace('web', 'cpu: 250m', 'cpu: 300m', 'staging'),
      replace('web', 'cpu: 250m', 'cpu: 500m', 'prod'),
    ],
  },
  {
    name: 'same-network-policy-for-all',
    class: ['in-place', 'in-place'],
    edits: ['dev', 'staging', 'prod'].map((environment) =>
      append(
        'network',
        `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: prometheus\n  namespace: shop-${environment}\nspec:\n  podSelector:\n    matchLabels:\n      app: prometheus\n  policyTypes: [Ingress]\n`,
        environment,
      ),
    ),
  },
  {
    name: 'several-things-at-once-in-several-targets',
    class: ['disruption', 'exposure'],
    edits: [
      replace('web', 'web:1.4.2', 'web:1.5.0'),
      replace('web', 'cpu: 250m', 'cpu: 300m', 'prod'),
      replace('scaling', 'averageUtilization: 70', 'averageUtilization: 60', 'prod'),
      replace('network', 'app: prometheus', 'app: agent', 'staging'),
      replace('report', 'schedule: 0 3', 'schedule: 0 5', 'dev'),
    ],
  },
];
