import { all, file, node, planned, run, scheduled, workload } from './support';

interface Row {
  readonly pod: string;
  readonly verdict: string;
  readonly to: string | null;
}

const nodes = all(node('a'), node('b'), node('c'));
const pod = (name: string, on: string, owner: string, { labels = '', app = 'web', uid = true, status = '' } = {}) =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, namespace: shop, ${uid ? `uid: ${name}, ` : ''}labels: { app: ${app}, ${labels} }, ownerReferences: [{ apiVersion: v1, ${owner}, uid: u, controller: true }] }, spec: { nodeName: ${on}, containers: [{ name: a, image: 'a:1', resources: { requests: { cpu: 500m } } }] }, status: { phase: Running, conditions: [{ type: Ready, status: 'True' }], ${status} } }`;
const replicaSet =
  "{ apiVersion: apps/v1, kind: ReplicaSet, metadata: { name: web-5f, namespace: shop, uid: rs, labels: { app: web }, ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: d, controller: true }] }, spec: { replicas: 2, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: a, image: 'a:1' }] } } } }";
const ofReplicaSet = 'kind: ReplicaSet, name: web-5f';
const web = (replicas: number) => workload('Deployment', 'web', '500m', `replicas: ${replicas}`);
const two = all(pod('web-5f-x', 'a', ofReplicaSet), pod('web-5f-y', 'b', ofReplicaSet));

/** All pods that there are: those of nodes that are all lost at once. */
function present(manifests: string, facts: string): string[] {
  const options = ['a', 'b', 'c'].flatMap((name) => ['--node', name]);
  const { text } = run('lose', file(manifests), '--cluster', file(facts), '--format', 'json', ...options);
  return (JSON.parse(text) as { pods: Row[] }).pods.map((each) => each.pod).sort();
}

describe('a workload of manifests whose pods run in the cluster', () => {
  test('has those and no others, through its ReplicaSet as well', () => {
    expect(present(web(2), all(nodes, replicaSet, two))).toEqual(['shop/web-5f-x', 'shop/web-5f-y']);
  });

  test('has those that are missing besides', () => {
    expect(present(web(3), all(nodes, replicaSet, two))).toHaveLength(3);
    const ends = two.replace('name: web-5f-x,', "name: web-5f-x, deletionTimestamp: '2026-01-01T00:00:00Z',");
    expect(present(web(2), all(nodes, replicaSet, ends))).toHaveLength(3);
  });

  test('keeps what runs beyond what it asks for', () => {
    expect(present(web(1), all(nodes, replicaSet, two))).toEqual(['shop/web-5f-x', 'shop/web-5f-y']);
  });

  test('has the pods of a StatefulSet by their names', () => {
    const db = workload('StatefulSet', 'db', '500m', 'replicas: 3');
    const facts = all(nodes, pod('db-1', 'a', 'kind: StatefulSet, name: db', { app: 'db' }));
    expect(present(db, facts)).toEqual(['shop/db-0', 'shop/db-1', 'shop/db-2']);
  });

  test('has the pods of a DaemonSet by their nodes', () => {
    const agent = workload('DaemonSet', 'agent', '100m', 'minReadySeconds: 1');
    const facts = all(nodes, pod('agent-q', 'b', 'kind: DaemonSet, name: agent', { app: 'agent' }));
    expect(present(agent, facts)).toEqual(['shop/agent-a', 'shop/agent-c', 'shop/agent-q']);
  });

  test('has the pods of a Job, those that did their work too', () => {
    const job = workload('Job', 'load', '100m', 'parallelism: 2, completions: 2');
    const done = pod('load-x', 'a', 'kind: Job, name: load', { app: 'load' }).replace('Running', 'Succeeded');
    const runs = pod('load-y', 'b', 'kind: Job, name: load', { app: 'load' });
    expect(present(job, all(nodes, done, runs))).toEqual(['shop/load-x', 'shop/load-y']);
  });

  test('is counted once where the nodes are full, and where a rollout adds to it', () => {
    const { text } = planned('capacity', web(2), all(nodes, replicaSet, two), '--format', 'json');
    const loads = (JSON.parse(text) as { nodes: { resources: { resource: string; requested: unknown }[] }[] }).nodes;
    const pods = loads.flatMap(({ resources }) => resources.filter(({ resource }) => resource === 'pods'));
    expect(pods.map(({ requested }) => Number(requested))).toEqual([1, 1, 0]);
  });

  test('makes another revision beside them, where it is applied again', () => {
    expect(scheduled(web(2), all(nodes, replicaSet, two)).pods).toHaveLength(2);
  });
});

describe('pods whose ReplicaSet nobody shows', () => {
  const hash = { labels: 'pod-template-hash: 5f' };

  test('are those of the Deployment that it is called after, and whose selector they match', () => {
    const there = all(pod('web-5f-x', 'a', ofReplicaSet, hash), pod('web-5f-y', 'b', ofReplicaSet));
    expect(present(web(2), all(nodes, there))).toEqual(['shop/web-5f-x', 'shop/web-5f-y']);
  });

  test('are those of no Deployment that does not select them, or of which the name only begins alike', () => {
    const others = all(
      pod('web-5f-x', 'a', ofReplicaSet, { app: 'other' }),
      pod('web-5f-y', 'a', ofReplicaSet, { labels: 'pod-template-hash: 6f' }),
      pod('web-api-5f-z', 'b', 'kind: ReplicaSet, name: web-api-5f'),
    );
    expect(present(web(1), all(nodes, others))).toEqual([
      'shop/web-0',
      'shop/web-5f-x',
      'shop/web-5f-y',
      'shop/web-api-5f-z',
    ]);
  });
});

test('what was printed without uids has its pods beside it, too', () => {
  const bare = { uid: false };
  const deployment = all(
    web(2),
    replicaSet,
    pod('web-5f-x', 'a', ofReplicaSet, bare),
    pod('web-5f-y', 'b', ofReplicaSet, bare),
  );
  const db = workload('StatefulSet', 'db', '500m', 'replicas: 2');
  const set = all(db, pod('db-0', 'a', 'kind: StatefulSet, name: db', { ...bare, app: 'db' }));
  expect(present(deployment, nodes)).toEqual(['shop/web-5f-x', 'shop/web-5f-y']);
  expect(scheduled(deployment, nodes).pods).toEqual([]);
  expect(present(set, nodes)).toEqual(['shop/db-0', 'shop/db-1']);
  expect(scheduled(set, nodes).pods.map((each) => each.pod)).toEqual(['shop/db-1']);
});
