import { all, messages, said, verdicts } from '../judging';

const node = (name: string, { labels = '', cpu = '4', spec = '' } = {}) =>
  `{ apiVersion: v1, kind: Node, metadata: { name: ${name}, labels: { kubernetes.io/hostname: ${name}${labels && `, ${labels}`} } }, spec: { ${spec} }, status: { allocatable: { cpu: '${cpu}', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.35.0 } } }`;
const zone = (name: string) => `topology.kubernetes.io/zone: ${name}`;
const THREE = all(
  node('a', { labels: zone('one') }),
  node('b', { labels: zone('two') }),
  node('c', { labels: zone('two') }),
);
const cpu = (amount: string, more = '') =>
  `containers: [{ name: web, image: 'shop/web:1.0.0', resources: { requests: { cpu: '${amount}' } }${more} }]`;
const pods = (name: string, pod: string, { replicas = 1, kind = 'Deployment', spec = '' } = {}) =>
  `{ apiVersion: apps/v1, kind: ${kind}, metadata: { name: ${name}, namespace: shop }, spec: { ${kind === 'DaemonSet' ? '' : `replicas: ${replicas}, `}${spec && `${spec}, `}${kind === 'StatefulSet' ? `serviceName: ${name}, ` : ''}selector: { matchLabels: { app: ${name} } }, template: { metadata: { labels: { app: ${name} } }, spec: { ${pod} } } } }`;
const KARPENTER = '{ apiVersion: karpenter.sh/v1, kind: NodePool, metadata: { name: general }, spec: {} }';
const apart = (key: string, app = 'web') =>
  `affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: ${key}, labelSelector: { matchLabels: { app: ${app} } } }] } }`;

