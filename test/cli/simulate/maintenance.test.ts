import { readSources } from '../../../manifests/reading/read';
import { drain, uncordon } from '../../../simulate/maintenance/drain';
import { drainChoice } from '../../../simulate/maintenance/eviction';
import { liveCluster } from '../../../simulate/maintenance/live';
import { maintain } from '../../../simulate/maintenance/maintain';
import type { Member } from '../../../simulate/scheduling/member';
import { standingPods } from '../../../simulate/scheduling/member';
import { Facts } from '../../../world/facts';
import { World } from '../../../world/world';
import { all, file, node, run, workload } from './support';

const budget = (bound: string, app = 'web', more = '') =>
  `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: ${app}, namespace: shop }, spec: { ${bound}, selector: { matchLabels: { app: ${app} } }, ${more} } }`;
const web = (replicas: number, cpu = '500m', pod = '') =>
  workload('Deployment', 'web', cpu, `replicas: ${replicas}`, pod);
const zoned = (name: string, zone: string, cpu = '2') =>
  node(name, '', cpu).replace('labels: {', `labels: { topology.kubernetes.io/zone: ${zone},`);
const controller = (kind: string, name: string) =>
  `ownerReferences: [{ apiVersion: apps/v1, kind: ${kind}, name: ${name}, uid: u-${name}, controller: true }]`;
