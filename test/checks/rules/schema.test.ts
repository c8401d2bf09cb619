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
  test('a status that only its own endpoint writes is taken out before anything is validated', () => {
    const schema =
      '{ type: object, properties: { spec: { type: object }, status: { type: object, required: [phase], properties: { size: { type: integer } } } } }';
    const live = `{ apiVersion: example.com/v1, kind: Bucket, metadata: { name: a, namespace: shop }, spec: {}, status: { size: big } }`;
    const withStatus = crd(schema).replace('storage: true,', 'storage: true, subresources: { status: {} },');
    expect(findings(id, all(withStatus, live))).toEqual([]);
    expect(findings(id, all(crd(schema), live))).toEqual([
      'fail Bucket/shop/a status.phase = null',
      'fail Bucket/shop/a status.size = "big"',
    ]);
    // kubectl asks for unknown fields before that.
    const unknown = live.replace('size: big', 'sise: 1');
    expect(findings(id, all(withStatus, unknown))).toEqual(['fail Bucket/shop/a status.sise = 1']);
    // Of an add-on's own definition it is not known, and nearly all have it.
    const route = (status: string) =>
      `{ apiVersion: gateway.networking.k8s.io/v1, kind: GRPCRoute, metadata: { name: a, namespace: shop }, spec: {}, status: ${status} }`;
    expect(
      findings(id, route('{ parents: [{ parentRef: {}, controllerName: example.com/a, conditions: [] }] }')),
    ).toEqual([]);
  });
  test('built-in kinds have no CustomResourceDefinition', () => expect(findings(id, workload())).toEqual([]));

  describe('defaults are filled in before the values are judged', () => {
    const judged = (schema: string, fields: string) => findings(id, all(crd(schema), bucket(fields)));
    const kind = 'kind: { type: string, default: ip }, value: { type: string }';
    test('oneOf sees the field that is left out', () => {
      const ip = "{ properties: { kind: { enum: [ip] }, value: { pattern: '^[0-9.]+$' } } }";
      const host = '{ properties: { kind: { not: { enum: [ip] } } } }';
      const address = spec(
        `addresses: { type: array, items: { type: object, properties: { ${kind} }, oneOf: [${ip}, ${host}] } }`,
      );
      expect(judged(address, 'addresses: [{ value: 10.0.0.1 }]')).toEqual([]);
      expect(judged(address, 'addresses: [{ value: db, kind: host }]')).toEqual([]);
      expect(judged(address, 'addresses: [{ value: db }]')).toEqual([
        'fail Bucket/shop/a spec.addresses[0] = {"value":"db","kind":"ip"}',
      ]);
    });
    test('anyOf, not and required see it too', () => {
      const sized = (rule: string) =>
        `{ type: object, properties: { spec: { type: object, properties: { ${kind} }, ${rule} } } }`;
      expect(judged(sized('anyOf: [{ required: [kind] }, { required: [value] }]'), '')).toEqual([]);
      expect(judged(sized('not: { required: [kind] }'), 'value: a')).toEqual([
        'fail Bucket/shop/a spec = {"value":"a","kind":"ip"}',
      ]);
      expect(judged(sized('required: [kind]'), '')).toEqual([]);
      expect(judged(sized('minProperties: 2'), 'value: a')).toEqual([]);
      expect(judged(sized('maxProperties: 1'), 'value: a')).toEqual([
        'fail Bucket/shop/a spec = {"value":"a","kind":"ip"}',
      ]);
    });
    test('defaults are filled in within defaults, in items and in the values of maps', () => {
      const nested = '{ type: object, default: {}, properties: { size: { type: integer, default: 5 } } }';
      const rule = "x-kubernetes-validations: [{ rule: 'self.limits.size < 5' }]";
      const within = `{ type: object, properties: { spec: { type: object, properties: { limits: ${nested} }, ${rule} } } }`;
      expect(judged(within, '')).toEqual(['fail Bucket/shop/a spec = {"limits":{"size":5}}']);
      expect(judged(within, 'limits: { size: 4 }')).toEqual([]);
      const least = '{ type: object, minProperties: 1, properties: { size: { type: integer, default: 5 } } }';
      expect(judged(spec(`sizes: { type: array, items: ${least} }`), 'sizes: [{}]')).toEqual([]);
      expect(judged(spec(`sizes: { type: object, additionalProperties: ${least} }`), 'sizes: { a: {} }')).toEqual([]);
    });
    test('null becomes the default where the field takes none, and stays where it does', () => {
      expect(judged(spec('size: { type: integer, default: 5, minimum: 5 }'), 'size: null')).toEqual([]);
      const missing =
        '{ type: object, properties: { spec: { type: object, required: [size], properties: { size: { type: integer } } } } }';
      expect(judged(missing, 'size: null')).toEqual(['fail Bucket/shop/a spec.size = null']);
      expect(judged(missing.replace('integer', 'integer, nullable: true'), 'size: null')).toEqual([]);
    });
    test('a fault in a default says that it is the default', () => {
      const odd = spec('class: { type: string, default: hot, enum: [cold] }');
      expect(messages(id, all(crd(odd), bucket('')))[0]).toContain('"cold" (this is the default of the field)');
      expect(messages(id, all(crd(odd), bucket('class: hot')))[0]).not.toContain('default');
    });
  });

  test('a rule that cannot be told here is unknown, with the way to ask', () => {
    const ruled = crd(
      '{ type: object, properties: { spec: { type: object, properties: { size: { type: integer } }, x-kubernetes-validations: [{ rule: "self.size.nosuch()" }] } } }',
    );
    expect(findings(id, all(ruled, bucket('size: 1')))).toEqual(['unknown Bucket/shop/a spec = {"size":1}']);
    expect(said(id, all(ruled, bucket('size: 1')))[0]).toMatchObject({
      settledBy: 'cluster',
      message: expect.stringContaining('kubectl apply --dry-run=server asks the API server'),
    });
  });

  test('a misspelt field that is required is one fault', () => {
    const missing =
      '{ type: object, properties: { spec: { type: object, required: [size], properties: { size: { type: integer } } } } }';
    expect(findings(id, all(crd(missing), bucket('sise: 1')))).toEqual(['fail Bucket/shop/a spec.sise = 1']);
    expect(findings(id, all(crd(missing), bucket('owner: a')))).toEqual([
      'fail Bucket/shop/a spec.owner = "a"',
      'fail Bucket/shop/a spec.size = null',
    ]);
  });

  test('an unknown field is dropped before the values are counted, and only strict requests are refused for it', () => {
    const least =
      '{ type: object, properties: { spec: { type: object, minProperties: 1, properties: { size: { type: integer } } } } }';
    expect(findings(id, all(crd(least), bucket('sise: 1')))).toEqual([
      'fail Bucket/shop/a spec = {}',
      'fail Bucket/shop/a spec.sise = 1',
    ]);
    expect(messages(id, all(crd(least), bucket('sise: 1, size: 1')))).toEqual([
      'unknown field "spec.sise": kubectl refuses the Bucket, and a tool that does not ask for validation loses the field without a word',
    ]);
    const wild = spec(
      'extra: { type: object, additionalProperties: true }, open: { type: object, x-kubernetes-preserve-unknown-fields: true }',
    );
    expect(findings(id, all(crd(wild), bucket('extra: { a: 1 }, open: { a: { b: 1 } }')))).toEqual([]);
  });
  test('where a fault has no fix of its own, that of the check is shown', () => {
    const required = crd('{ type: object, properties: { spec: { type: object, required: [size] } } }');
    expect(said(id, all(required, bucket('')))[0]!.fix).toContain('kubectl explain');
  });
});

