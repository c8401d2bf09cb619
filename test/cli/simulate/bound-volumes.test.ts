import { readSources } from '../../../manifests/reading/read';
import { uncordon } from '../../../simulate/maintenance/drain';
import { liveCluster } from '../../../simulate/maintenance/live';
import { lose } from '../../../simulate/maintenance/loss';
import { storageLikeness } from '../../../simulate/scheduling/storage/filters';
import { Facts } from '../../../world/facts';
import { World } from '../../../world/world';
import { all, file, node, planned, run, workload } from './support';

const zoned = (name: string, zone: string, cpu = '2') =>
  node(name, '', cpu).replace('labels: {', `labels: { topology.kubernetes.io/zone: ${zone},`);
const storageClass = (provisioner: string, more = '', mode = 'WaitForFirstConsumer') =>
  `{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: disk }, provisioner: ${provisioner}, volumeBindingMode: ${mode}, ${more} }`;
const claimSpec = (mode = 'ReadWriteOnce') =>
  `spec: { accessModes: [${mode}], storageClassName: disk, resources: { requests: { storage: 5Gi } } }`;
const templates = (mode?: string) => `volumeClaimTemplates: [{ metadata: { name: data }, ${claimSpec(mode)} }]`;
const set = (replicas = 1, mode?: string, cpu = '500m') =>
  workload('StatefulSet', 'db', cpu, `replicas: ${replicas}, ${templates(mode)}`);
const claim = (name: string, mode?: string) =>
  `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: ${name}, namespace: shop }, ${claimSpec(mode)} }`;
