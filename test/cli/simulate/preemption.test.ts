import { all, file, node, run, running, scheduled, short, workload } from './support';

const priority = (name: string, value: number, more = '') =>
  `{ apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: { name: ${name} }, value: ${value}${more} }`;
const classes = all(priority('high', 1000), priority('low', -5), priority('polite', 1000, ', preemptionPolicy: Never'));
const urgent = (cpu: string, pod = 'priorityClassName: high', kind = 'Deployment') =>
  workload(kind, 'urgent', cpu, 'replicas: 1', pod);
const old = (name: string, on: string, cpu: string, more = '', metadata = '') =>
  running(name, on, cpu)
    .replace('containers:', `${more && `${more}, `}containers:`)
    .replace('labels:', `${metadata && `${metadata}, `}labels:`);
const budget = (allowed: number | undefined, min = 1) =>
  `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: old, namespace: shop }, spec: { minAvailable: ${min}, selector: { matchLabels: { app: old } } }${allowed === undefined ? '' : `, status: { disruptionsAllowed: ${allowed} }`} }`;

describe('a pod that no node takes', () => {
  test('preempts less important ones, and says so in the words of the scheduler', () => {
    const { code, pods } = scheduled(
      all(urgent('2'), classes),
      all(node('a'), node('b'), old('x', 'a', '1'), old('z', 'b', '2')),
    );
    expect(code).toBe(0);
    expect(pods).toEqual([
      {
        pod: 'shop/urgent-0',
        owner: 'Deployment/shop/urgent',
        verdict: 'placed',
        feasible: [],
        node: 'a',
        preempts: ['shop/x'],
        reason: '0/2 nodes are available: 2 Insufficient cpu. preemption: preempts shop/x on node a.',
      },
    ]);
  });

  test('preempts none where it need not', () => {
    const { pods } = scheduled(all(urgent('1'), classes), all(node('a'), node('b'), old('x', 'a', '2')));
    expect(pods).toEqual([expect.objectContaining({ node: 'b', feasible: ['b'], reason: '' })]);
    expect(pods[0]).not.toHaveProperty('preempts');
  });

  test('waits beside pods that are as important, also where a class or a number says so', () => {
    const waits = (more: string) =>
      scheduled(all(urgent('2'), classes), all(node('a'), old('x', 'a', '1', more), classes)).pods;
    for (const more of ['priority: 1000', 'priorityClassName: high', 'priorityClassName: system-node-critical'])
      expect(waits(more)).toMatchObject([
        { verdict: 'pending', reason: '0/1 nodes are available: 1 Insufficient cpu.' },
      ]);
    for (const more of ['priority: 999', 'priorityClassName: low', ''])
      expect(waits(more)).toMatchObject([{ verdict: 'placed', preempts: ['shop/x'] }]);
  });

  test('waits where its class or itself says that it preempts none', () => {
    for (const pod of ['priorityClassName: polite', 'priorityClassName: high, preemptionPolicy: Never'])
      expect(scheduled(all(urgent('2', pod), classes), all(node('a'), old('x', 'a', '1'))).pods).toMatchObject([
        {
          verdict: 'pending',
          reason:
            '0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.',
        },
      ]);
  });

  test('waits where the pods that go do not help', () => {
    const large = scheduled(all(urgent('3'), classes), all(node('a'), old('x', 'a', '1'))).pods;
    expect(large).toMatchObject([{ verdict: 'pending', node: null }]);
    const tainted = node('a', 'taints: [{ key: own, effect: NoSchedule }]');
    expect(short(scheduled(all(urgent('2'), classes), all(tainted, old('x', 'a', '1'))))).toEqual([
      'shop/urgent-0 pending null',
    ]);
  });

  test('leaves as many pods as it can, the most important and the oldest first', () => {
    const since = (name: string, cpu: string, hour: number, more = '') =>
      old(name, 'a', cpu, more).replace('status: {', `status: { startTime: '2026-01-01T0${hour}:00:00Z',`);
    const facts = all(
      node('a'),
      since('first', '1', 1),
      since('second', '500m', 2),
      since('small', '500m', 3, 'priority: 7'),
    );
    expect(scheduled(all(urgent('500m'), classes), facts).pods).toMatchObject([{ preempts: ['shop/second'] }]);
    expect(scheduled(all(urgent('1'), classes), facts).pods).toMatchObject([{ preempts: ['shop/first'] }]);
    expect(scheduled(all(urgent('1500m'), classes), facts).pods).toMatchObject([
      { preempts: ['shop/first', 'shop/second'] },
    ]);
  });

  test('frees a port or a place apart from another as well as CPU', () => {
    const port = (pod: string) =>
      pod.replace("image: 'a:1'", "image: 'a:1', ports: [{ containerPort: 80, hostPort: 80 }]");
    const facts = all(node('a'), port(old('x', 'a', '100m')));
    expect(scheduled(all(port(urgent('100m')), classes), facts).pods).toMatchObject([{ preempts: ['shop/x'] }]);
    const apart =
      'priorityClassName: high, affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: old } } }] } }';
    expect(scheduled(all(urgent('100m', apart), classes), all(node('a'), old('x', 'a', '100m'))).pods).toMatchObject([
      { preempts: ['shop/x'] },
    ]);
  });
});

