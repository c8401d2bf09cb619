import { Resource } from '../../../manifests/resource';
import { readNode } from '../../../simulate/scheduling/node';
import { readPod } from '../../../simulate/scheduling/pod';
import { scoresOf } from '../../../simulate/scheduling/scores';
import { ClusterState } from '../../../simulate/scheduling/state';

const HOSTNAME = 'kubernetes.io/hostname';
const node = (name: string) =>
  readNode(
    new Resource(
      {
        metadata: { name, labels: { [HOSTNAME]: name } },
        status: { allocatable: { cpu: '2', memory: '8Gi', pods: '110' } },
      },
      { file: '-', text: '' },
      0,
    ),
  );
const pod = (name: string, spec: object, app = 'web', metadata = {}) =>
  readPod(
    { metadata: { labels: { app }, ...metadata }, spec: { containers: [{}], ...spec } },
    { namespace: 'shop', name },
  );
const scores = (scored: ReturnType<typeof pod>, cluster: ClusterState) => scoresOf(scored, [...cluster.nodes], cluster);

test('a share of the largest score is rounded down', () => {
  const preferred = (weight: number, name: string) => ({
    weight,
    preference: { matchExpressions: [{ key: HOSTNAME, operator: 'In', values: [name] }] },
  });
  const nodeAffinity = { preferredDuringSchedulingIgnoredDuringExecution: [preferred(3, 'a'), preferred(2, 'b')] };
  const [a, b] = scores(pod('p', { affinity: { nodeAffinity } }), new ClusterState([node('a'), node('b')], new Map()));
  // 100 and 66 of 100, each with the weight 2.
  expect(a! - b!).toBe(68);
});

test('a pod that is stopping makes no node worse for one that is to be spread', () => {
  const constraint = {
    topologyKey: HOSTNAME,
    maxSkew: 1,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: { app: 'web' } },
  };
  const scored = (metadata: object) => {
    const cluster = new ClusterState([node('a'), node('b')], new Map());
    cluster.add(pod('web', {}, 'web', metadata), 'a');
    cluster.add(pod('db', {}, 'db'), 'b');
    const [a, b] = scores(pod('p', { topologySpreadConstraints: [constraint] }), cluster);
    return b! - a!;
  };
  expect(scored({})).toBeGreaterThan(0);
  expect(scored({ deletionTimestamp: '2026-01-01T00:00:00Z' })).toBe(0);
});