describe('replicas-fit', () => {
  const judged = (manifests: string, facts = THREE) => verdicts('replicas-fit', manifests, { facts });

  test('more than the nodes have room for, of any kind that lasts', () => {
    // Three on 4 CPU each of 1.5: two to a node.
    expect(judged(pods('web', cpu('1500m'), { replicas: 6 }))).toEqual([]);
    expect(judged(pods('web', cpu('1500m'), { replicas: 7 }))).toEqual(['fail spec.replicas']);
    expect(judged(pods('web', cpu('1500m'), { replicas: 7, kind: 'StatefulSet' }))).toEqual(['fail spec.replicas']);
    expect(messages('replicas-fit', pods('web', cpu('1500m'), { replicas: 8 }), { facts: THREE })).toEqual([
      '2 of its 8 pods find no node, since what the pods ask for does not fit (0/3 nodes are available: 3 Insufficient cpu.): they stay pending',
    ]);
  });
  test('any number of pods, and what is short twice', () => {
    const said = (replicas: number, kind?: string) =>
      messages('replicas-fit', pods('web', cpu('1500m'), { replicas, ...(kind ? { kind } : {}) }), { facts: THREE });
    expect(said(2_000_000_000)).toEqual([
      '1999999994 of its 2000000000 pods find no node, since what the pods ask for does not fit (empty nodes have room for 6 of them): they stay pending',
    ]);
    expect(said(101, 'StatefulSet')[0]).toContain('95 of its 101 pods find no node');
    expect(said(100)[0]).toContain('94 of its 100 pods find no node');
    // Neither more CPU nor more pods on a node alone would do.
    const few = all(node('a').replace("pods: '110'", "pods: '2'"), node('b'));
    expect(judged(pods('web', cpu('2'), { replicas: 120 }), few)).toEqual(['fail spec.replicas']);
    const job =
      "{ apiVersion: batch/v1, kind: Job, metadata: { name: load, namespace: shop }, spec: { parallelism: 2000000000, template: { spec: { restartPolicy: Never, containers: [{ name: load, image: 'shop/load:1.0.0', resources: { requests: { cpu: '3' } } }] } } } }";
    expect(judged(job)).toEqual([]);
  });
  test('workloads together, though each for itself would fit', () => {
    const two = all(pods('first', cpu('3'), { replicas: 2 }), pods('second', cpu('3'), { replicas: 2 }));
    const found = said('replicas-fit', two, { facts: THREE });
    expect(found.map(({ object, verdict }) => `${verdict} ${object}`)).toEqual(['fail Deployment/shop/second']);
    expect(found[0]!.message).toContain('1 of its 2 pods finds no node beside the other pods');
  });
  test('the least that an autoscaler keeps, and not the most', () => {
    const hpa = (least: number) =>
      `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { minReplicas: ${least}, maxReplicas: 50, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web } } }`;
    expect(judged(all(pods('web', cpu('1500m')), hpa(6)))).toEqual([]);
    expect(judged(all(pods('web', cpu('1500m')), hpa(7)))).toEqual(['fail spec.replicas']);
  });
  test('what an init container asks for, and one pod of a DaemonSet that its node is too small for', () => {
    const init = `initContainers: [{ name: load, image: 'shop/load:1.0.0', resources: { requests: { cpu: '3' } } }], ${cpu('1')}`;
    expect(judged(pods('web', init, { replicas: 3 }))).toEqual([]);
    expect(judged(pods('web', init, { replicas: 4 }))).toEqual(['fail spec.replicas']);
    const small = all(node('a'), node('b', { cpu: '1' }));
    expect(judged(pods('agent', cpu('2'), { kind: 'DaemonSet' }), small)).toEqual(['fail spec.template.spec']);
  });
  test('pods of Jobs end, and make room', () => {
    const job =
      "{ apiVersion: batch/v1, kind: Job, metadata: { name: load, namespace: shop }, spec: { parallelism: 9, template: { spec: { restartPolicy: Never, containers: [{ name: load, image: 'shop/load:1.0.0', resources: { requests: { cpu: '3' } } }] } } } }";
    expect(judged(all(job, pods('web', cpu('3'), { replicas: 3 })))).toEqual([]);
  });
  test('pods that run already are replaced, others keep their place', () => {
    const running = (name: string, owner: string) =>
      `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, namespace: shop, ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: ${owner}, uid: u, controller: true }] }, spec: { nodeName: a, ${cpu('4')} }, status: { phase: Running } }`;
    const three = pods('web', cpu('3'), { replicas: 3, kind: 'StatefulSet' });
    expect(judged(three, all(THREE, running('web-0', 'web')))).toEqual([]);
    expect(judged(three, all(THREE, running('db-0', 'db')))).toEqual(['fail spec.replicas']);
  });
  test('unknown where nodes are added, and where it depends on the scheduler', () => {
    const seven = pods('web', cpu('1500m'), { replicas: 7 });
    expect(judged(all(seven, KARPENTER))).toEqual(['unknown spec.replicas']);
    // Two nodes of 4: 1 + 1 on different nodes leave no room for 4.
    const luck = all(pods('a', cpu('1'), { replicas: 2 }), pods('b', cpu('4')));
    expect(judged(luck, all(node('a'), node('b')))).toEqual(['unknown spec.replicas']);
  });
  test('not what an empty node does not take, what another scheduler places, and nodes that nobody spoke of', () => {
    expect(judged(pods('web', cpu('5'), { replicas: 3 }))).toEqual([]);
    expect(judged(pods('web', `schedulerName: volcano, ${cpu('3')}`, { replicas: 9 }))).toEqual([]);
    expect(verdicts('replicas-fit', pods('web', cpu('3'), { replicas: 9 }))).toEqual([]);
  });
  test('taints for conditions that pass, and cordons, do not count', () => {
    const ill = all(
      node('a', { spec: 'unschedulable: true' }),
      node('b', { spec: 'taints: [{ key: node.kubernetes.io/memory-pressure, effect: NoSchedule }]' }),
    );
    expect(judged(pods('web', cpu('3'), { replicas: 2 }), ill)).toEqual([]);
    expect(judged(pods('web', cpu('3'), { replicas: 3 }), ill)).toEqual(['fail spec.replicas']);
  });
});