test('a claim that one pod alone may use is free when that pod goes', () => {
  const storage = all(
    '{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: data, namespace: shop, annotations: { pv.kubernetes.io/bind-completed: "yes" } }, spec: { accessModes: [ReadWriteOncePod], volumeName: v, resources: { requests: { storage: 1Gi } } }, status: { phase: Bound } }',
    '{ apiVersion: v1, kind: PersistentVolume, metadata: { name: v }, spec: { accessModes: [ReadWriteOncePod], capacity: { storage: 1Gi }, claimRef: { namespace: shop, name: data } }, status: { phase: Bound } }',
  );
  const claiming = 'volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]';
  const facts = all(storage, node('a'), node('b'), old('x', 'a', '100m', claiming));
  expect(scheduled(all(urgent('100m', `priorityClassName: high, ${claiming}`), classes), facts).pods).toMatchObject([
    { verdict: 'placed', node: 'a', preempts: ['shop/x'], reason: expect.stringContaining('ReadWriteOncePod') },
  ]);
  expect(scheduled(all(urgent('100m', claiming), classes), facts).pods).toMatchObject([{ verdict: 'pending' }]);
});

describe('budgets', () => {
  const facts = all(node('a'), node('b'), old('x', 'a', '1'), old('z', 'b', '1'));
  const guarded = old('x', 'a', '1');
  const free = old('z', 'b', '1', 'priority: 900').replace('app: old', 'app: other');

  test('are kept where another node will do, though its pods are more important', () => {
    expect(
      scheduled(all(urgent('2'), classes, budget(0)), all(node('a'), node('b'), guarded, free)).pods,
    ).toMatchObject([{ node: 'b', preempts: ['shop/z'] }]);
    expect(
      scheduled(all(urgent('2'), classes, budget(1)), all(node('a'), node('b'), guarded, free)).pods,
    ).toMatchObject([{ node: 'a', preempts: ['shop/x'] }]);
  });

  test('say what the pods that run make them say where they have no status', () => {
    const others = all(node('a'), node('b'), guarded, free);
    expect(scheduled(all(urgent('2'), classes, budget(undefined, 1)), others).pods).toMatchObject([{ node: 'b' }]);
    expect(scheduled(all(urgent('2'), classes, budget(undefined, 0)), others).pods).toMatchObject([{ node: 'a' }]);
  });

  test('count the pods that have gone for those before', () => {
    const second = guarded.replace('name: x', 'name: w').replace('nodeName: a', 'nodeName: c');
    const others = all(node('a'), node('c'), node('b'), guarded, second, free);
    const manifests = all(urgent('2'), urgent('2').replaceAll('urgent', 'again'), classes);
    const preempted = (allowed: number) =>
      scheduled(all(manifests, budget(allowed)), others).pods.map(({ preempts }) => preempts);
    expect(preempted(1)).toEqual([['shop/x'], ['shop/z']]);
    expect(preempted(2)).toEqual([['shop/x'], ['shop/w']]);
  });

  test('do not count a pod again that the eviction API has counted', () => {
    const counted = budget(0).replace('disruptionsAllowed: 0', 'disruptionsAllowed: 0, disruptedPods: { x: then }');
    expect(scheduled(all(urgent('2'), classes, counted), all(node('a'), node('b'), guarded, free)).pods).toMatchObject([
      { node: 'a', preempts: ['shop/x'] },
    ]);
  });

  test('do not keep a pod waiting', () => {
    expect(scheduled(all(urgent('2'), classes, budget(0, 2)), facts).pods).toMatchObject([
      { verdict: 'placed', preempts: ['shop/x'] },
    ]);
  });
});

