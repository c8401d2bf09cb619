import type { HistoryChange } from '../edits';
import { append, documents, move, replace, rewrite } from '../edits';

/** Nothing happens, or next to nothing. */
export const harmless: readonly HistoryChange[] = [
  {
    name: 'file-renamed',
    class: ['no-effect', 'no-effect'],
    edits: [move('web', 'frontend')],
  },
  {
    name: 'files-joined-into-one',
    class: ['no-effect', 'no-effect'],
    edits: [move('report', 'web'), move('network', 'web')],
  },
  {
    name: 'objects-in-another-order',
    class: ['no-effect', 'no-effect'],
    edits: [rewrite('web', (text) => documents(text).reverse().join('\n---\n'))],
  },
  {
    name: 'keys-in-another-order',
    class: ['no-effect', 'no-effect'],
    edits: [
      replace(
        'web',
        `          image: example.com/shop/web:1.4.2
          ports:
            - name: http
              containerPort: 8080
`,
        `          ports:
            - containerPort: 8080
              name: http
          image: example.com/shop/web:1.4.2
`,
      ),
      replace(
        'network',
        /^spec:\n {2}podSelector: \{\}\n {2}policyTypes: \[Ingress\]/,
        'spec: { policyTypes: [Ingress], podSelector: {} }',
      ),
    ],
  },
  {
    name: 'rules-of-a-role-split',
    class: ['no-effect', 'no-effect'],
    edits: [
      replace(
        'report',
        '  - apiGroups: [""]\n    resources: [pods]\n    verbs: [get, list]\n',
        '  - { apiGroups: [""], resources: [pods], verbs: [list] }\n  - { apiGroups: [""], resources: [pods], verbs: [get, list] }\n',
      ),
    ],
  },
  {
    name: 'selectors-of-policies-as-expressions',
    class: ['no-effect', 'no-effect'],
    edits: [
      replace(
        'network',
        /^ {2}podSelector:\n {4}matchLabels:\n {6}app: (\w+)\n/,
        '  podSelector: { matchExpressions: [{ key: app, operator: In, values: [$1] }] }\n',
      ),
    ],
  },
  {
    name: 'list-of-a-custom-object-in-another-order',
    class: ['unknown', 'unknown'],
    edits: [replace('backups', '[redis, web]', '[web, redis]')],
  },
  {
    name: 'quantities-respelt',
    class: ['no-effect', 'no-effect'],
    edits: [
      replace('web', 'cpu: 250m', 'cpu: "0.25"'),
      replace('web', 'memory: 512Mi', 'memory: 0.5Gi'),
      replace('redis', 'storage: 5Gi', 'storage: 5120Mi'),
      replace('namespace', 'requests.cpu: "20"', 'requests.cpu: 20000m'),
    ],
  },
  {
    name: 'defaults-written-out',
    class: ['no-effect', 'no-effect'],
    edits: [
      replace('web', '          image: example', '          imagePullPolicy: IfNotPresent\n          image: example'),
      replace(
        'web',
        '              containerPort: 8080',
        '              containerPort: 8080\n              protocol: TCP',
      ),
      replace('web', '      port: 80\n', '      port: 80\n      protocol: TCP\n'),
      replace('web', '    app: web\n  ports:', '    app: web\n  type: ClusterIP\n  sessionAffinity: None\n  ports:'),
      replace('redis', '  serviceName: redis', '  podManagementPolicy: OrderedReady\n  serviceName: redis'),
      replace('report', '  concurrencyPolicy', '  suspend: false\n  concurrencyPolicy'),
      replace('network', '        - port: 6379', '        - port: 6379\n          protocol: TCP'),
      replace('backups', '  schedule: 30', '  size: 10Gi\n  keep: 7\n  schedule: 30'),
    ],
  },
  {
    name: 'fields-of-the-server-exported-with-it',
    class: ['no-effect', 'no-effect'],
    edits: [
      replace(
        'web',
        'metadata:\n  name: web\n',
        'metadata:\n  name: web\n  uid: 1d3c\n  resourceVersion: "88"\n  creationTimestamp: null\n',
      ),
    ],
  },
  {
    name: 'comments-and-quotes',
    class: ['no-effect', 'no-effect'],
    edits: [rewrite('web', (text) => `# The shop.\n${text.replace(/name: web$/gm, "name: 'web'")}`)],
  },
  {
    name: 'api-version-of-a-custom-object-moved',
    class: ['no-effect', 'no-effect'],
    edits: [replace('backups', 'shop.example.com/v1\n', 'shop.example.com/v1beta1\n')],
  },
  {
    name: 'api-version-of-the-autoscaler-moved',
    class: ['no-effect', 'no-effect'],
    edits: [
      replace('scaling', 'autoscaling/v2\n', 'autoscaling/v1\n'),
      replace('scaling', / {2}metrics:\n[^]*?(?=---)/, '  targetCPUUtilizationPercentage: 70\n'),
    ],
  },
  {
    name: 'one-label-on-all-objects',
    class: ['metadata', 'metadata'],
    edits: ['web', 'redis', 'prometheus', 'report', 'network', 'scaling', 'ingress', 'route'].map((file) =>
      rewrite(file, (text) =>
        text.replace(
          /^(metadata:\n {2}name: .*\n {2}namespace: .*\n)( {2}labels:\n)?/gm,
          '$1  labels:\n    cost-center: "4711"\n',
        ),
      ),
    ),
  },
  {
    name: 'team-of-the-namespace',
    class: ['metadata', 'metadata'],
    edits: [replace('namespace', 'team: shop', 'team: storefront')],
  },
  {
    name: 'earlier-config-kept-for-a-rollback',
    class: ['no-effect', 'no-effect'],
    edits: [
      append(
        'web',
        'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web-config-2b4cfm8d9k\n  namespace: shop-prod\n  annotations:\n    strata/config-of: web-config\n    strata/config-superseded: "1"\ndata:\n  PAGE_SIZE: "20"\n',
        'prod',
      ),
    ],
  },
  {
    name: 'schedule-of-the-report',
    class: ['in-place', 'in-place'],
    edits: [replace('report', 'schedule: 0 3 * * *', 'schedule: 0 4 * * 1-5', 'prod')],
  },
  {
    name: 'image-of-the-report',
    class: ['in-place', 'in-place'],
    edits: [replace('report', 'report:1.4.2', 'report:1.5.0')],
  },
  {
    name: 'sync-of-an-application-by-hand',
    class: ['in-place', 'disruption'],
    edits: [replace('delivery', / {2}syncPolicy:\n[^]*/, '', 'prod')],
  },
  {
    name: 'backup-kept-for-longer',
    class: ['unknown', 'unknown'],
    edits: [replace('backups', '  schedule: 30', '  keep: 14\n  schedule: 30', 'prod')],
  },
  {
    name: 'policy-that-selects-nobody',
    class: ['in-place', 'in-place'],
    edits: [
      append(
        'network',
        'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: old\n  namespace: shop-dev\nspec:\n  podSelector:\n    matchLabels:\n      app: old\n  policyTypes: [Ingress]\n',
        'dev',
      ),
    ],
  },
];