describe('antiaffinity-domains', () => {
  const at = 'spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution';
  const judged = (manifests: string) => verdicts('antiaffinity-domains', manifests, { facts: THREE });

  test('as many as there are nodes, or zones', () => {
    const web = (key: string, replicas: number, kind = 'Deployment') =>
      pods('web', `${apart(key)}, ${cpu('100m')}`, { replicas, kind });
    expect(judged(web('kubernetes.io/hostname', 3))).toEqual([]);
    expect(judged(web('kubernetes.io/hostname', 4))).toEqual([`fail ${at}`]);
    expect(judged(web('topology.kubernetes.io/zone', 2))).toEqual([]);
    expect(judged(web('topology.kubernetes.io/zone', 3, 'StatefulSet'))).toEqual([`fail ${at}`]);
  });
  test('apart from the pods of another workload', () => {
    const beside = (replicas: number) =>
      all(
        pods('db', `${apart('kubernetes.io/hostname', 'db')}, ${cpu('100m')}`, { replicas: 3 }),
        pods('web', `${apart('kubernetes.io/hostname', 'db')}, ${cpu('100m')}`, { replicas }),
      );
    expect(judged(beside(1))).toEqual([`fail ${at}`]);
    expect(judged(beside(0))).toEqual([]);
  });
  test('fewer nodes for a taint', () => {
    const facts = all(node('a'), node('b', { spec: 'taints: [{ key: gpu, effect: NoSchedule }]' }));
    const two = (more = '') =>
      pods('web', `${more}${apart('kubernetes.io/hostname')}, ${cpu('100m')}`, { replicas: 2 });
    expect(verdicts('antiaffinity-domains', two(), { facts })).toEqual([`fail ${at}`]);
    expect(verdicts('antiaffinity-domains', two('tolerations: [{ operator: Exists }], '), { facts })).toEqual([]);
  });
});

describe('spread-satisfiable', () => {
  const at = 'spec.template.spec.topologySpreadConstraints';
  const spread = (more: string) =>
    `topologySpreadConstraints: [{ maxSkew: 1, whenUnsatisfiable: DoNotSchedule, labelSelector: { matchLabels: { app: web } }, ${more} }], ${cpu('100m')}`;
  const judged = (more: string, replicas = 3) =>
    verdicts('spread-satisfiable', pods('web', spread(more), { replicas }), { facts: THREE });

  test('a label that no node has', () => {
    expect(judged('topologyKey: rack')).toEqual([`fail ${at}`]);
    expect(judged('topologyKey: topology.kubernetes.io/zone')).toEqual([]);
    expect(
      judged('topologyKey: rack, whenUnsatisfiable: ScheduleAnyway'.replace('topologyKey', 'topologyKey')),
    ).toEqual([]);
  });
  test('more domains asked for than there are: each takes as many as the skew', () => {
    expect(judged('topologyKey: topology.kubernetes.io/zone, minDomains: 3', 2)).toEqual([]);
    expect(judged('topologyKey: topology.kubernetes.io/zone, minDomains: 3', 3)).toEqual([`fail ${at}`]);
    expect(judged('topologyKey: kubernetes.io/hostname, minDomains: 3', 9)).toEqual([]);
  });
  test('one domain that has no room keeps the others from growing', () => {
    const facts = all(node('a', { cpu: '1' }), node('b', { cpu: '8' }));
    const web = (replicas: number) =>
      pods(
        'web',
        `topologySpreadConstraints: [{ maxSkew: 1, whenUnsatisfiable: DoNotSchedule, labelSelector: { matchLabels: { app: web } }, topologyKey: kubernetes.io/hostname }], ${cpu('1')}`,
        { replicas },
      );
    expect(verdicts('spread-satisfiable', web(3), { facts })).toEqual([]);
    expect(verdicts('spread-satisfiable', web(4), { facts })).toEqual([`fail ${at}`]);
  });
});