const pod = (
  name: string,
  on: string,
  { owner = '', app = 'web', ready = 'True', phase = 'Running', spec = '', annotations = '' } = {},
) =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, namespace: shop, uid: ${name}, labels: { app: ${app} }, annotations: { ${annotations} }, ${owner} }, spec: { nodeName: ${on}, containers: [{ name: a, image: 'a:1', resources: { requests: { cpu: 500m } } }], ${spec} }, status: { phase: ${phase}, conditions: [{ type: Ready, status: '${ready}' }] } }`;

const owned = controller('ReplicaSet', 'web');

interface PodRow {
  readonly pod: string;
  readonly verdict: string;
  readonly round: number | null;
  readonly to: string | null;
  readonly reason: string;
}
interface NodeRow {
  readonly node: string;
  readonly verdict: string;
  readonly pods: readonly PodRow[];
  readonly down: readonly string[];
}

function simulated<T>(what: string, manifests: string, facts: string, ...options: string[]) {
  const { code, text } = run(what, file(manifests), '--cluster', file(facts), '--format', 'json', ...options);
  return { code, found: JSON.parse(text) as T };
}
function drained(manifests: string, facts: string, ...options: string[]) {
  const { code, found } = simulated<{ nodes: NodeRow[] }>('drain', manifests, facts, ...options);
  const short = found.nodes.map(({ node: on, verdict, pods }) => [
    `${on} ${verdict}`,
    ...pods.map((each) => `${each.pod} ${each.verdict} ${each.round} ${each.to}`),
  ]);
  return { code, short, nodes: found.nodes };
}

describe('a node that is drained', () => {
  const nodes = all(node('a'), node('b'));

  test('gives its pods to the others', () => {
    expect(drained(all(web(2), budget('maxUnavailable: 1')), nodes, '--node', 'a')).toMatchObject({
      code: 0,
      short: [['a drained', 'shop/web-0 evicted 1 b']],
    });
  });

  test('keeps what a budget never lets go, in the words of the API server', () => {
    const { code, short, nodes: found } = drained(all(web(2), budget('minAvailable: 2')), nodes, '--node', 'a');
    expect([code, short]).toEqual([1, [['a incomplete', 'shop/web-0 blocked null null']]]);
    expect(found[0]!.pods[0]!.reason).toBe(
      "Cannot evict pod as it would violate the pod's disruption budget. The disruption budget web needs 2 healthy pods and has 2 currently",
    );
  });

  test('lets as many go at a time as the budget allows, and the next when those in their places are ready', () => {
    const facts = all(node('a', '', '8'), node('b', 'taints: [{ key: x, effect: NoSchedule }]', '8'));
    const three = ['one', 'two', 'three'].map((name) =>
      pod(name, 'a', { owner: owned, spec: 'tolerations: [{ key: x, operator: Exists }]' }),
    );
    expect(drained(budget('maxUnavailable: 1'), all(facts, ...three), '--node', 'a')).toMatchObject({
      code: 0,
      short: [['a drained', 'shop/one evicted 1 b', 'shop/three evicted 2 b', 'shop/two evicted 3 b']],
    });
    expect(drained(budget('maxUnavailable: 2'), all(facts, ...three), '--node', 'a').short[0]).toEqual([
      'a drained',
      'shop/one evicted 1 b',
      'shop/three evicted 1 b',
      'shop/two evicted 2 b',
    ]);
  });

  test('counts as a place to spread over, unless taints are honoured', () => {
    const spread = (policy: string) =>
      `topologySpreadConstraints: [{ maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: { matchLabels: { app: web } }, nodeTaintsPolicy: ${policy} }]`;
    const to = (policy: string) => drained(web(2, '100m', spread(policy)), nodes, '--node', 'a').nodes[0]!.pods[0]!.to;
    expect([to('Honor'), to('Ignore')]).toEqual(['b', null]);
  });

  test('gets back what tolerates every taint', () => {
    const live = all(nodes, pod('one', 'a', { owner: owned, spec: 'tolerations: [{ operator: Exists }]' }));
    expect(
      drained(
        web(0),
        all(live, pod('two', 'b', { owner: owned }), pod('large', 'b').replace('500m', '1500m')),
        '--node',
        'a',
      ),
    ).toMatchObject({
      code: 1,
      nodes: [{ verdict: 'drained', pods: [{ to: 'a', reason: expect.stringContaining('comes back') }] }],
    });
  });

  test('waits for ever where one in the place of the first finds no room', () => {
    const larger = all(node('a', '', '4'), node('b'));
    const { short, nodes: found, code } = drained(all(web(5, '1'), budget('maxUnavailable: 1')), larger, '--node', 'a');
    expect([code, short]).toEqual([
      1,
      [['a incomplete', 'shop/web-0 evicted 1 null', 'shop/web-2 blocked null null', 'shop/web-4 blocked null null']],
    ]);
    expect(found[0]!.pods.map(({ reason }) => reason)).toEqual([
      '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.',
      expect.stringContaining('needs 4 healthy pods and has 4 currently'),
      expect.stringContaining('needs 4 healthy pods and has 4 currently'),
    ]);
  });

  test('says who is without a ready pod for a while', () => {
    expect(drained(web(1), nodes, '--node', 'a')).toMatchObject({
      code: 1,
      nodes: [{ verdict: 'drained', down: ['Deployment/shop/web'] }],
    });
    expect(drained(web(2), nodes, '--node', 'a')).toMatchObject({ code: 0, nodes: [{ down: [] }] });
  });

  test('is the next one when the one before is there again', () => {
    expect(drained(all(web(2), budget('maxUnavailable: 1')), nodes, '--all').short).toEqual([
      ['a drained', 'shop/web-0 evicted 1 b'],
      ['b drained', 'shop/web-0 evicted 1 a', 'shop/web-1 evicted 2 a'],
    ]);
  });

  test('is one of a zone', () => {
    const facts = all(zoned('a', 'x'), zoned('b', 'z'), zoned('c', 'x'));
    expect(drained(web(3), facts, '--zone', 'x').short.map(([first]) => first)).toEqual(['a drained', 'c drained']);
  });
});

describe('pods that kubectl drain treats otherwise', () => {
  const nodes = all(node('a'), node('b'));

  test('are left: of DaemonSets, and those that the kubelet runs from a file', () => {
    const live = all(
      nodes,
      pod('daemon', 'a', { owner: controller('DaemonSet', 'agent') }),
      pod('static', 'a', { annotations: 'kubernetes.io/config.mirror: x' }),
    );
    expect(drained(web(0), live, '--node', 'a')).toMatchObject({
      code: 0,
      short: [['a drained', 'shop/daemon left null null', 'shop/static left null null']],
    });
  });

  test('are refused, and then no pod goes: what nothing makes anew', () => {
    const live = all(nodes, pod('bare', 'a'), pod('owned', 'a', { owner: owned }));
    expect(drained(web(0), live, '--node', 'a')).toMatchObject({
      code: 1,
      short: [['a refused', 'shop/bare refused null null', 'shop/owned left null null']],
    });
    expect(drained(web(0), live, '--node', 'a', '--force').short).toEqual([
      ['a drained', 'shop/bare evicted 1 null', 'shop/owned evicted 1 b'],
    ]);
  });

  test('go whatever the budget says: what has ended, has not started, or is not ready under AlwaysAllow', () => {
    const two = (more: Parameters<typeof pod>[2], policy = '') =>
      drained(
        budget('minAvailable: 1', 'web', policy),
        all(nodes, pod('one', 'a', { owner: owned, ...more }), pod('two', 'a', { owner: owned, ready: 'False' })),
        '--node',
        'a',
      ).short[0];
    expect(two({ ready: 'False' })).toEqual([
      'a incomplete',
      'shop/one blocked null null',
      'shop/two blocked null null',
    ]);
    expect(two({ ready: 'False' }, 'unhealthyPodEvictionPolicy: AlwaysAllow')![0]).toBe('a drained');
    // As long as enough are healthy, one that is not may go.
    expect(two({})).toEqual(['a incomplete', 'shop/two evicted 1 b', 'shop/one blocked null null']);
  });

  test('are blocked: those of two budgets, and those whose share of what has no scale is asked for', () => {
    const other = budget('maxUnavailable: 1').replace('name: web', 'name: other');
    const twice = drained(all(web(2), budget('maxUnavailable: 1'), other), nodes, '--node', 'a').nodes[0]!;
    expect(twice.pods[0]!.reason).toContain('more than one PodDisruptionBudget');
    const job = all(nodes, pod('job', 'a', { owner: controller('Job', 'report') }));
    expect(drained(budget('maxUnavailable: 1'), job, '--node', 'a').nodes[0]!.pods[0]!.reason).toContain(
      'because it failed sync: found no controllers for pod "job"',
    );
  });

  test('a share is one of the scale of the controller, not of the pods that there are', () => {
    const deployment = web(4);
    const set = `{ apiVersion: apps/v1, kind: ReplicaSet, metadata: { name: web, namespace: shop, uid: r, ${controller('Deployment', 'web')} }, spec: { replicas: 4, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: a, image: 'a:1' }] } } } }`;
    const live = all(
      nodes,
      deployment.replace('metadata: {', 'metadata: { uid: d,'),
      set,
      pod('one', 'a', { owner: owned }),
      pod('two', 'b', { owner: owned }),
    );
    expect(drained(budget('minAvailable: 50%'), live, '--node', 'a').nodes[0]!.pods[0]!.reason).toContain(
      'needs 2 healthy pods and has 2 currently',
    );
    expect(drained(budget('minAvailable: 25%'), live, '--node', 'a').nodes[0]!.verdict).toBe('drained');
  });
});

describe('how a budget counts the pods of a cluster', () => {
  const refusal = (bound: string, ...others: string[]) =>
    drained(budget(bound), all(node('a'), node('b'), pod('one', 'a', { owner: owned }), ...others), '--node', 'a')
      .nodes[0]!.pods[0]!.reason;
  const other = (phase: string, ready: string) => pod('two', 'b', { owner: owned, phase, ready });

  test('one that waits is there, and not healthy, even before anything is said of it', () => {
    const said = 'needs 2 healthy pods and has 1 currently';
    expect(refusal('maxUnavailable: 0', other('Pending', 'False'))).toContain(said);
    const scheduled = other('Pending', 'True').replace('type: Ready', 'type: PodScheduled');
    expect(refusal('maxUnavailable: 0', scheduled)).toContain(said);
    expect(refusal('maxUnavailable: 0', other('Pending', 'True').replace(/, conditions: .*/, ' } }'))).toContain(said);
    expect(refusal('maxUnavailable: 0', other('Running', 'True').replace(/, conditions: .*/, ' } }'))).toContain(
      'needs 2 healthy pods and has 2 currently',
    );
  });

  test('one that has ended still counts for the number of pods', () => {
    expect(refusal('minAvailable: 1', other('Succeeded', 'False'))).toContain(
      'needs 1 healthy pods and has 1 currently',
    );
    expect(refusal('maxUnavailable: 1', other('Succeeded', 'False'))).toContain('needs 1 healthy pods and has 1');
  });

  test('where it says nothing, no pod goes', () => {
    expect(refusal('minAvailable: null')).toContain('The disruption budget web does not allow evicting pods currently');
  });
});

describe('what a budget lets go', () => {
  const nodes = all(node('a'), node('b'));

  test('a little more than a third of three is two: shares are rounded up', () => {
    const sets = web(3);
    expect(drained(all(sets, budget("maxUnavailable: '34%'")), nodes, '--node', 'a').short).toEqual([
      ['a drained', 'shop/web-0 evicted 1 b', 'shop/web-2 evicted 1 b'],
    ]);
    expect(drained(all(sets, budget("minAvailable: '67%'")), nodes, '--node', 'a').short[0]![0]).toBe('a incomplete');
  });

  test('one that is not ready only where some must be, and are', () => {
    const live = (bound: string) =>
      drained(budget(bound), all(nodes, pod('one', 'a', { owner: owned, ready: 'False' })), '--node', 'a').short;
    expect(live('minAvailable: 0')).toEqual([['a incomplete', 'shop/one blocked null null']]);
  });

  test('one that is on its way out goes, and counts no more', () => {
    const ending = (name: string) =>
      pod(name, 'a', { owner: owned }).replace('metadata: {', "metadata: { deletionTimestamp: '2026-01-01T00:00:00Z',");
    expect(drained(budget('maxUnavailable: 0'), all(nodes, ending('one')), '--node', 'a').short).toEqual([
      ['a drained', 'shop/one evicted 1 b'],
    ]);
    const beside = all(nodes, ending('one'), pod('two', 'b', { owner: owned }));
    const { pods } = drained(budget('minAvailable: 1'), beside, '--node', 'b').nodes[0]!;
    expect(pods[0]!.reason).toContain('needs 1 healthy pods and has 1 currently');
  });

  test('another kind of the same name is none', () => {
    const other = budget('maxUnavailable: 0').replace('policy/v1', 'example.com/v1');
    expect(drained(all(web(2), other), nodes, '--node', 'a').short[0]![0]).toBe('a drained');
  });

  test('a pod made anew in the place of one on its way out counts for spread', () => {
    const spread =
      'topologySpreadConstraints: [{ maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: { matchLabels: { app: web } } }]';
    const ending = (name: string) =>
      pod(name, 'c', { owner: owned, spec: spread }).replace(
        'metadata: {',
        "metadata: { deletionTimestamp: '2026-01-01T00:00:00Z',",
      );
    const busy = pod('other', 'b', { app: 'other', owner: owned });
    const live = all(node('a', '', '8'), node('b'), node('c'), busy, ending('one'), ending('two'));
    expect(drained(web(0), live, '--node', 'c').short).toEqual([
      ['c drained', 'shop/one evicted 1 a', 'shop/two evicted 1 b'],
    ]);
  });
});

test('what waited for a node is back when the node takes pods again, before the next is drained', () => {
  const held = web(1, '1500m', 'nodeSelector: { kubernetes.io/hostname: a }');
  const manifests = all(held, workload('Deployment', 'api', '1'));
  const nodes = all(node('a'), node('b'));
  expect(drained(manifests, nodes, '--node', 'a', '--node', 'b', '--node', 'a').short).toEqual([
    ['a drained', 'shop/web-0 evicted 1 null'],
    ['b drained', 'shop/api-0 evicted 1 null'],
  ]);
});

test('pods with data on the node, and those of DaemonSets, are refused by a drain that is not told to take them', () => {
  const member = {
    controller: undefined,
    mirror: false,
    finished: false,
    waiting: false,
    ready: true,
    keepsData: true,
  };
  const owner = (kind: string) => ({ kind, name: `${kind}/shop/web`, scale: 1 });
  const none = { ignoreDaemonSets: false, deleteEmptyDirData: false, force: false };
  const does = (of: object, options: object) =>
    drainChoice({ ...member, ...of } as Member, { ...none, ...options }).does;
  expect(does({ controller: owner('ReplicaSet') }, {})).toBe('refuse');
  expect(does({ controller: owner('ReplicaSet') }, { deleteEmptyDirData: true })).toBe('evict');
  expect(does({ controller: owner('ReplicaSet'), keepsData: false }, {})).toBe('evict');
  expect(does({ controller: owner('DaemonSet') }, {})).toBe('refuse');
  expect(does({ controller: owner('DaemonSet') }, { ignoreDaemonSets: true })).toBe('leave');
  expect(does({ finished: true }, {})).toBe('evict');
  expect(does({ finished: true, mirror: true }, {})).toBe('leave');
});

test('a pod that has ended is evicted without a word, and needs no successor', () => {
  for (const phase of ['Succeeded', 'Failed']) {
    const live = all(node('a'), node('b'), pod('done', 'a', { owner: owned, phase, ready: 'False' }));
    expect(drained(web(0), live, '--node', 'a').nodes[0]!.pods).toMatchObject([
      { verdict: 'evicted', to: null, reason: '' },
    ]);
  }
});

test('a pod that has ended does not keep its controller from being ready', () => {
  const read = (text: string) => readSources([{ file: '-', text }]).resources;
  const live = all(
    node('a'),
    node('b'),
    pod('one', 'a', { owner: owned }),
    pod('done', 'b', { owner: owned, phase: 'Failed', ready: 'False' }),
  );
  const cluster = liveCluster(new World([], new Facts(read(live))))!;
  const options = { ignoreDaemonSets: true, deleteEmptyDirData: true, force: true };
  expect(maintain(cluster, 'a', options).ready.map(({ name }) => name)).toEqual(['ReplicaSet/shop/web']);
});

test('a pod that is made anew is the newest, and goes before an older one', () => {
  const read = (text: string) => readSources([{ file: '-', text }]).resources;
  const since = (text: string, hour: number) =>
    text.replace('status: {', `status: { startTime: '2026-01-01T0${hour}:00:00Z',`).replace('cpu: 500m', 'cpu: 1');
  const live = all(
    node('a'),
    node('b'),
    since(pod('older', 'a', { owner: owned }), 1),
    since(pod('old', 'b', { owner: owned }), 2),
  );
  const cluster = liveCluster(new World([], new Facts(read(live))))!;
  const [older] = cluster.membersOn('a');
  cluster.state.cordon('a');
  cluster.remove(older!);
  expect(cluster.makeAnew(older!).to).toBe('b');
  const urgent = { ...older!, pod: { ...older!.pod, nodeName: undefined, name: 'urgent', priority: 1000 } };
  const { displaced } = cluster.add(urgent.pod, urgent);
  expect(displaced.map(({ member }) => member.pod.name)).toEqual(['older']);
});

test('of pods that wait the most important is tried first when a node takes pods again', () => {
  const full = 'resources: { requests: { cpu: "2" } }';
  const large = (text: string) => text.replace('resources: { requests: { cpu: 500m } }', full);
  const low = large(pod('low', 'a', { owner: owned }));
  // One that could preempt the other would have its place in the end, whoever came first.
  const high = large(pod('high', 'b', { owner: owned, spec: 'priority: 1000, preemptionPolicy: Never' }));
  const read = (text: string) => readSources([{ file: '-', text }]).resources;
  const cluster = liveCluster(new World([], new Facts(read(all(node('a'), node('b'), low, high)))))!;
  const options = { ignoreDaemonSets: true, deleteEmptyDirData: true, force: true };
  for (const name of ['a', 'b']) cluster.state.cordon(name);
  for (const name of ['a', 'b']) drain(cluster, name, options);
  uncordon(cluster, 'a');
  expect(cluster.membersOn('a').map((each) => each.pod.name)).toEqual(['high']);
});

test.each([
  ['emptyDir: {}', true],
  ['configMap: { name: c }', false],
])('a pod with a volume %s keeps data on its node: %s', (source, keeps) => {
  const text = pod('one', 'a', { spec: `volumes: [{ name: v, ${source} }]` });
  const world = new World(readSources([{ file: '-', text }]).resources, new Facts([]));
  expect(standingPods(world).map(({ member }) => member.keepsData)).toEqual([keeps]);
});

describe('a node that is lost', () => {
  const lost = (manifests: string, facts: string, ...options: string[]) => {
    const { code, found } = simulated<{ nodes: string[]; pods: PodRow[]; down: string[] }>(
      'lose',
      manifests,
      facts,
      ...options,
    );
    return { code, ...found, short: found.pods.map((each) => `${each.pod} ${each.verdict} ${each.to}`) };
  };

  test('has its pods made anew elsewhere, whatever budgets say, or waiting', () => {
    const found = lost(all(web(3, '1'), budget('maxUnavailable: 0')), all(node('a'), node('b')), '--node', 'a');
    expect([found.code, found.short]).toEqual([1, ['shop/web-0 back b', 'shop/web-2 waiting null']]);
    expect(found.pods[1]!.reason).toBe('0/1 nodes are available: 1 Insufficient cpu.');
    expect(found.down).toEqual([]);
  });

  test('takes a whole zone along: what ran in it alone is down', () => {
    const only = all(
      web(2, '500m', 'nodeSelector: { topology.kubernetes.io/zone: x }'),
      workload('Deployment', 'api', '100m', 'replicas: 1', 'nodeSelector: { topology.kubernetes.io/zone: z }'),
    );
    const found = lost(only, all(zoned('a', 'x'), zoned('b', 'x'), zoned('c', 'z')), '--zone', 'x');
    expect([found.nodes, found.down, found.short]).toEqual([
      ['a', 'b'],
      ['Deployment/shop/web'],
      ['shop/web-0 waiting null', 'shop/web-1 waiting null'],
    ]);
  });

  test('has the most important of its pods made anew first', () => {
    const important = pod('zebra', 'a', { owner: owned, spec: 'priority: 1000' });
    const live = all(node('a'), node('b', '', '600m'), important, pod('ape', 'a', { owner: owned }));
    expect(lost(web(0), live, '--node', 'a').short).toEqual(['shop/zebra back b', 'shop/ape waiting null']);
  });

  test('takes down what has no ready pod elsewhere', () => {
    const live = all(
      node('a'),
      node('b'),
      pod('one', 'a', { owner: owned }),
      pod('two', 'b', { owner: owned, ready: 'False' }),
    );
    expect(lost(web(0), live, '--node', 'a').down).toEqual(['ReplicaSet/shop/web']);
  });

  test('has pods that nothing makes anew: bare ones, and those of DaemonSets', () => {
    const live = all(
      node('a'),
      node('b'),
      pod('bare', 'a'),
      pod('daemon', 'a', { owner: controller('DaemonSet', 'agent') }),
    );
    expect(lost(web(0), live, '--node', 'a')).toMatchObject({
      code: 0,
      short: ['shop/bare gone null', 'shop/daemon gone null'],
    });
  });

  test('takes nothing down that is for this node alone: a pod of a DaemonSet, or from a file of the node', () => {
    const mirror = { owner: controller('Node', 'a'), annotations: 'kubernetes.io/config.mirror: x' };
    const live = all(
      node('a'),
      node('b'),
      pod('daemon', 'a', { owner: controller('DaemonSet', 'agent') }),
      pod('static', 'a', mirror),
    );
    expect(lost(web(0), live, '--node', 'a').down).toEqual([]);
  });

  test('does not have a pod made anew that had ended', () => {
    for (const phase of ['Succeeded', 'Failed']) {
      const live = all(node('a'), node('b'), pod('done', 'a', { owner: owned, phase, ready: 'False' }));
      const found = lost(web(0), live, '--node', 'a');
      expect([found.short, found.pods[0]!.reason]).toEqual([['shop/done gone null'], 'it had ended']);
    }
  });
});

test('people read what becomes of each node', () => {
  const manifests = file(all(web(2), budget('minAvailable: 2')));
  const cluster = file(all(node('a'), node('b')));
  expect(run('drain', manifests, '--cluster', cluster, '--node', 'a').text.split('\n')).toEqual([
    'a is not drained: some pods stay',
    '  POD         VERDICT  ROUND  TO  REASON',
    "  shop/web-0  blocked  -      -   Cannot evict pod as it would violate the pod's disruption budget. The disruption budget web needs 2 healthy pods and has 2 currently",
  ]);
  expect(run('lose', manifests, '--cluster', cluster, '--node', 'a').text.split('\n')).toEqual([
    'a is lost: 1 back, 0 waiting, 0 gone',
    '  POD         VERDICT  TO  REASON',
    '  shop/web-0  back     b',
  ]);
});

describe('which nodes', () => {
  const say =
    (...options: string[]) =>
    () =>
      run('drain', file(web(1)), '--cluster', file(all(zoned('web-1', 'x'), node('web-2'))), ...options);
  test.each([
    [[], 'does not say which nodes'],
    [['--node', 'wbe-1'], 'write web-1'],
    [['--node', 'other'], 'name one of web-1, web-2'],
    [['--zone', 'q'], 'name one of x'],
  ])('%j is an error that says what to write', (options, message) => {
    expect(say(...options)).toThrow(message);
  });
});
