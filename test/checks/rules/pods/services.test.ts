import { all, findings, messages, namespace, service, verdicts, workload } from '../../judging';

test('an address is no externalName', () => {
  const id = 'external-name-resolves';
  const name = (text: string) => verdicts(id, service(`type: ExternalName, externalName: '${text}'`));
  expect(name('10.1.2.3')).toEqual(['fail spec.externalName']);
  expect(name('10.1.2.3.nip.io')).toEqual([]);
  expect(name('billing.example.com')).toEqual([]);
  expect(verdicts(id, service('externalName: 10.1.2.3, ports: [{ port: 80 }]'))).toEqual([]);
});

describe('endpointslice-serves', () => {
  const id = 'endpointslice-serves';
  const slice = (labels: string, ports: string, more = '') =>
    `{ apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: { name: billing-1, namespace: shop, labels: { ${labels} }${more} }, addressType: IPv4, ports: [${ports}], endpoints: [{ addresses: [10.1.2.3] }] }`;
  const label = 'kubernetes.io/service-name: billing';
  const billing = service('ports: [{ name: https, port: 443 }]', 'billing');
  test('without the label it belongs to no Service', () => {
    expect(verdicts(id, all(billing, slice('app: billing', '{ name: https, port: 443 }')))).toEqual(['fail metadata']);
    const owned = ', ownerReferences: [{ apiVersion: v1, kind: Service, name: billing, uid: a }]';
    expect(verdicts(id, all(billing, slice('', '{ name: https, port: 443 }', owned)))).toEqual([]);
  });
  test('a port is found by its name', () => {
    expect(findings(id, all(billing, slice(label, '{ name: http, port: 8443 }')))).toEqual([
      'fail EndpointSlice/shop/billing-1 ports[0].name = "http"',
    ]);
    expect(verdicts(id, all(billing, slice(label, '{ port: 8443 }')))).toEqual(['fail ports[0]']);
    expect(verdicts(id, all(billing, slice(label, '{ name: https, port: 8443 }')))).toEqual([]);
    expect(verdicts(id, all(service('ports: [{ port: 443 }]', 'billing'), slice(label, '{ port: 8443 }')))).toEqual([]);
  });
  test('a Service that is missing is a missing reference', () =>
    expect(verdicts(id, all(namespace, slice(label, '{ port: 1 }')))).toEqual([
      'fail metadata.labels["kubernetes.io/service-name"]',
    ]));
});

test('Endpoints are deprecated, EndpointSlices are not, and what a controller made is no advice', () => {
  const endpoints = (metadata: string) =>
    `{ apiVersion: v1, kind: Endpoints, metadata: { name: billing${metadata} }, subsets: [] }`;
  expect(verdicts('endpoints-deprecated', endpoints(''))).toEqual(['fail kind']);
  expect(verdicts('endpoints-deprecated', endpoints(', uid: a'))).toEqual([]);
});

describe('the serviceName of a StatefulSet', () => {
  const set = workload({ kind: 'StatefulSet', name: 'redis', spec: 'serviceName: redis-headless' });
  const ordinary = service('selector: { app: redis }, ports: [{ port: 6379 }]', 'redis');
  const headless = service('clusterIP: None, selector: { app: redis }, ports: [{ port: 6379 }]', 'redis-peers');
  const both = (manifests: string) => [
    ...verdicts('sts-headless-service', manifests),
    ...verdicts('sts-service-named', manifests).map((text) => `advice ${text}`),
  ];
  test('that names no Service is advice where an ordinary Service leads to the pods', () =>
    expect(both(all(namespace, ordinary, set))).toEqual(['advice fail spec.serviceName']));
  test.each([
    ['a variable', workload({ container: "env: [{ name: MASTER, value: 'redis-0.redis-headless:6379' }]" })],
    [
      'a name that a script makes',
      workload({ container: "command: [sh, -c, 'redis-cli -h $(hostname).redis-headless ping']" }),
    ],
    [
      'a file',
      all(
        "{ apiVersion: v1, kind: ConfigMap, metadata: { name: c, namespace: shop }, data: { conf: 'replicaof redis-0.redis-headless.shop.svc 6379' } }",
        workload({ kind: 'DaemonSet', pod: 'volumes: [{ name: c, configMap: { name: c } }]' }),
      ),
    ],
  ])('breaks where %s names a pod', (_, user) =>
    expect(both(all(namespace, ordinary, set, user))).toEqual(['fail spec.serviceName']),
  );
  test('breaks where no Service or a headless one of another name selects the pods', () => {
    expect(both(all(namespace, set))).toEqual(['fail spec.serviceName']);
    expect(both(all(namespace, ordinary, headless, set))).toEqual(['fail spec.serviceName']);
  });
});