describe('hostport-conflict', () => {
  const port = (more: string) =>
    `containers: [{ name: edge, image: 'shop/edge:1.0.0', ports: [{ containerPort: 8080, hostPort: 80${more} }] }]`;
  const at = 'spec.template.spec.containers[0].ports[0].hostPort';
  const found = (...manifests: string[]) =>
    said('hostport-conflict', all(...manifests), { facts: THREE }).map(({ object, path }) => `${object} ${path}`);

  test('not a pod for which less important ones go, though where its volume is is not known', () => {
    const facts = all(
      node('a'),
      `{ apiVersion: v1, kind: Pod, metadata: { name: old, namespace: shop }, spec: { nodeName: a, priority: 0, ${port('')} }, status: { phase: Running } }`,
      '{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: disk }, provisioner: disk.example.com }',
      '{ apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: { name: high }, value: 1000 }',
    );
    const claim =
      '{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: data, namespace: shop }, spec: { storageClassName: disk, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }';
    const edge = `volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }], ${port('')}`;
    const judged = (pod: string) => verdicts('hostport-conflict', all(claim, pods('edge', pod)), { facts });
    expect(judged(`priorityClassName: high, ${edge}`)).toEqual([]);
    expect(judged(edge)).toEqual([`fail ${at}`]);
  });
  test('two workloads that take the same port on every node', () => {
    const daemons = pods('edge', port(''), { kind: 'DaemonSet' });
    expect(found(daemons, pods('web', port(''), { replicas: 1 }))).toEqual([`Deployment/shop/web ${at}`]);
    expect(found(daemons, pods('web', port(', protocol: UDP'), { replicas: 3 }))).toEqual([]);
    expect(
      found(
        pods('edge', port(', hostIP: 10.0.0.1'), { kind: 'DaemonSet' }),
        pods('web', port(', hostIP: 10.0.0.2'), { replicas: 3 }),
      ),
    ).toEqual([]);
  });
  test('more pods than nodes, also on the network of the node', () => {
    const host =
      "hostNetwork: true, containers: [{ name: web, image: 'shop/web:1.0.0', ports: [{ containerPort: 80 }] }]";
    expect(found(pods('web', host, { replicas: 3 }))).toEqual([]);
    expect(found(pods('web', host, { replicas: 4 }))).toEqual(['Deployment/shop/web spec.template.spec.hostNetwork']);
  });
});

describe('volume-zone-compatible', () => {
  const volume = (name: string, zones: string) =>
    `{ apiVersion: v1, kind: PersistentVolume, metadata: { name: ${name} }, spec: { capacity: { storage: 1Gi }, accessModes: [ReadWriteOnce], storageClassName: disk, csi: { driver: disk.example.com, volumeHandle: ${name} }, nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: topology.kubernetes.io/zone, operator: In, values: [${zones}] }] }] } } } }`;
  const storageClass = (more: string) =>
    `{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: disk }, provisioner: disk.example.com, ${more} }`;
  const claim = (more = '') =>
    `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: data, namespace: shop }, spec: { storageClassName: disk, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } }${more} } }`;
  const mounted = (more: string) =>
    `${more}containers: [{ name: db, image: 'shop/db:1.0.0' }], volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]`;
  const at = 'spec.template.spec.volumes[0].persistentVolumeClaim.claimName';
  const judged = (facts: string, manifests: string) =>
    verdicts('volume-zone-compatible', manifests, { facts: all(THREE, facts) });

  test('a volume in a zone whose nodes do not take the pod', () => {
    const bound = all(claim(', volumeName: v'), pods('db', mounted(`nodeSelector: { ${zone('one')} }, `)));
    expect(judged(volume('v', 'two'), bound)).toEqual([`fail ${at}`]);
    expect(judged(volume('v', 'one'), bound)).toEqual([]);
    expect(judged(volume('v', 'three'), all(claim(', volumeName: v'), pods('db', mounted(''))))).toEqual([
      `fail ${at}`,
    ]);
  });
  test('a class that makes volumes elsewhere', () => {
    const waits = 'volumeBindingMode: WaitForFirstConsumer';
    const zones = (name: string) =>
      `${waits}, allowedTopologies: [{ matchLabelExpressions: [{ key: topology.kubernetes.io/zone, values: [${name}] }] }]`;
    const db = all(claim(), pods('db', mounted('')));
    expect(judged(storageClass(zones('three')), db)).toEqual([`fail ${at}`]);
    expect(judged(storageClass(zones('two')), db)).toEqual([]);
    const set = pods('db', "containers: [{ name: db, image: 'shop/db:1.0.0' }]", {
      kind: 'StatefulSet',
      spec: 'volumeClaimTemplates: [{ metadata: { name: data }, spec: { storageClassName: disk, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }]',
    });
    expect(judged(storageClass(zones('three')), set)).toEqual(['fail spec.volumeClaimTemplates']);
    expect(judged(storageClass(waits), set)).toEqual([]);
  });
  test('not a claim that is missing: another check says so', () =>
    expect(judged(storageClass(''), pods('db', mounted('')))).toEqual([]));
});