describe('pods that come later', () => {
  test('find what those have left that went before them', () => {
    const manifests = all(urgent('1500m'), workload('Deployment', 'late', '500m'), classes);
    const { pods } = scheduled(manifests, all(node('a'), old('x', 'a', '2', 'priorityClassName: low'), classes));
    expect(pods).toMatchObject([
      { pod: 'shop/urgent-0', verdict: 'placed', preempts: ['shop/x'] },
      { pod: 'shop/late-0', verdict: 'placed', feasible: ['a'], node: 'a' },
    ]);
  });

  test('wait where those before them need all', () => {
    const manifests = all(urgent('2'), workload('Deployment', 'late', '500m'), classes);
    const facts = all(node('a'), old('x', 'a', '1', 'priorityClassName: low'), classes);
    expect(short(scheduled(manifests, facts))).toEqual(['shop/urgent-0 placed a', 'shop/late-0 pending null']);
  });

  test('depend on which of them went', () => {
    const facts = all(node('a'), node('b', '', '3'), old('x', 'a', '2'), old('z', 'b', '3'));
    const manifests = all(urgent('2'), workload('Deployment', 'late', '1'), classes);
    expect(scheduled(manifests, facts).pods).toMatchObject([
      { pod: 'shop/urgent-0', verdict: 'placed', node: 'a', preempts: ['shop/x'] },
      { pod: 'shop/late-0', verdict: 'depends', node: null },
    ]);
  });

  test('go for none that is placed before them', () => {
    const manifests = all(urgent('2'), urgent('2').replaceAll('urgent', 'again'), classes);
    expect(short(scheduled(manifests, all(node('a'), old('x', 'a', '1'))))).toEqual([
      'shop/urgent-0 placed a',
      'shop/again-0 pending null',
    ]);
  });
});

test('what makes a pod anew that goes is named', () => {
  const owned = old(
    'x',
    'a',
    '1',
    '',
    'ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: old, uid: u, controller: true }]',
  );
  const { text, code } = run('schedule', file(all(urgent('2'), classes)), '--cluster', file(all(node('a'), owned)));
  expect([code, text.split('\n')[1]]).toEqual([
    0,
    expect.stringContaining('preempts shop/x on node a. StatefulSet/shop/old makes it anew, which is not followed.'),
  ]);
});

test('a DaemonSet makes room on its own node alone', () => {
  const facts = all(node('a'), node('b'), old('x', 'a', '2'), old('z', 'b', '1'));
  expect(scheduled(all(urgent('500m', 'priorityClassName: high', 'DaemonSet'), classes), facts).pods).toMatchObject([
    { pod: 'shop/urgent-a', node: 'a', preempts: ['shop/x'] },
    { pod: 'shop/urgent-b', node: 'b', feasible: ['b'] },
  ]);
});