describe('local-path', () => {
  const facts = (mode: string) =>
    `{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: standard, annotations: { storageclass.kubernetes.io/is-default-class: 'true' } }, provisioner: rancher.io/local-path${mode} }`;
  const late = facts(', volumeBindingMode: WaitForFirstConsumer');
  const spec = (more: string) => `{ accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } }${more} }`;
  const claim = (more: string) =>
    `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: data, namespace: shop }, spec: ${spec(more)} }`;
  const said = (manifests: string, given: string) => verdicts('local-path-provisions', manifests, { facts: given });
  test('makes no block devices, takes no selector and needs the node of a pod', () => {
    expect(said(claim(', volumeMode: Block'), late)).toEqual(['fail spec.volumeMode']);
    expect(said(claim(', selector: { matchLabels: { a: b } }'), late)).toEqual(['fail spec.selector']);
    expect(said(claim(''), facts(''))).toEqual(['fail spec']);
    expect(said(claim(', storageClassName: standard'), facts(', volumeBindingMode: Immediate'))).toEqual([
      'fail spec.storageClassName',
    ]);
    expect(said(claim(', volumeMode: Filesystem'), late)).toEqual([]);
  });
  test('the claims of a StatefulSet and of ephemeral volumes are claims too', () => {
    const set = workload({
      kind: 'StatefulSet',
      spec: `volumeClaimTemplates: [{ metadata: { name: data }, spec: ${spec(', volumeMode: Block')} }]`,
    });
    expect(said(set, late)).toEqual(['fail spec.volumeClaimTemplates[0].spec.volumeMode']);
    const pod = workload({
      pod: `volumes: [{ name: scratch, ephemeral: { volumeClaimTemplate: { spec: ${spec(', volumeMode: Block')} } } }]`,
    });
    expect(said(pod, late)).toEqual([
      'fail spec.template.spec.volumes[0].ephemeral.volumeClaimTemplate.spec.volumeMode',
    ]);
  });
  test('a directory that all nodes share needs no node, and other provisioners are other programs', () => {
    const shared = `{ apiVersion: v1, kind: ConfigMap, metadata: { name: local-path-config, namespace: local-path-storage }, data: { config.json: '{"sharedFileSystemPath": "/nfs"}' } }`;
    expect(said(claim(''), all(facts(''), shared))).toEqual([]);
    expect(said(claim(', volumeMode: Block'), facts('').replace('rancher.io/local-path', 'ebs.csi.aws.com'))).toEqual(
      [],
    );
  });
  test('a node of k3s shares none unless somebody says so', () => {
    const node = (provider: string) =>
      `{ apiVersion: v1, kind: Node, metadata: { name: a }, spec: { providerID: '${provider}://a' } }`;
    const many = claim('').replace('ReadWriteOnce', 'ReadWriteMany');
    const rwx = (provider: string) => verdicts('access-mode-supported', many, { facts: all(late, node(provider)) });
    expect(rwx('k3s')).toEqual(['fail spec.accessModes']);
    expect(rwx('kind')).toEqual(['fail spec.accessModes']);
    expect(rwx('other')).toEqual(['unknown spec.accessModes']);
  });
});

