import { all, file, node, run, short, workload } from './support';

/** As a running cluster prints it: pods with their owners, all with a uid. */
const owner = (kind: string, name: string) =>
  `ownerReferences: [{ apiVersion: apps/v1, kind: ${kind}, name: ${name}, uid: u-${name}, controller: true }]`;
const pod = (name: string, owned: string, spec: string, status: string, cpu = '500m') =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, namespace: shop, uid: ${name}, resourceVersion: '1', labels: { app: web }, ${owned} }, spec: { ${spec}, containers: [{ name: a, image: 'a:1', resources: { requests: { cpu: ${cpu} } } }] }, status: { ${status} } }`;
const template =
  "replicas: 2, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: a, image: 'a:1', resources: { requests: { cpu: 500m } } }] } }";
const controllers = [
  `{ apiVersion: apps/v1, kind: ReplicaSet, metadata: { name: web-1, namespace: shop, uid: r, resourceVersion: '1', ${owner('Deployment', 'web')} }, spec: { ${template} } }`,
  `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web, namespace: shop, uid: d, resourceVersion: '1' }, spec: { ${template} } }`,
];
const budget =
  "{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: web, namespace: shop, uid: b, resourceVersion: '1' }, spec: { maxUnavailable: 1, selector: { matchLabels: { app: web } } } }";
const nodes = ['a', 'b'].map((name) =>
  node(name).replace('metadata: {', "metadata: { uid: node, resourceVersion: '1',"),
);
const ready = "phase: Running, conditions: [{ type: Ready, status: 'True' }]";
const pods = [
  pod('web-1-x', owner('ReplicaSet', 'web-1'), 'nodeName: a', ready),
  pod('web-1-y', owner('ReplicaSet', 'web-1'), 'nodeName: b', ready),
];
const list = (...items: readonly string[]) => `{ apiVersion: v1, kind: List, items: [${items.join(', ')}] }`;

const schedule = (...args: string[]) => JSON.parse(run('schedule', ...args, '--format', 'json').text);
function drain(...args: string[]) {
  const { code, text } = run('drain', ...args, '--format', 'json');
  const found = JSON.parse(text) as {
    nodes: { verdict: string; down: string[]; pods: { pod: string; verdict: string; to: string }[] }[];
  };
  return {
    code,
    short: found.nodes.map(({ verdict, pods: each, down }) => [
      verdict,
      ...each.map(({ pod: name, verdict: does, to }) => `${name} ${does} ${to}`),
      ...down,
    ]),
  };
}

test.each([
  ['as the manifests', (dump: string) => [dump]],
  ['as the manifests and as the cluster', (dump: string) => [dump, '--cluster', dump]],
])('a dump of a cluster, given %s, is each pod and each budget once', (_, args) => {
  const dump = file(list(...nodes, ...pods, ...controllers, budget));
  expect(drain(...args(dump), '--node', 'a')).toEqual({
    code: 0,
    short: [['drained', 'shop/web-1-x evicted b']],
  });
  expect(schedule(...args(dump)).pods).toEqual([]);
});

test('workloads of a cluster have their pods, though those are told of with its nodes', () => {
  const facts = file(list(...nodes, ...pods));
  const workloads = file(list(...controllers));
  expect(schedule(workloads, '--cluster', facts).pods).toEqual([]);
  expect(drain(workloads, '--cluster', facts, '--node', 'a').short).toEqual([['drained', 'shop/web-1-x evicted b']]);
});

test('the pods of a Deployment are not those of its ReplicaSet as well', () => {
  expect(short(schedule(file(list(...controllers)), '--cluster', file(all(...nodes))))).toEqual([
    'shop/web-0 placed a',
    'shop/web-1 placed b',
  ]);
});

test('a pod that waits has its Deployment for an owner', () => {
  const waits = pod('web-1-z', owner('ReplicaSet', 'web-1'), 'priority: 0', 'phase: Pending', '4');
  const bare = pod('bare', '', 'priority: 0', 'phase: Pending', '4');
  expect(schedule(file(list(...nodes, ...pods, waits, bare, ...controllers))).pods).toMatchObject([
    { pod: 'shop/web-1-z', owner: 'Deployment/shop/web', verdict: 'pending' },
    { pod: 'shop/bare', owner: null, verdict: 'pending' },
  ]);
});

test('a pod that is applied again, and runs, is where it runs', () => {
  const applied = pod('web-1-x', '', 'priority: 0', '').replace("uid: web-1-x, resourceVersion: '1', ", '');
  const facts = file(all(...nodes, pods[0]!));
  expect(schedule(file(applied), '--cluster', facts).pods).toEqual([]);
  expect(drain(file(applied), '--cluster', facts, '--node', 'a').short).toEqual([
    ['drained', 'shop/web-1-x evicted b', 'ReplicaSet/shop/web-1'],
  ]);
});

test('nobody misses what had ended, or what a kubelet ran from a file', () => {
  const ended = pod('done', owner('Job', 'load'), 'nodeName: a', 'phase: Succeeded');
  const mirror = pod('api-a', owner('Node', 'a'), 'nodeName: a', ready).replace(
    'labels: {',
    'annotations: { kubernetes.io/config.mirror: x }, labels: {',
  );
  const dump = file(list(...nodes, ended, mirror));
  expect(drain(dump, '--node', 'a').short).toEqual([['drained', 'shop/done evicted null', 'shop/api-a left null']]);
  const { code, text } = run('lose', dump, '--node', 'a', '--format', 'json');
  expect([code, JSON.parse(text)]).toMatchObject([0, { down: [] }]);
});

test('a Job has no more pods than have to complete, and none while it is suspended', () => {
  const job = (spec: string) =>
    `{ apiVersion: batch/v1, kind: Job, metadata: { name: load, namespace: shop }, spec: { ${spec}, template: { spec: { restartPolicy: Never, containers: [{ name: a, image: 'a:1' }] } } } }`;
  const count = (spec: string) => schedule(file(job(spec)), '--cluster', file(all(...nodes))).pods.length;
  expect(['parallelism: 3', 'parallelism: 3, completions: 2', 'completions: 5', 'suspend: true'].map(count)).toEqual([
    3, 2, 1, 0,
  ]);
});

test('where every node is lost, none is left to schedule to', () => {
  const { text } = run(
    'lose',
    file(list(...nodes, ...pods, ...controllers)),
    '--node',
    'a',
    '--node',
    'b',
    '--format',
    'json',
  );
  expect(JSON.parse(text).pods).toMatchObject(
    pods.map(() => ({ verdict: 'waiting', reason: 'no nodes available to schedule pods' })),
  );
});

test('nodes among the manifests are those of the cluster, also one document after the other as `strata facts` writes them', () => {
  const dump = file(all(...nodes, ...pods, ...controllers).replaceAll(", resourceVersion: '1'", ''));
  expect(drain(dump, '--node', 'a').code).toBe(
    drain(file(list(...nodes, ...pods, ...controllers)), '--node', 'a').code,
  );
  expect(short(schedule(file(all(...nodes, workload('Deployment', 'web', '1')))))).toEqual(['shop/web-0 placed a']);
});
