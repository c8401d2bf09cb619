import type { HistoryChange } from '../edits';
import { replace } from '../edits';

const HASHED = ['7h9bm2kf6d', '49mfb2d7tk'] as const;

/** Pods are replaced, or there are more or fewer of them. */
export const rolling: readonly HistoryChange[] = [
  {
    name: 'image-bumped-in-a-paused-deployment',
    class: ['in-place', 'restart'],
    edits: [
      replace('web', 'web:1.4.2', 'web:1.5.0', 'prod'),
      replace('web', '  revisionHistoryLimit: 5', '  paused: true\n  revisionHistoryLimit: 5', 'prod'),
    ],
  },
  {
    name: 'image-bumped-in-all-targets',
    class: ['restart', 'restart'],
    edits: [replace('web', 'web:1.4.2', 'web:1.5.0')],
  },
  {
    name: 'image-bumped-in-one-target',
    class: ['restart', 'restart'],
    edits: [replace('web', 'web:1.4.2', 'web:1.5.0', 'staging@east')],
  },
  {
    name: 'image-promoted-to-one-environment-with-its-report',
    class: ['restart', 'restart'],
    edits: [
      replace('web', 'web:1.4.2', 'web:1.5.0', 'prod'),
      replace('report', 'report:1.4.2', 'report:1.5.0', 'prod'),
    ],
  },
  {
    name: 'hashed-config-changed',
    class: ['restart', 'restart'],
    edits: [replace('web', HASHED[0], HASHED[1]), replace('web', 'cache.ttl=60', 'cache.ttl=300')],
  },
  {
    name: 'hashed-config-changed-and-image-bumped',
    class: ['restart', 'restart'],
    edits: [
      replace('web', HASHED[0], HASHED[1], 'prod'),
      replace('web', 'log.level=info', 'log.level=warn', 'prod'),
      replace('web', 'web:1.4.2', 'web:1.5.0', 'prod'),
    ],
  },
  {
    name: 'hashed-config-another-one-in-each-target',
    class: ['restart', 'restart'],
    edits: [
      replace('web', HASHED[0], HASHED[1], 'dev'),
      replace('web', HASHED[0], '2k4mtfb9c8', 'staging'),
      replace('web', HASHED[0], 'f7dm5tg2k9', 'prod@east'),
      replace('web', HASHED[0], 'h6c8bm4d2t', 'prod@west'),
      replace('web', 'cache.size=1000', 'cache.size=500', 'dev'),
      replace('web', 'cache.size=1000', 'cache.size=4000', 'staging'),
      replace('web', 'cache.size=1000', 'cache.size=8000', 'prod@east'),
      replace('web', 'cache.size=1000', 'cache.size=6000', 'prod@west'),
    ],
  },
  {
    name: 'hash-by-another-rule-of-the-same-content',
    class: ['restart', 'restart'],
    edits: [replace('web', HASHED[0], HASHED[1])],
  },
  {
    name: 'variable-added',
    class: ['restart', 'restart'],
    edits: [
      replace(
        'web',
        '            - name: LOG_FORMAT',
        '            - name: FEATURE_BASKET\n              value: "on"\n            - name: LOG_FORMAT',
      ),
    ],
  },
  {
    name: 'variables-in-another-order',
    class: ['restart', 'restart'],
    edits: [replace('web', /( {12}- name: REDIS_HOST\n.*\n)( {12}- name: LOG_FORMAT\n.*\n)/, '$2$1')],
  },
  {
    name: 'variable-another-one-in-each-environment',
    class: ['restart', 'restart'],
    edits: [
      replace('web', 'value: json', 'value: text', 'dev'),
      replace('web', 'value: json', 'value: logfmt', 'prod'),
    ],
  },
  {
    name: 'requests-raised-in-prod',
    class: ['capacity', 'capacity'],
    edits: [replace('web', 'cpu: 250m', 'cpu: 400m', 'prod')],
  },
  {
    name: 'replicas-of-dev-doubled',
    class: ['capacity', 'disruption'],
    edits: [replace('web', 'replicas: 1', 'replicas: 2', 'dev')],
  },
  {
    name: 'autoscaler-may-add-more',
    class: ['capacity', 'capacity'],
    edits: [replace('scaling', 'maxReplicas: 12', 'maxReplicas: 20', 'prod')],
  },
  {
    name: 'replicas-written-beside-the-autoscaler',
    class: ['capacity', 'disruption'],
    edits: [replace('web', '  revisionHistoryLimit', '  replicas: 3\n  revisionHistoryLimit', 'prod')],
  },
  {
    name: 'quota-lowered',
    class: ['capacity', 'capacity'],
    edits: [replace('namespace', 'requests.memory: 40Gi', 'requests.memory: 30Gi', 'dev')],
  },
  {
    name: 'claim-template-of-metrics-grown',
    class: ['immutable', 'immutable'],
    edits: [replace('prometheus', 'storage: 100Gi', 'storage: 200Gi', 'prod')],
  },
  {
    name: 'alert-rules-of-prometheus',
    class: ['in-place', 'disruption'],
    edits: [
      replace('prometheus', '[5m])) > 1', '[5m])) > 0.5'),
      replace('prometheus', 'severity: ticket', 'severity: page', 'prod'),
    ],
  },
  {
    name: 'config-changed-under-the-same-hash',
    class: ['restart', 'restart'],
    edits: [replace('web', 'PAGE_SIZE: "50"', 'PAGE_SIZE: "80"')],
  },
  {
    name: 'pod-label-added',
    class: ['restart', 'restart'],
    edits: [
      replace(
        'web',
        '      labels:\n        app: web\n',
        '      labels:\n        app: web\n        tier: front\n',
        'staging',
      ),
    ],
  },
  {
    name: 'grace-of-a-probe-and-image-in-two-environments',
    class: ['restart', 'disruption'],
    edits: [
      replace('web', 'failureThreshold: 6', 'failureThreshold: 12'),
      replace('web', 'web:1.4.2', 'web:1.5.0', 'dev'),
      replace('web', 'web:1.4.2', 'web:1.5.0', 'staging'),
    ],
  },
];
