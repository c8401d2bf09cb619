import { all, file, node, run, running, scheduled, short, workload } from './support';

const critical = (name: string, priorityClassName: string) =>
  workload('Deployment', name, '100m', 'replicas: 1', `priorityClassName: ${priorityClassName}`);

test('what nodes need comes before what the cluster needs, and that before the rest', () => {
  const manifests = all(
    workload('Deployment', 'web', '100m'),
    critical('dns', 'system-cluster-critical'),
    critical('network', 'system-node-critical'),
  );
  expect(short(scheduled(manifests, node('a')))).toEqual([
    'shop/network-0 placed a',
    'shop/dns-0 placed a',
    'shop/web-0 placed a',
  ]);
});

describe('a RuntimeClass', () => {
  const runtime = (more: string) =>
    `{ apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: { name: sandbox }, handler: sandbox, ${more} }`;
  const boxed = workload('Deployment', 'web', '1500m', 'replicas: 1', 'runtimeClassName: sandbox');
  const tainted = node('a', 'taints: [{ key: sandbox, effect: NoSchedule }]');
  const labelled = node('a').replace('labels: {', 'labels: { sandbox: only,');

  test('has pods tolerate taints', () => {
    expect(short(scheduled(all(boxed, runtime('')), tainted))).toEqual(['shop/web-0 pending null']);
    const tolerating = runtime('scheduling: { tolerations: [{ key: sandbox, operator: Exists }] }');
    expect(short(scheduled(all(boxed, tolerating), tainted))).toEqual(['shop/web-0 placed a']);
  });

  test('holds pods to nodes', () => {
    const selecting = runtime('scheduling: { nodeSelector: { sandbox: only } }');
    expect(scheduled(all(boxed, selecting), all(node('b'), labelled)).pods).toMatchObject([{ feasible: ['a'] }]);
  });

  test('adds what the sandbox takes, and not to pods that say it themselves', () => {
    const heavy = runtime("overhead: { podFixed: { cpu: '1' } }");
    expect(short(scheduled(all(boxed, heavy), node('a')))).toEqual(['shop/web-0 pending null']);
    const stated = boxed.replace('runtimeClassName', 'overhead: { cpu: 100m }, runtimeClassName');
    expect(short(scheduled(all(stated, heavy), node('a')))).toEqual(['shop/web-0 placed a']);
  });
});

test('a DaemonSet runs on cordoned nodes, and on those that have taints for their condition alone', () => {
  const agent = workload('DaemonSet', 'agent', '100m', 'minReadySeconds: 1');
  const nodes = all(
    node('cordoned', 'unschedulable: true'),
    node('full', 'taints: [{ key: node.kubernetes.io/disk-pressure, effect: NoSchedule }]'),
    node('own', 'taints: [{ key: team, effect: NoSchedule }]'),
  );
  expect(short(scheduled(agent, nodes))).toEqual([
    'shop/agent-cordoned placed cordoned',
    'shop/agent-full placed full',
  ]);
  expect(short(scheduled(workload('Deployment', 'web', '100m'), nodes))).toEqual(['shop/web-0 pending null']);
});

test('the pods of a StatefulSet have their number for a label', () => {
  const apart = (label: string) =>
    workload(
      'StatefulSet',
      'db',
      '100m',
      'replicas: 3',
      `affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { ${label} } } }] } }`,
    );
  const away = ['placed', 'pending', 'pending'];
  const verdicts = (label: string) => scheduled(apart(label), node('a')).pods.map(({ verdict }) => verdict);
  expect(verdicts("apps.kubernetes.io/pod-index: '0'")).toEqual(away);
  expect(verdicts('statefulset.kubernetes.io/pod-name: db-0')).toEqual(away);
  expect(verdicts("apps.kubernetes.io/pod-index: '7'")).toEqual(['placed', 'placed', 'placed']);
});

test('objects that name no namespace are where they are applied to', () => {
  const web = workload('Deployment', 'web', '100m').replace(', namespace: shop', '');
  const { text } = run('schedule', file(web), '--cluster', file(node('a')), '--namespace', 'team', '--format', 'json');
  expect(JSON.parse(text).pods).toMatchObject([{ pod: 'team/web-0', owner: 'Deployment/team/web' }]);
});

test('what cannot be read is told, and the exit code says so', () => {
  const manifests = file(all(workload('Deployment', 'web', '100m'), '{ kind: ['));
  for (const what of ['schedule', 'drain', 'lose']) {
    const nodes = what === 'schedule' ? [] : ['--node', 'a'];
    const { code, errors } = run(what, manifests, '--cluster', file(all(node('a'), node('b'))), ...nodes);
    expect([code, errors]).toEqual([2, expect.stringMatching(/\.yaml:\d+:\d+: /)]);
  }
});

test('four nodes are named, and more are counted', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const takenBy = (count: number) =>
    run(
      'schedule',
      file(workload('Deployment', 'web', '100m')),
      '--cluster',
      file(all(...names.slice(0, count).map((name) => node(name)))),
    ).text.split('\n')[1];
  expect(takenBy(4)).toBe('shop/web-0  placed   a            a, b, c, d');
  expect(takenBy(5)).toBe('shop/web-0  placed   a            5 nodes');
});

test('what runs on a node is seen by those that come, though nodes are alike otherwise', () => {
  const manifests = all(workload('Deployment', 'big', '1500m'), workload('Deployment', 'small', '800m'));
  expect(short(scheduled(manifests, all(node('a'), node('b'), running('old', 'b', '1'))))).toEqual([
    'shop/big-0 placed a',
    'shop/small-0 placed b',
  ]);
});

test('nodes that labels or taints alone tell apart are not alike to pods that ask for them', () => {
  const loose =
    'topologySpreadConstraints: [{ maxSkew: 9, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: {} }]';
  const first = (pod: string) => workload('Deployment', 'first', '1600m', 'replicas: 1', `${pod}${loose}`);
  const second = (pod: string) => workload('Deployment', 'second', '1600m', 'replicas: 1', `${pod}, ${loose}`);
  const said = ['shop/first-0 placed a', 'shop/second-0 depends b'];
  const labelled = node('b').replace('labels: {', 'labels: { disk: ssd,');
  expect(short(scheduled(all(first(''), second('nodeSelector: { disk: ssd }')), all(node('a'), labelled)))).toEqual(
    said,
  );
  const tolerant = 'tolerations: [{ key: team, operator: Exists }], ';
  const tainted = node('a', 'taints: [{ key: team, effect: NoSchedule }]');
  expect(short(scheduled(all(first(tolerant), second('enableServiceLinks: false')), all(tainted, node('b'))))).toEqual(
    said,
  );
});
