import { all, configMap, findings, messages, namespace, said, verdicts, workload } from '../judging';

const object = (apiVersion: string, kind: string, more = 'metadata: { name: a, namespace: shop }') =>
  `{ apiVersion: ${apiVersion}, kind: ${kind}, ${more} }`;
const crd = (schema: string, { scope = 'Namespaced', served = 'true' } = {}) =>
  `{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: buckets.example.com }, spec: { group: example.com, scope: ${scope}, names: { kind: Bucket, plural: buckets }, versions: [{ name: v1, served: ${served}, storage: true, schema: { openAPIV3Schema: ${schema} } }] } }`;
const spec = (properties: string) =>
  `{ type: object, properties: { spec: { type: object, properties: { ${properties} } } } }`;
const bucket = (fields: string) =>
  `{ apiVersion: example.com/v1, kind: Bucket, metadata: { name: a, namespace: shop }, spec: { ${fields} } }`;

describe('cr-schema', () => {
  const id = 'cr-schema';
  test('a fault shows its value, or none where a field is missing', () => {
    const sized = crd(spec('size: { type: integer, maximum: 5 }'));
    expect(findings(id, all(sized, bucket('size: 6')))).toEqual(['fail Bucket/shop/a spec.size = 6']);
    expect(findings(id, all(sized, bucket('size: 5')))).toEqual([]);
    const required = crd('{ type: object, properties: { spec: { type: object, required: [size] } } }');
    expect(findings(id, all(required, bucket('')))).toEqual(['fail Bucket/shop/a spec.size = null']);
  });
  test('a fix comes with the fault where there is one', () => {
    const enumerated = crd(spec('class: { type: string }'));
    const [finding] = said(id, all(enumerated, bucket('class: 5')));
    expect(finding!.fix).not.toBe('');
    expect(said(id, all(crd(spec('size: { type: integer, maximum: 5 }')), bucket('size: 6')))[0]!.fix).toContain(
      'kubectl explain shows its fields',
    );
  });
  test('of an add-on only a version that is built in is known', () => {
    const monitor = object(
      'monitoring.coreos.com/v1',
      'ServiceMonitor',
      'metadata: { name: a, namespace: shop }, spec: { selector: {}, endpoints: [{ scheme: gopher }] }',
    );
    expect(findings(id, monitor)[0]).toMatch(/^unknown ServiceMonitor\/shop\/a spec\.endpoints\[0\]\.scheme/);
    expect(messages(id, monitor)[0]).toContain('by the version of the CustomResourceDefinition that is built in');
  });
  test('built-in kinds have no CustomResourceDefinition', () => expect(findings(id, workload())).toEqual([]));
});

describe('duplicate-object', () => {
  const id = 'duplicate-object';
  test('the place of the other one is named', () => {
    const two = all(configMap('a', 'x: "1"'), configMap('a', 'x: "2"'));
    expect(findings(id, two)).toEqual(['fail ConfigMap/shop/a metadata.name = "a"']);
    expect(messages(id, two)[0]).toBe(
      'ConfigMap/shop/a is also defined in manifests.yaml, line 1, with different content: the one that is applied last replaces the other, and Helm and kustomize reject both',
    );
  });
});

