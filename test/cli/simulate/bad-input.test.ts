import { all, file, node, refused, run, running, short, workload } from './support';

const web = workload('Deployment', 'web', '1');
const schedule = (manifests: string, facts: string) => () => run('schedule', file(manifests), '--cluster', file(facts));
const budget = (spec: string) =>
  `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: web, namespace: shop }, spec: { ${spec} } }`;

describe('what no cluster can have is one error, with its place', () => {
  test('nodes and pods of one name that differ', () => {
    expect(schedule(web, all(node('a'), node('a', '', '4')))).toThrow(
      /\.yaml:3:\d+: Node\/a metadata\.name: there are two of this name, and they differ/,
    );
    expect(schedule(web, all(node('a'), running('old', 'a', '1'), running('old', 'a', '2')))).toThrow(
      'Pod/shop/old metadata.name: there are two',
    );
    expect(schedule(all(web, workload('Deployment', 'web', '2')), node('a'))).toThrow('Deployment/shop/web');
  });

  test('a budget that says both what must stay and what may go', () =>
    expect(schedule(all(web, budget('minAvailable: 1, maxUnavailable: 1')), node('a'))).toThrow(
      'PodDisruptionBudget/shop/web spec: Invalid value: minAvailable and maxUnavailable cannot be both set',
    ));

  test('sizes of nodes that are negative or in no unit, and a node without a name', () => {
    expect(schedule(web, node('a', '', '-2'))).toThrow('Node/a status.allocatable.cpu: Invalid value: "-2"');
    expect(schedule(web, node('a').replace('8Gi', '8 GB'))).toThrow('Node/a status.allocatable.memory');
    expect(schedule(web, node('a').replace('name: a, ', ''))).toThrow('a node needs a name');
  });

  test.each([
    ['cpu of a pod that is negative', workload('Deployment', 'web', '-1'), 'resources.requests.cpu'],
    ['cpu of a pod in no unit', workload('StatefulSet', 'web', 'one core'), 'resources.requests.cpu'],
    [
      'memory of an init container in no unit',
      workload(
        'Job',
        'web',
        '1',
        'parallelism: 1',
        'initContainers: [{ name: b, image: b, resources: { requests: { memory: 1 GB } } }]',
      ),
      'initContainers[0].resources.requests.memory',
    ],
    ['pods that are less than none', workload('Deployment', 'web', '1', 'replicas: -1'), 'spec.replicas'],
    [
      'a strategy that may neither add nor remove a pod',
      workload('Deployment', 'web', '1', 'strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } }'),
      'spec.strategy.rollingUpdate.maxUnavailable',
    ],
    [
      'a DaemonSet that adds and removes at once',
      workload('DaemonSet', 'web', '1', 'updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } }'),
      'spec.updateStrategy.rollingUpdate.maxSurge',
    ],
    [
      'an own selector that cannot be read',
      workload('Deployment', 'web', '1').replace(
        'selector: { matchLabels: { app: web } }',
        'selector: { matchExpressions: [{ key: app, operator: Inn, values: [web] }] }',
      ),
      'spec.selector.matchExpressions[0].operator',
    ],
    ['half a pod', workload('StatefulSet', 'web', '1', 'replicas: 1.5'), 'spec.replicas'],
    ['more pods than any cluster has', workload('Deployment', 'web', '1', 'replicas: 1000000000'), 'no cluster has'],
    [
      'an operator of node affinity that there is not',
      workload(
        'Deployment',
        'web',
        '1',
        'replicas: 1',
        'affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: disk, operator: Is, values: [ssd] }] }] } } }',
      ),
      'matchExpressions[0].operator',
    ],
    [
      'an operator of a selector of pods that there is not',
      workload(
        'Deployment',
        'web',
        '1',
        'replicas: 1',
        'affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: zone, labelSelector: { matchExpressions: [{ key: app, operator: in, values: [web] }] } }] } }',
      ),
      'labelSelector.matchExpressions[0].operator',
    ],
    [
      'a selector of spread without values',
      workload(
        'Deployment',
        'web',
        '1',
        'replicas: 1',
        'topologySpreadConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: { matchExpressions: [{ key: app, operator: In }] } }]',
      ),
      'matchExpressions[0].values',
    ],
    ['a bound of a budget that is no number', all(web, budget('maxUnavailable: some')), 'spec.maxUnavailable'],
    [
      'a selector of a budget that cannot be parsed',
      all(web, budget("selector: { matchLabels: { 'a b': c } }")),
      'spec.selector.matchLabels',
    ],
  ])('%s', (_, manifests, place) => {
    expect(schedule(manifests, node('a'))).toThrow(place);
  });

  test('how many volumes a node takes is a whole number', () => {
    const csi =
      '{ apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: { name: a }, spec: { drivers: [{ name: x, nodeID: a, allocatable: { count: 1.5 } }] } }';
    expect(schedule(web, all(node('a'), csi))).toThrow('CSINode/a spec.drivers[0].allocatable.count');
  });

  test('what is declared beside the manifests counts as they do', () => {
    const declared = ['--cluster', file(node('a')), '--declare', file(budget('minAvailable: half'))];
    expect(refused('drain', file(web), ...declared, '--all')).toEqual([expect.stringContaining('spec.minAvailable')]);
  });

  test('several are shown, each with its place', () => {
    const shown = refused('drain', file(web), '--cluster', file(all(node('a', '', '-2'), node('b', '', 'x'))), '--all');
    expect(shown).toEqual([
      expect.stringMatching(/\.yaml:1:\d+: Node\/a status\.allocatable\.cpu: Invalid value: "-2"/),
      expect.stringMatching(/\.yaml:3:\d+: Node\/b status\.allocatable\.cpu: /),
      expect.stringContaining('2 errors'),
    ]);
  });
});

