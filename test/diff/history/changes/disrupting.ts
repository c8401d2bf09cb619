import type { HistoryChange } from '../edits';
import { append, removeFile, replace, without } from '../edits';

/** Requests may fail, or a safeguard against that goes. */
export const disrupting: readonly HistoryChange[] = [
  {
    name: 'redis-listens-on-another-port',
    class: ['disruption', 'disruption'],
    edits: [replace('redis', 'containerPort: 6379', 'containerPort: 6380', 'staging')],
  },
  {
    name: 'quota-below-what-the-pods-need',
    class: ['disruption', 'capacity'],
    edits: [replace('namespace', 'requests.cpu: "20"', 'requests.cpu: "1"', 'staging')],
  },
  {
    name: 'request-of-the-autoscaled-web-removed',
    class: ['disruption', 'capacity'],
    edits: [replace('web', '              cpu: 250m\n', '', 'prod')],
  },
  {
    name: 'schedule-that-never-comes',
    class: ['disruption', 'in-place'],
    edits: [replace('report', 'schedule: 0 3 * * *', 'schedule: 0 3 31 2 *')],
  },
  {
    name: 'backend-of-the-ingress-misspelt',
    class: ['disruption', 'exposure'],
    edits: [replace('ingress', /name: web\n(.*port:)/, 'name: webb\n$1', 'dev')],
  },
  {
    name: 'budget-removed',
    class: ['disruption', 'in-place'],
    edits: [without('scaling', 'PodDisruptionBudget', 'prod')],
  },
  {
    name: 'budget-blocks-drains',
    class: ['disruption', 'in-place'],
    edits: [replace('scaling', 'maxUnavailable: 1', 'maxUnavailable: 0')],
  },
  {
    name: 'autoscaler-removed',
    class: ['disruption', 'capacity'],
    edits: [without('scaling', 'HorizontalPodAutoscaler', 'staging')],
  },
  {
    name: 'autoscaler-down-to-one',
    class: ['disruption', 'capacity'],
    edits: [replace('scaling', 'minReplicas: 2', 'minReplicas: 1', 'staging')],
  },
  {
    name: 'strategy-recreate',
    class: ['disruption', 'in-place'],
    edits: [replace('web', / {4}type: RollingUpdate\n.*\n.*\n.*\n/, '    type: Recreate\n', 'staging')],
  },
  {
    name: 'strategy-recreate-and-image-bumped',
    class: ['disruption', 'restart'],
    edits: [
      replace('web', / {4}type: RollingUpdate\n.*\n.*\n.*\n/, '    type: Recreate\n', 'prod'),
      replace('web', 'web:1.4.2', 'web:1.5.0', 'prod'),
    ],
  },
  {
    name: 'readiness-probe-removed',
    class: ['disruption', 'restart'],
    edits: [replace('web', / {10}readinessProbe:\n.*\n.*\n.*\n.*\n/, '')],
  },
  {
    name: 'grace-shortened',
    class: ['disruption', 'restart'],
    edits: [replace('web', 'terminationGracePeriodSeconds: 45', 'terminationGracePeriodSeconds: 10')],
  },
  {
    name: 'memory-limit-lowered',
    class: ['disruption', 'capacity'],
    edits: [replace('web', 'memory: 512Mi', 'memory: 384Mi', 'dev')],
  },
  {
    name: 'image-of-redis-bumped',
    class: ['disruption', 'disruption'],
    edits: [replace('redis', 'redis:7.4.1', 'redis:7.4.2')],
  },
  {
    name: 'service-selects-nothing',
    class: ['disruption', 'exposure'],
    edits: [replace('web', '  selector:\n    app: web\n', '  selector:\n    app: shop\n', 'prod')],
  },
  {
    name: 'port-of-the-service-moved',
    class: ['disruption', 'disruption'],
    edits: [replace('web', '      port: 80\n', '      port: 8080\n')],
  },
  {
    name: 'host-moved',
    class: ['disruption', 'disruption'],
    edits: [replace('ingress', 'shop.east.example.com', 'www.example.com', 'prod')],
  },
  {
    name: 'ingress-removed-in-dev',
    class: ['disruption', 'exposure'],
    edits: [removeFile('ingress', 'dev')],
  },
  {
    name: 'pods-for-nodes-that-are-not-there',
    class: ['disruption', 'restart'],
    edits: [
      replace(
        'web',
        '      serviceAccountName: web',
        '      nodeSelector:\n        disk: ssd\n      serviceAccountName: web',
        'prod',
      ),
    ],
  },
  {
    name: 'report-removed',
    class: ['disruption', 'privilege'],
    edits: [removeFile('report')],
  },
  {
    name: 'second-workload',
    class: ['capacity', 'disruption'],
    edits: [
      append(
        'web',
        'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: mail\n  namespace: shop-dev\nspec:\n  replicas: 2\n  selector:\n    matchLabels:\n      app: mail\n  template:\n    metadata:\n      labels:\n        app: mail\n    spec:\n      automountServiceAccountToken: false\n      securityContext:\n        runAsNonRoot: true\n        seccompProfile:\n          type: RuntimeDefault\n      containers:\n        - name: mail\n          image: example.com/shop/mail:1.0.0\n          securityContext:\n            allowPrivilegeEscalation: false\n            capabilities:\n              drop: [ALL]\n',
        'dev',
      ),
    ],
  },
];
