import { all, file, node, planned as planOf, workload } from './support';

const planned = (manifests: string, facts: string, ...options: string[]) =>
  planOf('capacity', manifests, facts, ...options);
const json = (manifests: string, facts: string, ...options: string[]) =>
  JSON.parse(planned(manifests, facts, '--format', 'json', ...options).text);
/** `without a, the fullest node of a: 1 of Deployment/shop/web`, for what waits in each scenario. */
const scenarios = (manifests: string, facts: string) =>
  json(manifests, facts).scenarios.map(
    ({ what, waiting }: { what: string; waiting: { controller: string; pods: number }[] }) =>
      `${what}: ${waiting.map(({ controller, pods }) => `${pods} of ${controller}`).join(', ') || 'none'}`,
  );
const inZone = (name: string, zone: string) =>
  node(name).replace('labels: {', `labels: { topology.kubernetes.io/zone: ${zone},`);
const hpa = (most: number) =>
  `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { minReplicas: 2, maxReplicas: ${most}, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web } } }`;
const nodes = all(node('a-1'), node('a-2'));

describe('how full nodes are', () => {
  test('as a table with a bar for each resource', () => {
    const { code, text } = planned(workload('Deployment', 'web', '500m', 'replicas: 2'), nodes);
    const [head, first] = text.split('\n');
    expect(head).toMatch(/^NODE +POOL +ZONE +CPU +MEMORY +PODS$/);
    expect(first).toMatch(/^a-1 +a +- +###\.{7} 500m of 2 +\.{10} 0 of 8Gi +#\.{9} 1 of 110$/);
    expect(text).toMatch(/\na +2 +3 of 4 +16Gi of 16Gi +1500m cpu, 8Gi memory\n/);
    expect(code).toBe(0);
  });
  test('pools by the labels of clouds, else by name', () => {
    const labelled = node('ip-10-0-0-7').replace('labels: {', 'labels: { eks.amazonaws.com/nodegroup: general,');
    const found = json(workload('Deployment', 'web', '1'), all(labelled, node('batch-1'), node('batch-2')));
    expect(found.pools.map(({ pool, nodes: n }: { pool: string; nodes: number }) => [pool, n])).toEqual([
      ['general', 1],
      ['batch', 2],
    ]);
  });
  test('a node that takes no new pods has no room', () => {
    const ill = 'taints: [{ key: node.kubernetes.io/not-ready, effect: NoExecute }]';
    const facts = all(node('a-1'), node('a-2', 'unschedulable: true'), node('a-3', ill));
    const { text } = planned(workload('Deployment', 'web', '500m'), facts);
    expect(text).toMatch(/^a-2 \(closed\)/m);
    expect(text).toMatch(/^a-3 \(closed\)/m);
    expect(text).toMatch(/^a +3 +1500m of 2 /m);
  });
  test('a node whose name is a number is a pool of its own', () => {
    const found = json(workload('Deployment', 'web', '1'), all(node("'10'"), node("'11'")));
    expect(found.pools.map(({ pool }: { pool: string }) => pool)).toEqual(['10', '11']);
  });
  test('the largest pod that fits is one for the emptiest node of a pool', () => {
    const found = json(workload('Deployment', 'web', '500m'), nodes);
    expect(found.pools[0].largestPod).toMatchObject({ cpu: '2' });
  });
  test('in Markdown, where a cell cannot end early', () => {
    const { text } = planned(workload('Deployment', 'web', '3'), nodes, '--format', 'markdown');
    expect(text).toContain(
      '| WHAT IF | PODS THAT WAIT | REASON |\n| --- | --- | --- |\n| as it is | 1 of Deployment/shop/web |',
    );
  });
});

describe('what there is room for', () => {
  test('without the fullest node, and without a zone', () => {
    const web = workload('Deployment', 'web', '1500m', 'replicas: 2, strategy: { type: Recreate }');
    expect(scenarios(web, all(inZone('a-1', 'one'), inZone('a-2', 'two'), inZone('b-1', 'two')))).toEqual([
      'as it is: none',
      'without a-1, the fullest node of a: none',
      'without b-1, the fullest node of b: none',
      'without zone one: none',
      'without zone two: 1 of Deployment/shop/web',
    ]);
  });
  test('the only node and the only zone are not taken away: nothing would be left', () => {
    const web = workload('Deployment', 'web', '500m', 'strategy: { type: Recreate }, replicas: 1');
    expect(scenarios(web, inZone('a-1', 'one'))).toEqual(['as it is: none']);
  });
  test('with autoscalers at their maximum, and rollouts besides', () => {
    const web = (most: number) => all(workload('Deployment', 'web', '500m'), hpa(most));
    const last = (most: number) => scenarios(web(most), nodes).slice(-2);
    expect(last(7)).toEqual([
      'every autoscaler at its maximum: none',
      'and every Deployment in a rollout: 1 of Deployment/shop/web',
    ]);
    expect(last(10)).toEqual([
      'every autoscaler at its maximum: 2 of Deployment/shop/web',
      'and every Deployment in a rollout: 5 of Deployment/shop/web',
    ]);
  });
  test('a Deployment without an autoscaler surges, too; one that recreates does not', () => {
    const web = (more: string) => workload('Deployment', 'web', '1500m', `replicas: 2${more}`);
    expect(scenarios(web(''), nodes).at(-1)).toBe('every Deployment in a rollout: 1 of Deployment/shop/web');
    expect(scenarios(web(', strategy: { type: Recreate }'), nodes)).toHaveLength(2);
  });
  test('pods of a live cluster count, and are not made twice', () => {
    const running = [1, 2].map(
      (n) =>
        `{ apiVersion: v1, kind: Pod, metadata: { name: web-5d9-abcd${n}, namespace: shop, uid: u${n}, ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web-5d9, uid: r, controller: true }] }, spec: { nodeName: a-${n}, containers: [{ name: web, image: 'shop/web:1.0.0', resources: { requests: { cpu: '1' } } }] }, status: { phase: Running } }`,
    );
    const live = (more: string) =>
      all(
        `{ apiVersion: apps/v1, kind: ReplicaSet, metadata: { name: web-5d9, namespace: shop, uid: r, ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: d, controller: true }] }, spec: { replicas: 2, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'shop/web:1.0.0' }] } } } }`,
        workload('Deployment', 'web', '1', 'replicas: 2').replace('namespace: shop', 'namespace: shop, uid: d'),
        hpa(4),
        ...running,
        more,
      );
    const expected = [
      'every autoscaler at its maximum: none',
      'and every Deployment in a rollout: 1 of Deployment/shop/web',
    ];
    expect(scenarios(live(nodes), nodes).slice(-2)).toEqual(expected);
    // One that has ended is made anew.
    const ended = running[0]!.replace('abcd1', 'abcd3').replace('uid: u1', 'uid: u3').replace('Running', 'Failed');
    expect(scenarios(live(all(nodes, ended)), nodes).slice(-2)).toEqual(expected);
  });
  test('the exit code says whether pods wait somewhere', () =>
    expect(planned(workload('Deployment', 'web', '1500m', 'replicas: 3'), nodes).code).toBe(1));
});

describe('what is used', () => {
  const web = all(workload('Deployment', 'web', '500m', 'replicas: 2'), workload('StatefulSet', 'db', '100m'));
  const use = (text: string) => json(web, nodes, '--top', file(text));

  test('the mean and the most of the pods of each controller, known by their names', () => {
    const found = use(
      'NAMESPACE   NAME                   CPU(cores)   MEMORY(bytes)\nshop        web-5d9c7b8f4-x2x4z    100m         64Mi\nshop        web-5d9c7b8f4-9qw8z    300m         32Mi\nshop        db-0   150m  10Mi\nother  web-5d9c7b8f4-x2x4z 1 1Gi\nshop web-admin-5d9c7b8f4-x2x4z 1m 1Mi\n',
    );
    expect(found.use).toEqual([
      {
        controller: 'Deployment/shop/web',
        pods: 2,
        resources: [
          { resource: 'cpu', requested: '500m', most: '300m', mean: '200m' },
          { resource: 'memory', requested: '0', most: '64Mi', mean: '48Mi' },
        ],
      },
      expect.objectContaining({ controller: 'StatefulSet/shop/db', pods: 1 }),
    ]);
    expect(found.unknownPods).toEqual(['other/web-5d9c7b8f4-x2x4z', 'shop/web-admin-5d9c7b8f4-x2x4z']);
  });
  test('memory to the nearest mebibyte', () => {
    const found = use(
      'NAMESPACE NAME CPU(cores) MEMORY(bytes)\nshop web-5d9c7b8f4-x2x4z 1m 64Mi\nshop web-5d9c7b8f4-9qw8z 1m 33Mi\n',
    );
    expect(found.use[0].resources[1].mean).toBe('49Mi');
  });
  test('containers of a pod together', () => {
    const found = use('NAMESPACE POD NAME CPU(cores) MEMORY(bytes)\nshop db-0 db 100m 10Mi\nshop db-0 proxy 20m 5Mi\n');
    expect(found.use[0].resources.map(({ most }: { most: string }) => most)).toEqual(['120m', '15Mi']);
  });
  test('the difference in words', () => {
    const top = file(
      'NAMESPACE NAME CPU(cores) MEMORY(bytes)\nshop web-5d9c7b8f4-x2x4z 100m 64Mi\nshop db-0 150m 10Mi\n',
    );
    const { text } = planned(web, nodes, '--top', top);
    expect(text).toMatch(
      /Deployment\/shop\/web +1 +500m +100m, at most 100m +400m more than used +0 +.*nothing is asked for/,
    );
    expect(text).toMatch(/StatefulSet\/shop\/db +1 +100m +150m, at most 150m +50m less than used/);
  });
  test.each([
    ['NAME CPU(cores) MEMORY(bytes)\nweb 1m 1Mi\n', 1],
    ['', 1],
    ['\nNAMESPACE NAME CPU(cores) MEMORY(bytes)\nshop web-0 1m\n', 3],
    ['NAMESPACE NAME CPU(cores) MEMORY(bytes)\nshop web-0 <unknown> 1Mi\n', 2],
    ['NAMESPACE NAME CPU(cores) MEMORY(bytes)\nshop web-0 -5m 1Mi\n', 2],
  ])('what kubectl does not print so: %j', (text, line) => {
    const path = file(text);
    expect(() => planned(web, nodes, '--top', path)).toThrow(`${path}:${line}`);
  });
});

test('what it cannot be printed as, and clusters without nodes', () => {
  expect(() => planned(workload('Deployment', 'web', '1'), nodes, '--format', 'sh')).toThrow(
    '--format sh: is not one that strata plan capacity has\n  fix: write one of text, json, markdown',
  );
  const none = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
  expect(() => planned(workload('Deployment', 'web', '1'), none)).toThrow('needs to know the nodes of the cluster');
});
