import { all, findings, namespace, said } from '../../judging';

const object = (apiVersion: string, kind: string, spec: string, name = 'web') =>
  `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: ${name}, namespace: shop }, spec: { ${spec} } }`;

describe('the replicas of a ScaledObject', () => {
  const judged = (bounds: string) =>
    findings('hpa-bounds', object('keda.sh/v1alpha1', 'ScaledObject', `scaleTargetRef: { name: web }, ${bounds}`));
  const at = 'fail ScaledObject/shop/web spec';
  test.each([
    ['maxReplicaCount: 0', [`${at}.maxReplicaCount = 0`]],
    ['minReplicaCount: 2, maxReplicaCount: 0', [`${at}.maxReplicaCount = 0`]],
    ['maxReplicaCount: 1', []],
    ['minReplicaCount: 1, maxReplicaCount: 1', []],
    ['minReplicaCount: 0, maxReplicaCount: 1', []],
    ['minReplicaCount: 2, maxReplicaCount: 1', [`${at}.minReplicaCount = 2`]],
    ['minReplicaCount: 2', []],
  ])('{ %s }', (bounds, expected) => expect(judged(bounds)).toEqual(expected));
});

test.each([
  ['minReplicas: 2, maxReplicas: 1', ['fail HorizontalPodAutoscaler/shop/web spec.minReplicas = 2']],
  ['minReplicas: 1, maxReplicas: 1', []],
  // schema-valid says that.
  ['maxReplicas: 0', []],
])('a HorizontalPodAutoscaler with { %s }', (bounds, expected) =>
  expect(findings('hpa-bounds', object('autoscaling/v2', 'HorizontalPodAutoscaler', bounds))).toEqual(expected),
);

test.each([
  ['10.1.2.3', true],
  ['10.1.2.3.', true],
  ['10.1.2.3.example.com', false],
  ['10.1.2.3.example.com.', false],
  ['billing.example.com.', false],
  // The API server refuses these.
  ['10.1.2', false],
  ['2001:db8::1', false],
])('the externalName %s is an address: %s', (name, isAddress) =>
  expect(
    findings('external-name-resolves', object('v1', 'Service', `type: ExternalName, externalName: '${name}'`)),
  ).toEqual(isAddress ? [`fail Service/shop/web spec.externalName = "${name}"`] : []),
);

describe('a misspelt name of an object of the cluster is repaired', () => {
  const repairs = (id: string, manifests: string, facts?: string) =>
    said(id, manifests, facts === undefined ? { declared: '' } : { facts, declared: '' }).map(({ repair }) =>
      repair && 'from' in repair ? `${String(repair.from)} → ${String(repair.with)}` : undefined,
    );
  const klass = (apiVersion: string, kind: string, name: string, spec = '') =>
    `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: ${name} }${spec} }`;
  const claim = (name: string) =>
    object('v1', 'PersistentVolumeClaim', `storageClassName: ${name}, accessModes: [ReadWriteOnce]`);
  const storage = klass('storage.k8s.io/v1', 'StorageClass', 'standard', ', provisioner: a.example.com');
  const ingress = (name: string) => object('networking.k8s.io/v1', 'Ingress', `ingressClassName: ${name}, rules: []`);
  const ingressClass = klass(
    'networking.k8s.io/v1',
    'IngressClass',
    'traefik',
    ', spec: { controller: a.example.com/b }',
  );
  const gateway = (name: string) =>
    object('gateway.networking.k8s.io/v1', 'Gateway', `gatewayClassName: ${name}, listeners: []`);
  const gatewayClass = klass(
    'gateway.networking.k8s.io/v1',
    'GatewayClass',
    'envoy',
    ', spec: { controllerName: a.example.com/b }',
  );
  const pod = (name: string) => object('v1', 'Pod', `priorityClassName: ${name}, containers: []`);
  const priority = klass('scheduling.k8s.io/v1', 'PriorityClass', 'critical-web', ', value: 1');
  test.each([
    ['storageclass-exists', claim('standrad'), storage, 'standrad → standard'],
    ['ingress-class-exists', ingress('treafik'), ingressClass, 'treafik → traefik'],
    ['gatewayclass-exists', gateway('evnoy'), gatewayClass, 'evnoy → envoy'],
    ['priority-runtime-class-exists', pod('critical-wbe'), priority, 'critical-wbe → critical-web'],
  ])('%s', (id, manifests, facts, expected) => {
    expect(repairs(id, manifests, facts)).toEqual([expected]);
    expect(repairs(id, all(manifests, facts))).toEqual([expected]);
  });
  test.each([
    ['storageclass-exists', claim('fast'), storage],
    ['ingress-class-exists', ingress('nginx'), ingressClass],
    ['gatewayclass-exists', gateway('cilium'), gatewayClass],
    ['priority-runtime-class-exists', pod('low'), priority],
  ])('but another name is not: %s', (id, manifests, facts) =>
    expect(repairs(id, manifests, facts)).toEqual([undefined]),
  );
  test('and so is the section of a route', () => {
    const route = (section: string) =>
      object(
        'gateway.networking.k8s.io/v1',
        'HTTPRoute',
        `parentRefs: [{ name: public, sectionName: ${section} }], rules: []`,
      );
    const listening = object(
      'gateway.networking.k8s.io/v1',
      'Gateway',
      'gatewayClassName: a, listeners: [{ name: https, port: 443, protocol: HTTPS }]',
      'public',
    );
    expect(repairs('route-parent-exists', all(namespace, listening, route('htps')))).toEqual(['htps → https']);
    expect(repairs('route-parent-exists', all(namespace, listening, route('web')))).toEqual([undefined]);
  });
});