describe('n-minus-one-fits', () => {
  const judged = (manifests: string, facts = THREE) => said('n-minus-one-fits', manifests, { facts });

  test('room on the others, whichever node is gone', () => {
    expect(judged(pods('web', cpu('2'), { replicas: 4 }))).toEqual([]);
    const [found, ...more] = judged(pods('web', cpu('2'), { replicas: 5 }));
    expect(more).toEqual([]);
    expect(found!.severity).toBe('advice');
    expect(found!.message).toContain('when node a fails or is drained, 1 of its 5 pods find no other');
  });
  test('one large node among small ones', () => {
    const facts = all(node('a'), node('b'), node('large', { cpu: '16' }));
    expect(judged(pods('web', cpu('5')), facts)[0]!.message).toContain('when node large fails');
    expect(judged(pods('web', cpu('4')), facts)).toEqual([]);
  });
  test('nodes that are alike are tried once', () => {
    const facts = all(node('a'), node('b'));
    expect(judged(pods('web', cpu('3'), { replicas: 2 }), facts)[0]!.message).toContain('node a, or one like it,');
  });
  test('not what is kept on one node or apart on purpose, nor a cluster of one node, nor one that grows', () => {
    expect(judged(pods('web', `nodeSelector: { kubernetes.io/hostname: a }, ${cpu('1')}`))).toEqual([]);
    expect(judged(pods('web', `${apart('kubernetes.io/hostname')}, ${cpu('1')}`, { replicas: 3 }))).toEqual([]);
    expect(judged(pods('web', cpu('3')), node('a'))).toEqual([]);
    expect(judged(all(pods('web', cpu('2'), { replicas: 5 }), KARPENTER))).toEqual([]);
  });
  test('what does not fit with all nodes is said once', () =>
    expect(judged(pods('web', cpu('2'), { replicas: 7 }))).toEqual([]));
});