describe('duplicate-object', () => {
  const id = 'duplicate-object';
  test('the place of the other one is named', () => {
    const two = all(configMap('a', 'x: "1"'), configMap('a', 'x: "2"'));
    const long = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  namespace: shop\n  name: a\n';
    expect(messages(id, all(long, configMap('a', 'x: "2"')))[0]).toContain('manifests.yaml, line 5, with');
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
  test.each([
    ['kind.x-k8s.io/v1alpha4', 'Cluster'],
    ['cert-manager.io/v1', 'Certificate'],
    ['snapshot.storage.k8s.io/v1', 'VolumeSnapshotClass'],
    ['example.com/v1', 'Widget'],
  ])('whether there is a definition of %s %s is a fact of the cluster', (version, kind) => {
    expect(said(id, object(version, kind)).map(({ settledBy }) => settledBy)).toEqual(['cluster']);
  });
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
  test('a kind that is like none of its group gets no other name', () => {
    const [finding] = said(id, object('apps/v1', 'Xylophone'));
    expect(finding).toMatchObject({ verdict: 'fail', path: 'kind' });
    expect(finding!.fix).not.toContain('write kind');
    expect(said(id, object('apps/v1', 'Deploymnt'))[0]!.fix).toBe('write kind: Deployment');
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
  test('manifests that are all there is bring all Namespaces if they bring any', () => {
    const other = '{ apiVersion: v1, kind: Namespace, metadata: { name: other } }';
    const shop = 'ConfigMap/shop/a metadata.namespace = "shop"';
    expect(findings(id, configMap('a', 'b: c'), { complete: true })).toEqual([`unknown ${shop}`]);
    expect(findings(id, all(configMap('a', 'b: c'), other), { complete: true })).toEqual([`fail ${shop}`]);
    expect(findings(id, all(configMap('a', 'b: c'), other))).toEqual([`unknown ${shop}`]);
    expect(findings(id, all(configMap('a', 'b: c'), namespace), { complete: true })).toEqual([]);
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
    for (const [version, kind] of [
      ['snapshot.storage.k8s.io/v1', 'VolumeSnapshotClass'],
      ['new.k8s.io/v1', 'Widget'],
    ])
      expect(findings(id, `{ apiVersion: ${version}, kind: ${kind}, metadata: { name: a } }`)).toEqual([]);
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

test('a name that is missing is to be set, and one that is wrong to be spelt otherwise', () => {
  const fixes = (metadata: string, kind = 'ConfigMap') =>
    said('name-label-syntax', `{ apiVersion: v1, kind: ${kind}, metadata: ${metadata} }`).map(({ path, fix }) => [
      path,
      fix,
    ]);
  expect(fixes('{ namespace: shop }')).toEqual([['metadata.name', 'set metadata.name']]);
  expect(fixes('{ namespace: shop, labels: { a: b } }', 'Secret')).toEqual([['metadata.name', 'set metadata.name']]);
  expect(fixes('{ name: A_b, namespace: shop }')[0]![1]).toContain('lower case letters');
});

describe('yaml-key-as-written', () => {
  const id = 'yaml-key-as-written';
  const told = (text: string) => said(id, text).map(({ path, line, fix }) => `${path}:${line} ${fix}`);
  const fix = (key: string) => `put the key into quotes: "${key}"`;
  test.each([
    ['ON', 'true'],
    ['off', 'false'],
    ['y', 'true'],
    ['No', 'false'],
    ['True', 'true'],
    ['1.30', '["1.3"]'],
    ['012', '["10"]'],
    ['0x1F', '["31"]'],
    ['1_000', '["1000"]'],
  ])('the key %s of a ConfigMap is told', (key, read) => {
    const path = read.startsWith('[') ? `data${read}` : `data.${read}`;
    expect(
      told(`apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: shop }\ndata:\n  ${key}: x\n`),
    ).toEqual([`${path}:5 ${fix(key)}`]);
  });
  test('in labels, selectors and custom resources, in lists and behind merge keys', () => {
    const labels = `apiVersion: apps/v1
kind: Deployment
metadata: { name: a, namespace: shop, annotations: { 1.10: x } }
spec:
  selector: { matchLabels: &labels { on: a } }
  template: { metadata: { labels: { <<: *labels } }, spec: { containers: [{ name: a, image: a }] } }
`;
    expect(told(labels)).toEqual([
      `metadata.annotations["1.1"]:3 ${fix('1.10')}`,
      `spec.selector.matchLabels.true:5 ${fix('on')}`,
      `spec.template.metadata.labels.true:5 ${fix('on')}`,
    ]);
    const custom =
      'apiVersion: example.com/v1\nkind: Job\nmetadata: { name: a, namespace: shop }\nspec:\n- a: {}\n- no: x\n';
    expect(told(custom)).toEqual([`spec[1].false:6 ${fix('no')}`]);
  });
  test.each([
    '"on"',
    "'1.30'",
    '8080',
    'true',
    'false',
    '1.5',
    'only',
    'yess',
    '1.2.3',
    '12:30',
    '"0x1F"',
    '2024-01-01',
  ])('the key %s is what it says', (key) =>
    expect(told(`apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { ${key}: x }\n`)).toEqual([]),
  );
  test('a field that an object does not have is told once, as one', () => {
    const text =
      'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { on: x, containers: [{ name: a, image: a }] }\n';
    expect(told(text)).toEqual([]);
    expect(findings('unknown-field', text)).toEqual(['fail Pod/default/a spec.true = "x"']);
  });
  test('JSON has no such keys, and the items of a List are asked by themselves', () => {
    expect(told('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"on":"x"}}')).toEqual([]);
    const list =
      'apiVersion: v1\nkind: List\nitems:\n- { apiVersion: v1, kind: ConfigMap, metadata: { name: a }, data: { x: y } }\n- { apiVersion: v1, kind: ConfigMap, metadata: { name: b }, data: { on: y } }\n';
    expect(said(id, list).map(({ object, line }) => `${object} ${line}`)).toEqual(['ConfigMap/default/b 5']);
  });
});