test('a pod for which others end already preempts no more', () => {
  const ending = old('x', 'a', '1', '', "deletionTimestamp: '2026-01-01T00:00:00Z'").replace(
    'phase: Running',
    'phase: Running, conditions: [{ type: DisruptionTarget, status: "True", reason: PreemptionByScheduler }]',
  );
  const waiting =
    "{ apiVersion: v1, kind: Pod, metadata: { name: next, namespace: shop }, spec: { priority: 1000, containers: [{ name: a, image: 'a:1', resources: { requests: { cpu: '2' } } }] }, status: { phase: Pending, nominatedNodeName: a } }";
  const facts = all(node('a'), node('b'), ending, old('z', 'b', '1'));
  expect(scheduled(waiting, facts).pods).toMatchObject([
    {
      verdict: 'pending',
      reason: expect.stringContaining('not eligible due to a terminating pod on the nominated node.'),
    },
  ]);
  // One that is as important ends for something else.
  const important = all(
    node('a'),
    node('b'),
    ending.replace('containers:', 'priority: 1000, containers:'),
    old('z', 'b', '1'),
  );
  expect(scheduled(waiting, important).pods).toMatchObject([{ verdict: 'placed', preempts: ['shop/z'] }]);
  expect(scheduled(waiting.replace(', nominatedNodeName: a', ''), facts).pods).toMatchObject([{ verdict: 'placed' }]);
});

describe('where a node is lost or drained', () => {
  const owned = (kind: string, name: string) =>
    `ownerReferences: [{ apiVersion: apps/v1, kind: ${kind}, name: ${name}, uid: u, controller: true }]`;
  const important = old('db', 'a', '2', 'priority: 1000', owned('StatefulSet', 'db')).replace('app: old', 'app: db');
  const batch = old('batch', 'b', '1', '', owned('ReplicaSet', 'batch'));
  const rows = (what: string, ...more: string[]) =>
    JSON.parse(run(what, file(all(important, batch)), ...more, '--format', 'json').text) as {
      nodes: { pods: object[] }[];
      pods?: object[];
    };
  const facts = (...extra: string[]) => file(all(node('a'), node('b'), ...extra));

  test('what comes back may preempt others, which come back themselves or wait', () => {
    const { pods } = rows('lose', '--cluster', facts(node('c', '', '1')), '--node', 'a');
    expect(pods).toMatchObject([
      { pod: 'shop/db', verdict: 'back', to: 'b', reason: expect.stringContaining('preempts shop/batch on node b.') },
      { pod: 'shop/batch', verdict: 'back', to: 'c', reason: 'preempted by shop/db' },
    ]);
    const { code, text } = run('lose', file(all(important, batch)), '--cluster', facts(), '--node', 'a');
    expect([code, text]).toEqual([
      1,
      expect.stringMatching(/1 back, 1 waiting.*\n[^]*batch +waiting +- +preempted by shop\/db; 0\/1/),
    ]);
    const alone = batch.replace(/ownerReferences: \[.*?\], /, '');
    expect(run('lose', file(all(important, alone)), '--cluster', facts(), '--node', 'a').text).toMatch(
      /batch +gone +- +preempted by shop\/db; nothing makes it anew/,
    );
  });

  test('nothing makes a pod anew that its kubelet runs from a file', () => {
    const mirror = batch.replace('labels:', 'annotations: { kubernetes.io/config.mirror: x }, labels:');
    const found = run('lose', file(all(important, mirror)), '--cluster', facts(node('c', '', '1')), '--node', 'a');
    expect(found.text).toMatch(/batch +gone +- +preempted by shop\/db; nothing makes it anew/);
  });

  test('a drain tells of them, and is not smooth where one waits', () => {
    const drained = (...extra: string[]) =>
      run('drain', file(all(important, batch)), '--cluster', facts(...extra), '--node', 'a');
    expect(drained(node('c', '', '1'))).toMatchObject({
      text: expect.stringMatching(/shop\/batch +preempted +1 +c +preempted by shop\/db/),
    });
    expect(drained()).toMatchObject({ code: 1, text: expect.stringMatching(/shop\/batch +preempted +1 +- /) });
  });
});