describe('what does not matter to a simulation is no error', () => {
  test('what is left out, what labels are called, and selectors of controllers', () => {
    const manifests = workload('Job', 'load', '1', 'parallelism: 1').replaceAll("image: 'a:1', ", '');
    expect(run('schedule', file(manifests), '--cluster', file(node('a'))).code).toBe(0);
    const labelled = web.replaceAll('app: web', "'a b': web");
    expect(run('schedule', file(labelled), '--cluster', file(node('a'))).code).toBe(0);
  });

  test('what else containers say', () => {
    const odd = web.replaceAll("image: 'a:1'", "image: 'a:1', imagePullPolicy: Sometimes");
    expect(run('schedule', file(odd), '--cluster', file(node('a'))).code).toBe(0);
  });

  test('a node of which nobody said what it has: it takes nothing', () => {
    const bare = '{ apiVersion: v1, kind: Node, metadata: { name: a } }';
    expect(JSON.parse(run('schedule', file(web), '--cluster', file(bare), '--format', 'json').text).pods).toMatchObject(
      [{ verdict: 'pending', reason: '0/1 nodes are available: 1 Insufficient cpu, 1 Too many pods.' }],
    );
  });

  test('the same object twice', () => {
    const facts = all(node('a'), node('a'), running('old', 'a', '1500m'), running('old', 'a', '1500m'));
    const agent = workload('DaemonSet', 'agent', '100m', 'minReadySeconds: 1');
    const { pods } = JSON.parse(
      run('schedule', file(all(agent, agent, web)), '--cluster', file(facts), '--format', 'json').text,
    );
    expect(short({ pods })).toEqual(['shop/agent-a placed a', 'shop/web-0 pending null']);
  });

  test('a workload of which the cluster has another version', () => {
    const facts = all(node('a'), workload('Deployment', 'web', '4'));
    expect(run('schedule', file(web), '--cluster', file(facts)).code).toBe(0);
  });

  test('manifests without pods', () => {
    const settings = '{ apiVersion: v1, kind: ConfigMap, metadata: { name: c } }';
    expect(run('schedule', file(settings), '--cluster', file(node('a'))).text).toBe(
      '0 pods: 0 placed, 0 depend on choices, 0 pending',
    );
  });
});

describe('pods on nodes that are not known', () => {
  const facts = file(all(node('a'), running('old', 'b', '2'), running('older', 'b', '2'), running('new', 'c', '2')));

  test('are told of by node, and left out; the exit code says so', () => {
    const { code, text, errors } = run('schedule', file(web), '--cluster', facts, '--format', 'json');
    expect([code, short(JSON.parse(text))]).toEqual([2, ['shop/web-0 placed a']]);
    expect(errors.split('\n')).toEqual([
      expect.stringMatching(/:3:\d+: Pod\/shop\/old and 1 other run on b, which is not among the nodes of the cluster/),
      expect.stringMatching(/:7:\d+: Pod\/shop\/new runs on c, which is not/),
    ]);
    for (const what of ['drain', 'lose']) expect(run(what, file(web), '--cluster', facts, '--node', 'a').code).toBe(2);
  });

  test('do not matter when they have ended', () => {
    const ended = all(node('a'), running('old', 'b', '2', 'Succeeded'));
    expect(run('schedule', file(web), '--cluster', file(ended))).toMatchObject({ code: 0, errors: '' });
  });
});