const mount = (name: string) => `volumes: [{ name: data, persistentVolumeClaim: { claimName: ${name} } }]`;
const pod = (name: string, on: string, owner: string, spec: string) =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, namespace: shop, uid: ${name}, labels: { app: db }, ownerReferences: [{ apiVersion: apps/v1, ${owner}, uid: u, controller: true }] }, spec: { nodeName: ${on}, containers: [{ name: a, image: 'a:1', resources: { requests: { cpu: 500m } } }], ${spec} }, status: { phase: Running, conditions: [{ type: Ready, status: 'True' }] } }`;

const ELSEWHERE = "didn't match PersistentVolume's node affinity";
const DOUBT = /how far the volume of claim "data-db-0" reaches is not known/i;

interface Row {
  readonly pod: string;
  readonly verdict: string;
  readonly to: string | null;
  readonly reason: string;
}

function lost(manifests: string, facts: string, ...options: string[]): readonly Row[] {
  const { text } = run('lose', file(manifests), '--cluster', file(facts), '--format', 'json', ...options);
  return (JSON.parse(text) as { pods: Row[] }).pods;
}
function drained(manifests: string, facts: string, ...options: string[]): readonly Row[] {
  const { text } = run('drain', file(manifests), '--cluster', file(facts), '--format', 'json', ...options);
  return (JSON.parse(text) as { nodes: { pods: Row[] }[] }).nodes.flatMap(({ pods }) => pods);
}

/** The first two are in one zone; the first is the largest, so that a pod is placed there. */
const nodes = [zoned('a', 'one', '4'), zoned('b', 'one'), zoned('c', 'two')];

describe('a volume that was made for the first pod of a claim', () => {
  test('holds the next one to its zone', () => {
    for (const provisioner of ['ebs.csi.aws.com', 'pd.csi.storage.gke.io', 'disk.csi.azure.com']) {
      const facts = all(...nodes, storageClass(provisioner));
      expect(drained(set(), facts, '--node', 'a')).toMatchObject([{ to: 'b', reason: '' }]);
      expect(lost(set(), facts, '--zone', 'one')).toMatchObject([
        { verdict: 'waiting', reason: `0/1 nodes are available: 1 node(s) ${ELSEWHERE}.` },
      ]);
    }
  });

  test('holds it to its node, where the volume is a directory of the node', () => {
    for (const provisioner of ['rancher.io/local-path', 'topolvm.io']) {
      const facts = all(...nodes, storageClass(provisioner));
      expect(drained(set(), facts, '--node', 'a')).toMatchObject([
        { verdict: 'evicted', to: null, reason: expect.stringContaining(`2 node(s) ${ELSEWHERE}`) },
      ]);
    }
  });

  test('holds it to nothing, where its provisioner or its parameters say that it reaches further', () => {
    const classes = [
      storageClass('efs.csi.aws.com'),
      storageClass('rook-ceph.rbd.csi.ceph.com'),
      storageClass('pd.csi.storage.gke.io', 'parameters: { replication-type: regional-pd }'),
      storageClass('disk.csi.azure.com', 'parameters: { skuName: Premium_ZRS }'),
      storageClass(
        'pd.csi.storage.gke.io',
        'parameters: { type: hyperdisk-balanced-high-availability }, allowedTopologies: [{ matchLabelExpressions: [{ key: topology.kubernetes.io/zone, values: [one, two] }] }]',
      ),
    ];
    for (const each of classes)
      expect(lost(set(), all(...nodes, each), '--zone', 'one')).toMatchObject([
        { verdict: 'back', to: 'c', reason: '' },
      ]);
  });

  test('holds it to its region, where volumes are for a region', () => {
    const inRegion = (text: string, region: string) =>
      text.replace('labels: {', `labels: { topology.kubernetes.io/region: ${region},`);
    const facts = all(
      inRegion(nodes[0]!, 'west'),
      inRegion(nodes[1]!, 'east'),
      inRegion(nodes[2]!, 'west'),
      storageClass('csi.hetzner.cloud'),
    );
    expect(drained(set(), facts, '--node', 'a')).toMatchObject([{ to: 'c' }]);
    expect(lost(set(), facts, '--node', 'a', '--node', 'c')).toMatchObject([{ verdict: 'waiting' }]);
  });

  test('is taken to be in its zone, where nobody knows how far it reaches, and that is said', () => {
    const facts = all(...nodes, storageClass('example.com/disk'));
    expect(drained(set(), facts, '--node', 'a')).toMatchObject([{ to: 'b', reason: expect.stringMatching(DOUBT) }]);
    expect(lost(set(), facts, '--zone', 'one')).toMatchObject([
      { verdict: 'waiting', reason: expect.stringMatching(DOUBT) },
    ]);
    expect(lost(set(1, 'ReadWriteMany'), facts, '--zone', 'one')).toMatchObject([
      { verdict: 'back', to: 'c', reason: expect.stringMatching(DOUBT) },
    ]);
  });

  test('is where the labels are by which its class says where volumes may be', () => {
    const racks = 'allowedTopologies: [{ matchLabelExpressions: [{ key: rack, values: [r1, r2] }] }]';
    const inRack = (name: string, rack: string, cpu = '2') =>
      node(name, '', cpu).replace('labels: {', `labels: { rack: ${rack},`);
    const facts = all(
      inRack('a', 'r1', '4'),
      inRack('b', 'r2'),
      inRack('c', 'r1'),
      storageClass('example.com/disk', racks),
    );
    expect(drained(set(), facts, '--node', 'a')).toMatchObject([{ to: 'c' }]);
  });

  test('holds it too, where volumes are made at once and nobody shows where', () => {
    const facts = all(...nodes, storageClass('ebs.csi.aws.com', '', 'Immediate'));
    expect(lost(set(), facts, '--zone', 'one')).toMatchObject([{ verdict: 'waiting' }]);
  });

  test('lets it come back when the node takes pods again', () => {
    const facts = all(...nodes, storageClass('rancher.io/local-path'));
    expect(drained(set(), facts, '--all').filter(({ verdict }) => verdict === 'evicted')).toMatchObject([{ to: null }]);
    const { text } = planned('maintain', set(), facts, '--node', 'a');
    expect(text).toContain('statefulset/db');
  });

  test('holds every pod that shares the claim', () => {
    const web = workload('Deployment', 'web', '1500m', 'replicas: 3', mount('shared'));
    const facts = all(...nodes, storageClass('ebs.csi.aws.com'));
    // Two find room on the first node, one on the other of its zone.
    expect(lost(all(web, claim('shared')), facts, '--node', 'c')).toEqual([]);
    expect(drained(all(web, claim('shared')), facts, '--node', 'b')).toMatchObject([
      { pod: expect.stringContaining('shop/web-'), to: null, reason: expect.stringContaining(ELSEWHERE) },
    ]);
  });

  test('shows in what the nodes have room for', () => {
    const facts = all(...nodes, storageClass('ebs.csi.aws.com'));
    const { text } = planned('capacity', set(2), facts, '--format', 'json');
    const { scenarios } = JSON.parse(text) as { scenarios: { what: string; waiting: { pods: number }[] }[] };
    const without = (what: string) => scenarios.find((each) => each.what === what)?.waiting.map(({ pods }) => pods);
    expect([without('without zone one'), without('without zone two')]).toEqual([[1], [1]]);
  });
});

describe('the volume of a pod that runs', () => {
  const standing = pod('db-0', 'a', 'kind: StatefulSet, name: db', mount('data-db-0'));

  test('is where the pod runs, though nobody shows the volume or the claim', () => {
    for (const shown of ['', claim('data-db-0').replace('resources:', 'volumeName: pvc-1, resources:')]) {
      const facts = all(...nodes, storageClass('ebs.csi.aws.com'), standing, ...(shown ? [shown] : []));
      expect(drained(set(), facts, '--node', 'a')).toMatchObject([{ pod: 'shop/db-0', to: 'b' }]);
      expect(lost(set(), facts, '--zone', 'one')).toMatchObject([{ pod: 'shop/db-0', verdict: 'waiting' }]);
    }
  });

  test('holds those that come beside it with the same claim', () => {
    const shared = mount('shared');
    const web = workload('Deployment', 'web', '500m', 'replicas: 1', shared);
    const other = pod('old-0', 'c', 'kind: StatefulSet, name: old', shared);
    const facts = all(...nodes, storageClass('ebs.csi.aws.com'), claim('shared'), other);
    // The first node is the emptiest, but in another zone.
    expect(lost(web, facts, '--node', 'a')).toEqual([]);
    expect(drained(web, facts, '--node', 'c').map((each) => each.to)).toEqual([null, null]);
  });

  test('of its own goes with it, and another is made for the next', () => {
    const own = `volumes: [{ name: tmp, ephemeral: { volumeClaimTemplate: { ${claimSpec()} } } }]`;
    const web = workload('Deployment', 'web', '500m', 'replicas: 1', own);
    const facts = all(...nodes, storageClass('ebs.csi.aws.com'));
    expect(lost(web, facts, '--zone', 'one')).toMatchObject([{ verdict: 'back', to: 'c', reason: '' }]);
    const volume =
      '{ apiVersion: v1, kind: PersistentVolume, metadata: { name: pv }, spec: { capacity: { storage: 5Gi }, accessModes: [ReadWriteOnce], storageClassName: disk, csi: { driver: ebs.csi.aws.com, volumeHandle: v }, nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: topology.kubernetes.io/zone, operator: In, values: [one] }] }] } } } }';
    const bound = claim('run-1-tmp').replace(
      'namespace: shop',
      "namespace: shop, annotations: { pv.kubernetes.io/bind-completed: 'yes' }, ownerReferences: [{ apiVersion: v1, kind: Pod, name: run-1, uid: run-1, controller: true }]",
    );
    const there = all(facts, volume, bound.replace('resources:', 'volumeName: pv, resources:'));
    const runs = pod('run-1', 'a', 'kind: ReplicaSet, name: run', own);
    expect(lost('', all(there, runs), '--zone', 'one')).toMatchObject([
      { pod: 'shop/run-1', verdict: 'back', to: 'c' },
    ]);
  });
});

test('a pod that waited and then found a node is held to that one', () => {
  const cordoned = (name: string, zone: string) => zoned(name, zone).replace('spec: {', 'spec: { unschedulable: true,');
  const sources = (text: string) => readSources([{ file: '-', text }]).resources;
  const world = new World(
    sources(set()),
    new Facts(sources(all(cordoned('a', 'one'), cordoned('b', 'two'), storageClass('ebs.csi.aws.com')))),
  );
  const cluster = liveCluster(world)!;
  expect(cluster.pending).toHaveLength(1);
  uncordon(cluster, 'b');
  expect(cluster.membersOn('b')).toHaveLength(1);
  uncordon(cluster, 'a');
  const { pods } = lose(cluster, ['b']);
  expect(pods).toMatchObject([{ verdict: 'waiting', reason: expect.stringContaining(ELSEWHERE) }]);
});

test('nodes are not alike to pods that may share a claim, where its volume can be reached from one of them alone', () => {
  const sources = (text: string) => readSources([{ file: '-', text }]).resources;
  const facts = new Facts(sources(all(...nodes, storageClass('rancher.io/local-path'))));
  const { state } = liveCluster(new World(sources(set()), facts))!;
  const [a, b] = [...state.nodes].map((each) => storageLikeness(each, state.storage));
  expect(a).not.toBe(b);
});