describe('spread-selects-pods', () => {
  const id = 'spread-selects-pods';
  const front = service('selector: { app: web }, ports: [{ port: 80 }]');
  const spread = (selector: string) =>
    all(
      front,
      workload({
        spec: 'replicas: 3',
        pod: `topologySpreadConstraints: [{ maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule${selector} }]`,
      }),
    );
  const anti = (term: string, kind = 'Deployment') =>
    workload({
      kind,
      spec: 'replicas: 3',
      pod: `affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname${term} }] } }`,
    });
  const place = 'spec.template.spec.topologySpreadConstraints[0]';
  test('a constraint that does not select its own pods has no effect and does not count as spread', () => {
    expect(verdicts(id, spread(', labelSelector: { matchLabels: { app: api } }'))).toEqual([
      `fail ${place}.labelSelector`,
    ]);
    expect(verdicts(id, spread(''))).toEqual([`fail ${place}`]);
    expect(verdicts('spread-declared', spread(', labelSelector: { matchLabels: { app: api } }'))).toEqual([
      'fail spec.template.spec',
    ]);
    expect(verdicts('spread-declared', spread(''))).toEqual(['fail spec.template.spec']);
  });
  test.each([
    ', labelSelector: { matchLabels: { app: web } }',
    ', labelSelector: {}',
    ', labelSelector: { matchExpressions: [{ key: app, operator: Exists }] }',
  ])('with%s it has one', (selector) => {
    expect(verdicts(id, spread(selector))).toEqual([]);
    expect(verdicts('spread-declared', spread(selector))).toEqual([]);
  });
  test('anti-affinity may be against other pods, and is in vain against none', () => {
    const required = 'spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]';
    expect(verdicts(id, anti(''))).toEqual([`fail ${required}`]);
    expect(verdicts(id, anti(', labelSelector: { matchLabels: { app: wbe } }', 'StatefulSet'))).toEqual([
      `fail ${required}.labelSelector`,
    ]);
    expect(verdicts(id, all(anti(', labelSelector: { matchLabels: { app: db } }'), workload({ name: 'db' })))).toEqual(
      [],
    );
    expect(verdicts(id, anti(', labelSelector: { matchLabels: { tier: gpu } }'))).toEqual([]);
    expect(verdicts(id, all(namespace, anti(', labelSelector: { matchLabels: { tier: gpu } }')))).toEqual([
      `fail ${required}.labelSelector`,
    ]);
    // Pods of other namespaces, which are not here.
    for (const elsewhere of ['namespaces: [gpu]', 'namespaceSelector: { matchLabels: { team: gpu } }'])
      expect(
        verdicts(id, all(namespace, anti(`, ${elsewhere}, labelSelector: { matchLabels: { tier: gpu } }`))),
      ).toEqual([]);
    // Two letters of its own label, and a label that its pods do not have.
    expect(
      verdicts(id, anti(', labelSelector: { matchLabels: { app: bew } }').replaceAll('app: web', 'app: webs')),
    ).toEqual([]);
    expect(
      verdicts(id, anti(', labelSelector: { matchLabels: { app: wbse } }').replaceAll('app: web', 'app: webs')),
    ).toEqual([`fail ${required}.labelSelector`]);
  });
});

test('a variable with two values has the last one', () => {
  const id = 'env-defined-once';
  const env = (text: string) => workload({ pod: `initContainers: [{ name: init, image: 'a:1', env: [${text}] }]` });
  expect(messages(id, env('{ name: A, value: b }, { name: A, value: c }'))).toEqual([
    'container init has A once more in env[1], and the last one holds: this value is not used',
  ]);
  expect(verdicts(id, env('{ name: A, value: b }, { name: A, value: b }'))).toEqual([]);
  expect(verdicts(id, env("{ name: A, value: b }, { name: A, value: 'c:$(A)' }"))).toEqual([]);
  expect(
    verdicts(id, env('{ name: A, value: b }, { name: A, valueFrom: { fieldRef: { fieldPath: metadata.name } } }')),
  ).toHaveLength(1);
});
