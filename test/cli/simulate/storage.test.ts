import { all, node, scheduled, short, workload } from './support';

const storageClass = (name: string, mode: string, more = '') =>
  `{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: ${name} }, provisioner: example.com/disk, volumeBindingMode: ${mode}, ${more} }`;
const waits = storageClass('disk', 'WaitForFirstConsumer');
const local =
  '{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: local }, provisioner: kubernetes.io/no-provisioner, volumeBindingMode: WaitForFirstConsumer }';
const claim = (name: string, className: string, spec = '', metadata = '', mode = 'ReadWriteOnce') =>
  `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: ${name}, namespace: shop, ${metadata} }, spec: { accessModes: [${mode}], ${className && `storageClassName: ${className}, `}resources: { requests: { storage: 5Gi } }, ${spec} } }`;
const volume = (name: string, on: string, more = '', phase = 'Available') =>
  `{ apiVersion: v1, kind: PersistentVolume, metadata: { name: ${name} }, spec: { capacity: { storage: 10Gi }, accessModes: [ReadWriteOnce], storageClassName: local, local: { path: /data }, nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: kubernetes.io/hostname, operator: In, values: [${on}] }] }] } }, ${more} }, status: { phase: ${phase} } }`;
const mount = (name: string) => `volumes: [{ name: data, persistentVolumeClaim: { claimName: ${name} } }]`;
const web = (replicas: number, cpu = '1') => workload('Deployment', 'web', cpu, `replicas: ${replicas}`, mount('data'));
const set = (replicas: number, className: string) =>
  workload(
    'StatefulSet',
    'db',
    '500m',
    `replicas: ${replicas}, volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], storageClassName: ${className}, resources: { requests: { storage: 5Gi } } } }]`,
  );
const nodes = [node('a'), node('b'), node('c')];
const bound = `annotations: { pv.kubernetes.io/bind-completed: 'yes' }`;

describe('a claim that is missing or not bound', () => {
  test('is said in the words of the scheduler, where nobody else can have it', () => {
    expect(scheduled(web(1), all(...nodes, waits), '--complete')).toMatchObject({
      code: 1,
      pods: [
        {
          verdict: 'pending',
          feasible: [],
          reason: '0/3 nodes are available: persistentvolumeclaim "data" not found.',
        },
      ],
    });
  });

  test('may be elsewhere, where nobody said that all are known', () => {
    const job = workload('Job', 'load', '1', 'completions: 1', mount('rows'));
    const facts = all(...nodes, waits, claim('other', 'disk'));
    for (const [manifests, name] of [
      [web(1), 'data'],
      [job, 'rows'],
    ] as const)
      expect(scheduled(manifests, facts)).toMatchObject({
        code: 0,
        pods: [{ verdict: 'depends', reason: `whether persistentvolumeclaim "${name}" exists is not known` }],
      });
  });

  test('is certain where the namespace was printed with its claims, and where a pod runs that uses it', () => {
    const others = ['c-1', 'c-2'].map((name) => claim(name, 'disk', '', `uid: ${name}, resourceVersion: '7'`));
    const printed = `{ apiVersion: v1, kind: List, items: [${others.join(', ')}] }`;
    expect(scheduled(all(web(1), printed), all(...nodes, waits)).pods).toMatchObject([{ verdict: 'pending' }]);
    expect(scheduled(web(1), all(...nodes, waits, printed)).pods).toMatchObject([{ verdict: 'pending' }]);
    const user = `{ apiVersion: v1, kind: Pod, metadata: { name: old, namespace: shop }, spec: { nodeName: b, containers: [{ name: a, image: 'a:1' }], ${mount('data')} } }`;
    expect(scheduled(web(1), all(...nodes, waits, user)).pods).toMatchObject([
      { verdict: 'depends', reason: 'the volumes of its claims may hold it to some of these nodes' },
    ]);
  });

  test('keeps the pod waiting, if it stands in the cluster so and waits for no pod', () => {
    const facts = all(...nodes, storageClass('now', 'Immediate'), claim('data', 'now'));
    expect(scheduled(web(1), facts).pods).toMatchObject([
      { verdict: 'pending', reason: '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.' },
    ]);
  });

  test('gets a volume when it is applied: where, is not certain, but where its class allows', () => {
    const zone = 'allowedTopologies: [{ matchLabelExpressions: [{ key: kubernetes.io/hostname, values: [b, c] }] }]';
    const facts = all(...nodes, storageClass('now', 'Immediate', zone));
    const { code, pods } = scheduled(all(web(1), claim('data', 'now')), facts);
    expect(code).toBe(0);
    expect(pods).toMatchObject([
      { verdict: 'depends', feasible: ['b', 'c'], reason: expect.stringContaining('volumes') },
    ]);
  });

  test('gets none without anybody who makes it', () => {
    expect(scheduled(all(web(1), claim('data', "''")), all(...nodes, waits)).pods).toMatchObject([
      { verdict: 'pending' },
    ]);
    expect(scheduled(all(web(1), claim('data', 'gone')), all(...nodes, waits)).pods).toMatchObject([
      { verdict: 'pending' },
    ]);
  });

  test('is not certain where nobody said which classes there are', () => {
    expect(scheduled(all(web(1), claim('data', 'disk')), all(...nodes)).pods).toMatchObject([
      { verdict: 'depends', feasible: ['a', 'b', 'c'] },
    ]);
  });
});

