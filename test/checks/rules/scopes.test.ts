import { all, findings, service, workload } from '../judging';

const object = (apiVersion: string, kind: string, metadata: string, rest = '') =>
  `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { ${metadata} }${rest && `, ${rest}`} }`;

describe('namespace-explicit', () => {
  const id = 'namespace-explicit';
  const definition = (scope: string) =>
    object(
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      'name: queues.example.com',
      `spec: { group: example.com, scope: ${scope}, names: { kind: Queue, plural: queues }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }] }`,
    );
  const found = (...manifests: string[]) =>
    findings(id, all(...manifests)).map((finding) => finding.replace(/ = .*/, ''));
  test.each([
    ['v1', 'ConfigMap'],
    ['apps/v1', 'Deployment'],
    ['networking.k8s.io/v1', 'NetworkPolicy'],
    // An old API had it under another group.
    ['extensions/v1beta1', 'Ingress'],
    // Kinds of add-ons that are known.
    ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
    ['monitoring.coreos.com/v1', 'ServiceMonitor'],
  ])('asks for the namespace of a %s %s', (apiVersion, kind) => {
    expect(found(object(apiVersion, kind, 'name: a'))).toEqual([`fail ${kind}/default/a metadata.namespace`]);
    expect(found(object(apiVersion, kind, 'name: a, namespace: shop'))).toEqual([]);
  });
  test.each([
    ['v1', 'Namespace'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
    ['cert-manager.io/v1', 'ClusterIssuer'],
    // A kind of the same name as one of Kubernetes, and one that nobody knows.
    ['example.com/v1', 'Ingress'],
    ['config.example.com/v1', 'Service'],
    ['example.com/v1', 'Queue'],
  ])('does not ask for that of a %s %s', (apiVersion, kind) =>
    expect(found(object(apiVersion, kind, 'name: a'))).toEqual([]),
  );
  test('asks for that of a kind whose definition is here and says so', () => {
    const queue = object('example.com/v1', 'Queue', 'name: a');
    expect(found(definition('Namespaced'), queue)).toEqual(['fail Queue/default/a metadata.namespace']);
    expect(found(definition('Cluster'), queue)).toEqual([]);
  });
});

describe('pdb-present', () => {
  const budget = object(
    'policy/v1',
    'PodDisruptionBudget',
    'name: web, namespace: shop',
    'spec: { maxUnavailable: 1, selector: { matchLabels: { app: web } } }',
  );
  const front = service('selector: { app: web }, ports: [{ port: 80 }]');
  const judged = (kind: string, replicas: number | undefined, ...more: string[]) =>
    findings(
      'pdb-present',
      all(
        front,
        workload({ kind, spec: replicas === undefined ? '' : `replicas: ${replicas}` }).replace(
          kind === 'Rollout' ? 'apps/v1' : 'no other',
          'argoproj.io/v1alpha1',
        ),
        ...more,
      ),
    );
  test.each(['Deployment', 'StatefulSet', 'ReplicaSet', 'Rollout'])('a %s of several pods has a budget', (kind) => {
    expect(judged(kind, 2)).toEqual([`fail ${kind}/shop/web metadata.name = "web"`]);
    expect(judged(kind, 2, budget)).toEqual([]);
    expect(judged(kind, 1)).toEqual([]);
    expect(judged(kind, undefined)).toEqual([]);
  });
  test.each(['DaemonSet', 'Job'])('a %s needs none', (kind) => expect(judged(kind, 2)).toEqual([]));
  test('one that no Service leads to needs none', () =>
    expect(findings('pdb-present', workload({ spec: 'replicas: 2' }))).toEqual([]));
});

describe('a host that a key of another object gives to a variable', () => {
  const id = 'config-host-resolves';
  const shop = object('v1', 'Namespace', 'name: shop');
  const data = 'CACHE_URL: redis://cachee:6379';
  const config = object('v1', 'ConfigMap', 'name: settings, namespace: shop', `data: { ${data} }`);
  const secret = object('v1', 'Secret', 'name: settings, namespace: shop', `stringData: { ${data} }`);
  const cache = service('selector: { app: cache }, ports: [{ port: 6379 }]', 'cache');
  const variable = (kind: string) =>
    `env: [{ name: CACHE_URL, valueFrom: { ${kind}KeyRef: { name: settings, key: CACHE_URL } } }]`;
  const judged = (...manifests: string[]) => findings(id, all(shop, cache, ...manifests));
  test('is reported where the key stands', () => {
    expect(judged(config, workload({ container: variable('configMap') }))).toEqual([
      'fail ConfigMap/shop/settings data.CACHE_URL = "cachee:6379"',
    ]);
    expect(judged(secret, workload({ container: variable('secret') }))).toEqual([
      'fail Secret/shop/settings stringData.CACHE_URL = "cachee:6379"',
    ]);
    const init = `initContainers: [{ name: i, image: 'shop/i:1.0.0', ${variable('configMap')} }]`;
    expect(judged(config, workload({ kind: 'StatefulSet', pod: init }))).toEqual([
      'fail ConfigMap/shop/settings data.CACHE_URL = "cachee:6379"',
    ]);
  });
  test('or at the variable that holds it', () =>
    expect(judged(workload({ container: "env: [{ name: CACHE_URL, value: 'redis://cachee:6379' }]" }))).toEqual([
      'fail Deployment/shop/web spec.template.spec.containers[0].env[0].value = "cachee:6379"',
    ]));
});