describe('immutable-field-change', () => {
  const id = 'immutable-field-change';
  const judged = (before: string, now: string) => findings(id, now, { previous: before });
  const secret = (type: string, place = 'shop') =>
    `{ apiVersion: v1, kind: Secret, metadata: { name: a, namespace: ${place} }${type ? `, type: ${type}` : ''} }`;
  test('the field is reported, or the one above it where it was removed', () => {
    expect(judged(secret('a'), secret('b'))).toEqual(['fail Secret/shop/a type = "b"']);
    expect(judged(secret('a'), secret(''))).toEqual(['fail Secret/shop/a type = null']);
    const role = (ref: string) =>
      `{ apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: { name: a, namespace: shop }${ref} }`;
    expect(judged(role(', roleRef: { kind: Role, name: a }'), role(', roleRef: { kind: Role, name: b }'))).toEqual([
      'fail RoleBinding/shop/a roleRef = {"kind":"Role","name":"b"}',
    ]);
    expect(judged(workload(), workload().replace(/spec:[\s\S]*/, 'spec: null'))).toEqual([
      'fail Deployment/shop/web spec = null',
    ]);
  });
  test('another object of the same name, and another version of the API, are not compared', () => {
    expect(judged(secret('a', 'other'), secret('b'))).toEqual([]);
    expect(judged(secret('a').replace('name: a', 'name: b'), secret('b'))).toEqual([]);
    expect(judged(configMap('a', 'type: a'), secret('b'))).toEqual([]);
    expect(judged(workload().replace('apps/v1', 'apps/v1beta2'), workload({ labels: 'app: b' }))).toEqual([]);
    expect(judged(workload(), workload({ labels: 'app: b' }))).toHaveLength(1);
    expect(findings(id, secret('b'))).toEqual([]);
  });
});

describe('kind-known', () => {
  const id = 'kind-known';
  test('what is wrong is shown, with the nearest name', () => {
    expect(said(id, object('apps/v1', 'Deploymnet'))[0]).toMatchObject({
      path: 'kind',
      value: 'Deploymnet',
      fix: 'write kind: Deployment',
    });
    expect(said(id, object('v1', 'Deployment'))[0]).toMatchObject({
      path: 'apiVersion',
      value: 'v1',
      fix: 'write apiVersion: apps/v1',
    });
    const unserved = all(crd('{ type: object }', { served: 'false' }), bucket(''));
    expect(said(id, unserved)[0]).toMatchObject({
      path: 'apiVersion',
      value: 'example.com/v1',
      fix: 'correct apiVersion and kind, or install the CustomResourceDefinition of the kind',
    });
  });
  test('unknown kinds of one API group are one finding', () => {
    const three = all(
      object('a.example.com/v1', 'One'),
      object('a.example.com/v1', 'Two'),
      object('a.example.com/v1', 'One', 'metadata: { name: b }'),
      object('b.example.com/v1', 'Three'),
    );
    expect(findings(id, three)).toEqual([
      'unknown One/shop/a apiVersion = "a.example.com/v1"',
      'unknown Three/shop/a apiVersion = "b.example.com/v1"',
    ]);
    expect(messages(id, three)[0]).toMatch(/; the same applies to Two$/);
    expect(messages(id, three)[1]).not.toContain('the same applies');
    // A version that may not be served yet is one question per kind.
    expect(
      findings(
        id,
        all(object('resource.k8s.io/v1beta1', 'DeviceClass'), object('resource.k8s.io/v1beta1', 'ResourceSlice')),
      ),
    ).toHaveLength(2);
  });
});

describe('namespace-declared', () => {
  const id = 'namespace-declared';
  test('each namespace is reported once, with the number of its objects', () => {
    expect(findings(id, configMap('a', 'b: c'))).toEqual(['unknown ConfigMap/shop/a metadata.namespace = "shop"']);
    expect(messages(id, configMap('a', 'b: c'))[0]).toContain('no Namespace shop for this ConfigMap;');
    expect(messages(id, all(configMap('a', 'b: c'), workload()))[0]).toContain('for this ConfigMap and 1 other;');
    expect(messages(id, all(configMap('a', 'b: c'), workload(), workload({ name: 'b' })))[0]).toContain(
      'and 2 others;',
    );
  });
  test('a declaration with Namespaces is complete', () => {
    const other = '{ apiVersion: v1, kind: Namespace, metadata: { name: other } }';
    expect(findings(id, configMap('a', 'b: c'), { declared: other })).toEqual([
      'fail ConfigMap/shop/a metadata.namespace = "shop"',
    ]);
    expect(findings(id, configMap('a', 'b: c'), { declared: object('v1', 'Secret') })[0]).toMatch(/^unknown/);
    expect(findings(id, configMap('a', 'b: c'), { declared: namespace })).toEqual([]);
  });
  test('what is cluster-scoped, or sets no namespace, needs none', () => {
    expect(findings(id, '{ apiVersion: v1, kind: ConfigMap, metadata: { name: a } }')).toEqual([]);
    expect(
      findings(
        id,
        '{ apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: { name: a, namespace: shop } }',
      ),
    ).toEqual([]);
    expect(findings(id, all(namespace, configMap('a', 'b: c')))).toEqual([]);
  });
});