describe('a claim that waits for its pod', () => {
  test('gets a volume where the pod is', () => {
    expect(scheduled(all(web(1), claim('data', 'disk')), all(...nodes, waits)).pods).toMatchObject([
      { verdict: 'placed', feasible: ['a', 'b', 'c'], reason: '' },
    ]);
  });

  test('is of the default class, if it names none', () => {
    const standard = waits.replace(
      'name: disk',
      "name: disk, annotations: { storageclass.kubernetes.io/is-default-class: 'true' }",
    );
    expect(short(scheduled(all(web(1), claim('data', '')), all(...nodes, standard)))).toEqual(['shop/web-0 placed a']);
    expect(short(scheduled(all(web(1), claim('data', '')), all(...nodes, waits)))).toEqual(['shop/web-0 pending null']);
  });

  test('one volume of each node is for one pod of a StatefulSet', () => {
    const facts = all(...nodes, local, volume('v1', 'a'), volume('v2', 'c'));
    const { pods } = scheduled(set(3, 'local'), facts);
    expect(pods).toMatchObject([
      { verdict: 'placed', feasible: ['a', 'c'] },
      { verdict: 'placed' },
      {
        verdict: 'pending',
        reason: "0/3 nodes are available: 3 node(s) didn't find available persistent volumes to bind.",
      },
    ]);
    expect(new Set(pods.slice(0, 2).map((pod) => pod.node))).toEqual(new Set(['a', 'c']));
  });

  test.each([
    ['released by another', volume('v1', 'a', 'claimRef: { namespace: shop, name: old, uid: x }', 'Released')],
    ['kept for another', volume('v1', 'a', 'claimRef: { namespace: shop, name: other }')],
    ['too small', volume('v1', 'a').replace('10Gi', '1Gi')],
    ['of another class', volume('v1', 'a').replace('storageClassName: local', 'storageClassName: other')],
    ['for reading alone', volume('v1', 'a').replace('[ReadWriteOnce]', '[ReadOnlyMany]')],
  ])('a volume that is %s is none for it', (_what, other) => {
    expect(scheduled(all(web(1), claim('data', 'local')), all(...nodes, local, other)).pods).toMatchObject([
      { verdict: 'pending' },
    ]);
  });

  test('a volume that is kept for it is the only one', () => {
    const kept = volume('v2', 'b', 'claimRef: { namespace: shop, name: data }');
    expect(
      scheduled(all(web(1), claim('data', 'local')), all(...nodes, local, volume('v1', 'a'), kept)).pods,
    ).toMatchObject([{ verdict: 'placed', feasible: ['b'] }]);
  });

  test('two pods that share it are on one node, unless the volume reaches further', () => {
    const two = all(claim('data', 'disk'), web(2));
    expect(short(scheduled(two, all(...nodes, waits)))).toEqual(['shop/web-0 placed a', 'shop/web-1 placed a']);
    expect(scheduled(all(claim('data', 'disk'), web(2, '1500m')), all(...nodes, waits)).pods[1]).toMatchObject({
      verdict: 'depends',
      reason: expect.stringContaining('other nodes'),
    });
  });
});

describe('a claim that is bound', () => {
  const standing = claim('data', 'local', 'volumeName: v1', bound);

  test('holds the pod where the volume is', () => {
    const facts = all(...nodes, local, standing, volume('v1', 'b', '', 'Bound'));
    expect(short(scheduled(web(1), facts))).toEqual(['shop/web-0 placed b']);
    expect(scheduled(web(1, '3'), facts).pods).toMatchObject([
      { reason: '0/3 nodes are available: 3 Insufficient cpu.' },
    ]);
  });

  test('holds it to nothing that is known where nobody told of volumes', () => {
    expect(scheduled(web(1), all(...nodes, local, standing)).pods).toMatchObject([{ verdict: 'depends' }]);
    expect(scheduled(web(1), all(...nodes, local, standing, volume('v2', 'a'))).pods).toMatchObject([
      { verdict: 'pending', reason: '0/3 nodes are available: persistentvolume "v1" not found.' },
    ]);
  });

  test('and of one pod alone keeps every other one away', () => {
    const alone = claim('data', 'disk', '', '', 'ReadWriteOncePod');
    expect(scheduled(all(alone, web(2)), all(...nodes, waits)).pods).toMatchObject([
      { verdict: 'placed' },
      {
        verdict: 'pending',
        reason: expect.stringContaining('ReadWriteOncePod access mode already in-use by another pod'),
      },
    ]);
  });
});

