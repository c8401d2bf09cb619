import { all, node, quota, rolling, rollout, rollouts, short, workload } from './support';

const two = all(node('a'), node('b'));

/** A pod that stands in the cluster, of the ReplicaSet of Deployment web. */
const pod = (name: string, { on = '', ready = 'True', cpu = '500m' } = {}) =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, namespace: shop, uid: ${name}, labels: { app: web, pod-template-hash: old }, ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web-old, uid: r, controller: true }] }, spec: { ${on && `nodeName: ${on}, `}containers: [{ name: a, image: 'a:1', resources: { requests: { cpu: ${cpu} } } }] }, status: { phase: ${on ? 'Running' : 'Pending'}, conditions: [{ type: Ready, status: '${on ? ready : 'False'}' }] } }`;
const replicaSet =
  '{ apiVersion: apps/v1, kind: ReplicaSet, metadata: { name: web-old, namespace: shop, uid: r, ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: d, controller: true }] }, spec: { replicas: 2, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: a }] } } } }';
const printed = (spec: string, replicas = 2) =>
  workload({ replicas, spec }).replace('namespace: shop', 'namespace: shop, uid: d');

describe('a Deployment whose pods stand in the cluster', () => {
  test('begins where they are', () => {
    const live = all(printed(rolling(1, 0)), replicaSet, pod('one', { on: 'a' }), pod('two', { on: 'a' }));
    expect(rollouts(live, two).map(short)).toEqual(['finishes: 2 new']);
    const full = all(printed(rolling(1, 0)), replicaSet, ...['a', 'b'].map((on) => pod(on, { on, cpu: '2' })));
    // Both nodes are full, though a new pod asks for less than the old ones.
    expect(rollouts(full, two).map(short)).toEqual(['stalls: 2 old, 1 new pending']);
  });

  test('old pods that are not ready go first, as nobody misses them', () => {
    const live = all(
      printed(rolling(0, 1)),
      replicaSet,
      pod('one', { on: 'a' }),
      pod('two', { on: 'b', ready: 'False' }),
    );
    const found = rollout(live, two, true);
    expect(short(found)).toBe('stalls: 1 old, 1 new unready');
    expect(found.lowest).toBe(1);
    expect(short(rollout(live, two))).toBe('finishes: 2 new');
  });

  test('manifests stand for what runs under their name: the old pods are those of the cluster', () => {
    const facts = all(two, printed(''), replicaSet, ...['a', 'b'].map((on) => pod(on, { on, cpu: '2' })));
    expect(rollouts(workload({ replicas: 2, spec: rolling(1, 0) }), facts).map(short)).toEqual([
      'stalls: 2 old, 1 new pending',
    ]);
  });

  test('pods of the namespace that stand count for the quota', () => {
    const live = all(quota('pods: 2'), printed(rolling(1, 0), 1), replicaSet, pod('one', { on: 'a' }));
    const other =
      "{ apiVersion: v1, kind: Pod, metadata: { name: other, namespace: shop, uid: o }, spec: { nodeName: b, containers: [{ name: a, image: 'a:1' }] }, status: { phase: Running } }";
    expect(short(rollout(live, two))).toBe('finishes: 1 new');
    expect(rollout(all(live, other), two)).toMatchObject({
      verdict: 'stalls',
      reason: 'exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2',
    });
    expect(short(rollout(all(live, other.replace('Running', 'Succeeded')), two))).toBe('finishes: 1 new');
  });
});
