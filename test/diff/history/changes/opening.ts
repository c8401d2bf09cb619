import type { HistoryChange } from '../edits';
import { append, replace, without } from '../edits';

/** Somebody can reach more, or may do more; the way back often cuts somebody off. */
export const opening: readonly HistoryChange[] = [
  {
    name: 'redis-open-to-the-report',
    class: ['exposure', 'disruption'],
    edits: [
      replace(
        'network',
        /( +- podSelector:\n +matchLabels:\n +app: )web\n/,
        '$1web\n        - podSelector:\n            matchLabels:\n              app: report\n',
      ),
    ],
  },
  {
    name: 'every-port-of-redis-open-to-the-web',
    class: ['exposure', 'in-place'],
    edits: [replace('network', / {6}ports:\n {8}- port: 6379\n/, '')],
  },
  {
    name: 'web-open-to-every-namespace',
    class: ['exposure', 'disruption'],
    edits: [
      replace(
        'network',
        /namespaceSelector:\n +matchLabels:\n +kubernetes.io\/metadata.name: ingress\n/,
        'namespaceSelector: {}\n',
        'staging',
      ),
    ],
  },
  {
    name: 'default-deny-removed',
    class: ['exposure', 'disruption'],
    edits: [without('network', 'name: default-deny', 'dev')],
  },
  {
    name: 'policy-removed-under-a-default-deny',
    class: ['disruption', 'exposure'],
    edits: [without('network', 'name: redis\n', 'staging')],
  },
  {
    name: 'second-host',
    class: ['exposure', 'disruption'],
    edits: [replace('route', 'hostnames: [', 'hostnames: [www.example.com, ', 'prod')],
  },
  {
    name: 'path-of-the-metrics-opened',
    class: ['exposure', 'disruption'],
    edits: [
      replace(
        'ingress',
        '          - path: /\n',
        '          - path: /prometheus\n            pathType: Prefix\n            backend:\n              service:\n                name: prometheus\n                port:\n                  name: http\n          - path: /\n',
        'staging',
      ),
    ],
  },
  {
    name: 'service-gets-a-load-balancer',
    class: ['exposure', 'disruption'],
    edits: [replace('web', '    app: web\n  ports:', '    app: web\n  type: LoadBalancer\n  ports:', 'prod@west')],
  },
  {
    name: 'tls-removed',
    class: ['exposure', 'in-place'],
    edits: [replace('ingress', / {2}tls:\n.*\n.*\n/, '')],
  },
  {
    name: 'login-in-front-of-the-shop',
    class: ['disruption', 'exposure'],
    edits: [
      replace(
        'ingress',
        '  labels:\n',
        '  annotations:\n    nginx.ingress.kubernetes.io/auth-url: https://login.example.com/auth\n  labels:\n',
        'staging',
      ),
    ],
  },
  {
    name: 'role-may-read-secrets',
    class: ['privilege', 'disruption'],
    edits: [replace('report', 'resources: [pods]', 'resources: [pods, secrets]')],
  },
  {
    name: 'cluster-admin-for-the-report',
    class: ['privilege', 'disruption'],
    edits: [
      append(
        'report',
        'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: report-debug\nroleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: cluster-admin\nsubjects:\n  - kind: ServiceAccount\n    name: report\n    namespace: shop-dev\n',
        'dev',
      ),
    ],
  },
  {
    name: 'namespace-enforces-baseline',
    class: ['privilege', 'in-place'],
    edits: [replace('namespace', 'enforce: restricted', 'enforce: baseline', 'dev')],
  },
  {
    name: 'container-may-write-its-root',
    class: ['privilege', 'disruption'],
    edits: [replace('web', 'readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false')],
  },
  {
    name: 'container-with-a-capability',
    class: ['disruption', 'disruption'],
    edits: [replace('web', 'drop: [ALL]', 'drop: [ALL]\n              add: [SYS_PTRACE]', 'dev')],
  },
  {
    name: 'token-mounted-in-web',
    class: ['privilege', 'in-place'],
    edits: [replace('namespace', 'automountServiceAccountToken: false', 'automountServiceAccountToken: true')],
  },
  {
    name: 'web-reads-the-password-of-redis',
    class: ['privilege', 'restart'],
    edits: [
      replace(
        'web',
        '            - name: LOG_FORMAT',
        '            - name: REDIS_PASSWORD\n              valueFrom:\n                secretKeyRef:\n                  name: redis\n                  key: password\n            - name: LOG_FORMAT',
      ),
    ],
  },
];