describe('arch-matches', () => {
  const arch = (name: string, os = 'linux') => ({
    labels: `kubernetes.io/os: ${os}, kubernetes.io/arch: ${name}`,
  });
  const facts = all(node('a', arch('amd64')), node('b', arch('arm64')), node('w', arch('amd64', 'windows')));
  const judged = (pod: string, kind = 'Deployment') => verdicts('arch-matches', pods('web', pod, { kind }), { facts });
  const on = (label: string, value: string) => `nodeSelector: { kubernetes.io/${label}: ${value} }`;
  const image = (name: string) => `containers: [{ name: web, image: '${name}' }]`;
  const at = 'spec.template.spec.containers[0].image';

  test.each([
    'shop/agent-arm64:1.0.0',
    'shop/agent:1.0.0-arm64',
    'arm64v8/redis:7',
    'registry.example.com:5000/shop/agent_aarch64',
    `shop/agent-arm64:1.0.0@sha256:${'0'.repeat(64)}`,
  ])('an image for one architecture: %s', (name) => {
    expect(judged(`${on('arch', 'amd64')}, ${image(name)}`)).toEqual([`fail ${at}`]);
    expect(judged(`${on('arch', 'arm64')}, ${image(name)}`)).toEqual([]);
    expect(judged(image(name))).toEqual([`unknown ${at}`]);
  });
  test('the pods of a DaemonSet are on every node', () =>
    expect(judged(image('shop/agent-arm64:1.0.0'), 'DaemonSet')).toEqual([`fail ${at}`]));
  test('an image that only looks so', () => {
    expect(judged(`${on('arch', 'arm64')}, ${image('shop/amd64-emulator:1.0.0')}`)).toEqual([]);
    expect(judged(`${on('arch', 'arm64')}, ${image('amd64:1.0.0')}`)).toEqual([]);
  });
  test('init containers too', () =>
    expect(
      judged(
        `${on('arch', 'amd64')}, initContainers: [{ name: load, image: 'shop/load-s390x:1' }], ${image('shop/web:1.0.0')}`,
      ),
    ).toEqual(['fail spec.template.spec.initContainers[0].image']));
  test('the operating system that the pod states', () => {
    const windows = `os: { name: windows }, ${image('shop/web:1.0.0')}`;
    expect(judged(`${on('os', 'linux')}, ${windows}`)).toEqual(['fail spec.template.spec.os.name']);
    expect(judged(`${on('os', 'windows')}, ${windows}`)).toEqual([]);
    expect(judged(windows)).toEqual(['unknown spec.template.spec.os.name']);
  });
  test('a node that is too small for the pod is none that takes it', () => {
    const large = all(node('a', { ...arch('amd64'), cpu: '1' }), node('b', arch('arm64')));
    const web = pods('web', cpu('2').replace('shop/web:1.0.0', 'shop/web-arm64:1.0.0'));
    expect(verdicts('arch-matches', web, { facts: large })).toEqual([]);
  });
  test('nodes of which nobody says what they are', () =>
    expect(verdicts('arch-matches', pods('web', image('shop/agent-arm64:1')), { facts: node('a') })).toEqual([]));
});

