import { all, file, node, run, running, scheduled, short, workload } from './support';

test('each pod has its owner, the nodes that take it, and one of them', () => {
  const { code, pods } = scheduled(workload('Deployment', 'web', '1500m', 'replicas: 2'), all(node('a'), node('b')));
  expect(code).toBe(0);
  expect(pods).toEqual([
    { pod: 'shop/web-0', owner: 'Deployment/shop/web', verdict: 'placed', feasible: ['a', 'b'], node: 'a', reason: '' },
    { pod: 'shop/web-1', owner: 'Deployment/shop/web', verdict: 'placed', feasible: ['b'], node: 'b', reason: '' },
  ]);
});

test('one that nobody takes is pending, in the words of the scheduler, and the exit code is 1', () => {
  const taint = 'taints: [{ key: workload, value: batch, effect: NoSchedule }]';
  const { code, pods } = scheduled(workload('Deployment', 'web', '3'), all(node('a'), node('b', taint, '8')));
  expect(code).toBe(1);
  expect(pods[0]).toMatchObject({
    verdict: 'pending',
    feasible: [],
    node: null,
    reason: '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {workload: batch}.',
  });
});

describe('what runs already', () => {
  test('takes room, unless it has ended or its node is not known', () => {
    const web = workload('Deployment', 'web', '1');
    expect(short(scheduled(web, all(node('a'), running('old', 'a', '1500m'))))).toEqual(['shop/web-0 pending null']);
    for (const phase of ['Succeeded', 'Failed'])
      expect(short(scheduled(web, all(node('a'), running('old', 'a', '1500m', phase))))).toEqual([
        'shop/web-0 placed a',
      ]);
    expect(short(scheduled(web, all(node('a'), running('old', 'gone', '1500m'))))).toEqual(['shop/web-0 placed a']);
  });
});

describe('the queue', () => {
  test('is by priority, then by the order of the manifests', () => {
    const classes = '{ apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: { name: high }, value: 1000 }';
    const web = workload('Deployment', 'web', '1');
    const api = workload('Deployment', 'api', '1');
    const first = workload('Deployment', 'first', '1', 'replicas: 1', 'priorityClassName: high');
    const system = workload('Deployment', 'dns', '1', 'replicas: 1', 'priorityClassName: system-cluster-critical');
    expect(scheduled(all(web, api, first, system, classes), node('a', '', '8')).pods.map(({ pod }) => pod)).toEqual([
      'shop/dns-0',
      'shop/first-0',
      'shop/web-0',
      'shop/api-0',
    ]);
  });

  test('has a class for all that name none', () => {
    const usual =
      '{ apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: { name: usual }, value: 10, globalDefault: true }';
    const low = '{ apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: { name: low }, value: 1 }';
    const late = workload('Deployment', 'late', '1', 'replicas: 1', 'priorityClassName: low');
    const pods = scheduled(all(late, workload('Deployment', 'web', '1'), usual, low), node('a', '', '8')).pods;
    expect(pods.map(({ pod }) => pod)).toEqual(['shop/web-0', 'shop/late-0']);
  });

  test('has a pod for each node that a DaemonSet means, and it fits on that one only', () => {
    const taint = 'taints: [{ key: gpu, effect: NoSchedule }]';
    const facts = all(node('a'), node('b'), node('c', taint), running('old', 'b', '1500m'));
    const { pods } = scheduled(workload('DaemonSet', 'agent', '1', 'updateStrategy: {}'), facts);
    expect(pods.map(({ pod, verdict, feasible }) => [pod, verdict, feasible])).toEqual([
      ['shop/agent-a', 'placed', ['a']],
      ['shop/agent-b', 'pending', []],
    ]);
  });

  test('has the pods of StatefulSets and Jobs, bare pods, and none of what has none or comes and goes', () => {
    const bare = running('bare', 'a', '100m').replace('nodeName: a, ', '');
    const manifests = all(
      workload('StatefulSet', 'db', '100m', 'replicas: 2'),
      workload('Job', 'report', '100m', 'parallelism: 2'),
      workload('Deployment', 'idle', '100m', 'replicas: 0'),
      workload('CronJob', 'nightly', '100m', "schedule: '0 0 * * *', jobTemplate: {}"),
      bare,
    );
    expect(scheduled(manifests, node('a')).pods.map(({ pod, owner }) => [pod, owner])).toEqual([
      ['shop/db-0', 'StatefulSet/shop/db'],
      ['shop/db-1', 'StatefulSet/shop/db'],
      ['shop/report-0', 'Job/shop/report'],
      ['shop/report-1', 'Job/shop/report'],
      ['shop/bare', null],
    ]);
  });

  test('has as many as an autoscaler keeps at least', () => {
    const hpa =
      '{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, minReplicas: 3, maxReplicas: 9 } }';
    expect(scheduled(all(workload('Deployment', 'web', '100m'), hpa), node('a')).pods).toHaveLength(3);
  });
});

test('people get a table, and how many of each there are', () => {
  const manifests = file(workload('Deployment', 'web', '1500m', 'replicas: 2'));
  expect(run('schedule', manifests, '--cluster', file(node('a'))).text.split('\n')).toEqual([
    'POD         VERDICT  FOR EXAMPLE  TAKEN BY  REASON',
    'shop/web-0  placed   a            a',
    'shop/web-1  pending  -            -         0/1 nodes are available: 1 Insufficient cpu.',
    '',
    '2 pods: 1 placed, 0 depend on choices, 1 pending',
  ]);
});

describe('what cannot be simulated is an error', () => {
  test('a cluster of which no node is known', () => {
    expect(() => run('schedule', file(workload('Deployment', 'web', '1')))).toThrow('needs to know the nodes');
  });
  test('something else than scheduling', () => {
    expect(() => run('weather', 'a.yaml')).toThrow('schedule');
  });
});