describe('namespace-explicit', () => {
  const id = 'namespace-explicit';
  const without = (name: string, more = '') =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}${more} } }`;
  test('where no object sets it, it is reported once', () => {
    expect(findings(id, without('a'))).toEqual(['fail ConfigMap/default/a metadata.namespace = null']);
    expect(messages(id, without('a'))[0]).toMatch(/^the ConfigMap is created in/);
    expect(findings(id, all(without('a'), without('b')))).toHaveLength(1);
    expect(messages(id, all(without('a'), without('b')))[0]).toContain('the ConfigMap (and 1 other object) is');
    expect(messages(id, all(without('a'), without('b'), without('c')))[0]).toContain('(and 2 other objects)');
  });
  test('where others set it, each one without is reported', () => {
    const three = all(without('a'), without('b'), configMap('c', 'd: e'));
    expect(verdicts(id, three)).toEqual(['fail metadata.namespace', 'fail metadata.namespace']);
    expect(messages(id, three)[0]).toMatch(/^the ConfigMap is/);
    // The namespace of what is cluster-scoped says nothing of the others.
    const scoped = '{ apiVersion: v1, kind: Node, metadata: { name: n, namespace: shop } }';
    expect(findings(id, all(without('a'), without('b'), scoped))).toHaveLength(2);
    expect(findings(id, configMap('c', 'd: e'))).toEqual([]);
  });
  test('what is cluster-scoped sets none', () => {
    expect(said(id, '{ apiVersion: v1, kind: Namespace, metadata: { name: n, namespace: shop } }')[0]).toMatchObject({
      path: 'metadata.namespace',
      value: 'shop',
      fix: 'remove metadata.namespace',
    });
    expect(findings(id, namespace)).toEqual([]);
    const clusterBucket = bucket('').replace(', namespace: shop', '');
    expect(findings(id, all(crd('{ type: object }', { scope: 'Cluster' }), clusterBucket))).toEqual([]);
    expect(findings(id, all(crd('{ type: object }'), clusterBucket))).toHaveLength(1);
  });
  test('whether an unknown kind is namespaced is not known', () => {
    expect(findings(id, '{ apiVersion: a.example.com/v1, kind: Thing, metadata: { name: a } }')).toEqual([]);
    expect(findings(id, '{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: a } }')).toHaveLength(1);
    expect(findings(id, '{ apiVersion: cert-manager.io/v1, kind: Certificate, metadata: { name: a } }')).toHaveLength(
      0,
    );
    expect(
      findings(id, '{ apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: { name: a } }'),
    ).toHaveLength(1);
    expect(findings(id, '{ apiVersion: v1, kind: ConfigMap }')).toEqual([]);
  });
  test.each([
    ', labels: { app.kubernetes.io/managed-by: Helm }',
    ', labels: { heritage: Helm }',
    ', labels: { helm.sh/chart: web-1.0.0 }',
    ', annotations: { helm.sh/hook: test }',
  ])('Helm sets the namespace of { name%s }', (more) => expect(findings(id, without('a', more))).toEqual([]));
  test.each([', labels: { app.kubernetes.io/managed-by: ci }', ', labels: { heritage: a }', ', labels: { app: Helm }'])(
    '{ name%s } is not of Helm',
    (more) => expect(findings(id, without('a', more))).toHaveLength(1),
  );
});