describe('drain-simulated', () => {
  const budget = (bound: string, app = 'web') =>
    `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: ${app}, namespace: shop }, spec: { ${bound}, selector: { matchLabels: { app: ${app} } } } }`;
  const held = (replicas: number) =>
    pods('web', `nodeSelector: { kubernetes.io/hostname: a }, ${cpu('100m')}`, { replicas });
  const judged = (manifests: string, facts = THREE) => verdicts('drain-simulated', manifests, { facts });

  test('two pods that only one node takes, and a budget that lets one go', () => {
    expect(judged(all(held(2), budget('maxUnavailable: 1')))).toEqual(['fail spec.maxUnavailable']);
    expect(judged(all(held(3), budget('minAvailable: 1')))).toEqual(['fail spec.minAvailable']);
    expect(judged(all(held(2), budget('maxUnavailable: 2')))).toEqual([]);
    expect(judged(all(held(1), budget('maxUnavailable: 1')))).toEqual([]);
    const [found] = said('drain-simulated', all(held(2), budget('maxUnavailable: 1')), { facts: THREE });
    expect(found!.message).toMatch(
      /^a drain of node a evicts shop\/web-0, the pod in its place finds no other node \(.*\), and until it is ready this budget does not let shop\/web-1 go: the drain never ends$/,
    );
  });
  test('other nodes without room: it depends on where the pods are', () => {
    // Of the three pods on one node, the other has room for one.
    const full = all(pods('web', cpu('1300m'), { replicas: 5 }), budget('maxUnavailable: 1'));
    expect(judged(full, all(node('a'), node('b')))).toEqual(['unknown spec.maxUnavailable']);
    expect(judged(full)).toEqual([]);
  });
  test('volumes hold pods to a node: certain where the pods can be on no other, and it is known how far volumes reach', () => {
    const disk = (provisioner: string) =>
      `{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: disk }, provisioner: ${provisioner}, volumeBindingMode: WaitForFirstConsumer }`;
    const spec =
      'volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], storageClassName: disk, resources: { requests: { storage: 1Gi } } } }]';
    const set = (replicas: number, pod = cpu('100m')) => pods('web', pod, { replicas, kind: 'StatefulSet', spec });
    const onTwo = (provisioner: string, manifests: string) =>
      judged(
        all(manifests, budget('maxUnavailable: 1'), disk(provisioner)),
        all(node('a', { labels: zone('one') }), node('b', { labels: zone('two') })),
      );
    expect(onTwo('rancher.io/local-path', set(3))).toEqual(['unknown spec.maxUnavailable']);
    expect(onTwo('example.com/disk', set(3))).toEqual(['unknown spec.maxUnavailable']);
    expect(onTwo('efs.csi.aws.com', set(3))).toEqual([]);
    expect(onTwo('rancher.io/local-path', set(2))).toEqual([]);
    const held = `nodeSelector: { kubernetes.io/hostname: a }, ${cpu('100m')}`;
    expect(onTwo('rancher.io/local-path', set(2, held))).toEqual(['fail spec.maxUnavailable']);
    // One that may have been placed elsewhere, and then would not hold up the other.
    const both =
      '{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: both, namespace: shop }, spec: { maxUnavailable: 1, selector: { matchExpressions: [{ key: app, operator: Exists }] } } }';
    const api = pods('web', held);
    const db = set(1).replaceAll('name: web', 'name: db').replaceAll('app: web', 'app: db');
    const facts = all(node('a', { labels: zone('one') }), node('b', { labels: zone('two'), cpu: '1' }));
    expect(judged(all(api, db, both, disk('rancher.io/local-path')), facts)).toEqual(['unknown spec.maxUnavailable']);
  });
  test('a budget that is in the cluster, and not among what is judged, is not reported', () =>
    expect(judged(held(2), all(THREE, budget('maxUnavailable: 1')))).toEqual([]));
  test('a budget that lets no pod go is said by pdb-allows-eviction', () => {
    expect(judged(all(held(2), budget('maxUnavailable: 0')))).toEqual([]);
    expect(judged(all(held(2), budget('minAvailable: 2')))).toEqual([]);
  });
  test('a pod with two budgets is refused for that, and waits for no other', () => {
    const both =
      '{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: both, namespace: shop }, spec: { maxUnavailable: 1, selector: { matchExpressions: [{ key: app, operator: In, values: [web, api] }] } } }';
    const on = (name: string) => pods(name, `nodeSelector: { kubernetes.io/hostname: a }, ${cpu('100m')}`);
    expect(judged(all(both, on('web'), on('api'), budget('maxUnavailable: 1', 'api')))).toEqual([]);
  });
  test('pods that run are where they are, and those that nothing makes anew wait for no node', () => {
    const standing = (name: string, on: string, amount: string, owner = '') =>
      `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, namespace: shop, labels: { app: ${name.split('-')[0]} }, ${owner} }, spec: { nodeName: ${on}, ${cpu(amount)} }, status: { phase: Running } }`;
    const owner = 'ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web, uid: u, controller: true }]';
    const facts = (own: string) =>
      all(
        node('a'),
        node('b'),
        standing('web-1', 'a', '2', own),
        standing('web-2', 'a', '2', own),
        standing('db-1', 'b', '4'),
      );
    expect(judged(budget('minAvailable: 1'), facts(owner))).toEqual(['fail spec.minAvailable']);
    expect(judged(budget('minAvailable: 1'), facts(''))).toEqual([]);
  });
  test('not where nodes are added, or only one is there', () => {
    expect(judged(all(held(2), budget('maxUnavailable: 1'), KARPENTER))).toEqual([]);
    expect(judged(all(held(2), budget('maxUnavailable: 1')), node('a'))).toEqual([]);
  });
});