test('a node takes as many volumes of a driver as it says', () => {
  const csiNode = (name: string, count: number) =>
    `{ apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: { name: ${name} }, spec: { drivers: [{ name: example.com/disk, nodeID: ${name}, allocatable: { count: ${count} } }] } }`;
  const facts = all(node('a'), node('b'), waits, csiNode('a', 1), csiNode('b', 2));
  expect(scheduled(set(4, 'disk'), facts).pods).toMatchObject([
    { verdict: 'placed' },
    { verdict: 'placed' },
    { verdict: 'placed' },
    { verdict: 'pending', reason: '0/2 nodes are available: 2 node(s) exceed max volume count.' },
  ]);
});

test('a volume that is attached already takes one of the places of its node', () => {
  const csiNode =
    '{ apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: { name: a }, spec: { drivers: [{ name: example.com/disk, nodeID: a, allocatable: { count: 1 } }] } }';
  const attachment =
    '{ apiVersion: storage.k8s.io/v1, kind: VolumeAttachment, metadata: { name: old }, spec: { attacher: example.com/disk, nodeName: a, source: { persistentVolumeName: v1 } } }';
  const attached =
    '{ apiVersion: v1, kind: PersistentVolume, metadata: { name: v1 }, spec: { capacity: { storage: 10Gi }, accessModes: [ReadWriteOnce], storageClassName: disk, csi: { driver: example.com/disk, volumeHandle: h1 }, claimRef: { namespace: other, name: old } } }';
  const facts = all(node('a'), waits, csiNode);
  expect(short(scheduled(set(1, 'disk'), facts))).toEqual(['shop/db-0 placed a']);
  expect(scheduled(set(1, 'disk'), all(facts, attachment, attached)).pods).toMatchObject([
    { verdict: 'pending', reason: '0/1 nodes are available: 1 node(s) exceed max volume count.' },
  ]);
});

test('a driver that tells how much room it has makes volumes where there is enough', () => {
  const driver =
    '{ apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: { name: example.com/disk }, spec: { storageCapacity: true } }';
  const room = (name: string, on: string, size: string) =>
    `{ apiVersion: storage.k8s.io/v1, kind: CSIStorageCapacity, metadata: { name: ${name}, namespace: kube-system }, storageClassName: disk, capacity: ${size}, nodeTopology: { matchLabels: { kubernetes.io/hostname: ${on} } } }`;
  const facts = all(...nodes, waits, driver, room('one', 'a', '1Gi'), room('two', 'b', '50Gi'));
  expect(scheduled(set(1, 'disk'), facts).pods).toMatchObject([{ verdict: 'placed', feasible: ['b'] }]);
  expect(scheduled(set(1, 'disk'), all(...nodes, waits, driver, room('one', 'a', '1Gi'))).pods).toMatchObject([
    { reason: '0/3 nodes are available: 3 node(s) did not have enough free storage.' },
  ]);
});

describe('claims of manifests that wait for no pod', () => {
  const immediate = storageClass('local', 'Immediate').replace('example.com/disk', 'kubernetes.io/no-provisioner');
  const two = (first: string, second: string) =>
    all(
      claim('one', 'local', first),
      claim('two', 'local', second),
      ...['one', 'two'].map((name) => workload('Deployment', name, '100m', 'replicas: 1', mount(name))),
    );

  test('get a volume each', () => {
    const facts = all(...nodes, immediate, volume('v1', 'a'));
    expect(short(scheduled(two('', ''), facts))).toEqual(['shop/one-0 placed a', 'shop/two-0 pending null']);
    expect(short(scheduled(two('', ''), all(facts, volume('v2', 'b'))))).toEqual([
      'shop/one-0 placed a',
      'shop/two-0 placed b',
    ]);
  });

  test('get the one that they name, unless it is kept for another', () => {
    const kept = volume('v1', 'a', 'claimRef: { namespace: shop, name: two }');
    const facts = all(...nodes, immediate, kept);
    expect(short(scheduled(two('volumeName: v1', ''), facts))).toEqual([
      'shop/one-0 pending null',
      'shop/two-0 placed a',
    ]);
  });
});

test('a claim is made for each ephemeral volume, and named after its pod', () => {
  const scratch = (className: string) =>
    workload(
      'Deployment',
      'web',
      '100m',
      'replicas: 1',
      `volumes: [{ name: scratch, ephemeral: { volumeClaimTemplate: { spec: { accessModes: [ReadWriteOnce], storageClassName: ${className}, resources: { requests: { storage: 5Gi } } } } } }]`,
    );
  expect(short(scheduled(scratch('disk'), all(...nodes, waits)))).toEqual(['shop/web-0 placed a']);
  expect(scheduled(scratch('local'), all(...nodes, local, volume('v1', 'b'))).pods).toMatchObject([
    { verdict: 'placed', feasible: ['b'] },
  ]);
});

test('nodes that volumes alone tell apart are not alike', () => {
  // On the node without a volume there is room for the other pod; on the one with it, there is not.
  const manifests = all(workload('Deployment', 'web', '1600m'), set(1, 'local'));
  expect(scheduled(manifests, all(node('a'), node('b'), local, volume('v1', 'b'))).pods).toMatchObject([
    { pod: 'shop/web-0', verdict: 'placed' },
    { pod: 'shop/db-0', verdict: 'depends' },
  ]);
});
