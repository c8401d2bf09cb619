import fc from 'fast-check';
import { Resource } from '../../../manifests/resource';
import { judgeNodes, unavailability } from '../../../simulate/scheduling/filter';
import { readNode } from '../../../simulate/scheduling/node';
import { readPod } from '../../../simulate/scheduling/pod';
import { ClusterState } from '../../../simulate/scheduling/state';
import { casesOf } from '../../oracle/scheduler-cases';

const node = (name: string, more: object = {}, spec: object = {}) =>
  readNode(
    new Resource(
      {
        metadata: { name, labels: { 'kubernetes.io/hostname': name } },
        spec,
        status: { allocatable: { cpu: '2', memory: '4Gi', pods: '110', ...more } },
      },
      { file: '-', text: '' },
      0,
    ),
  );
const pod = (name: string, spec: object = {}) =>
  readPod({ metadata: { labels: { app: 'web' } }, spec: { containers: [], ...spec } }, { namespace: 'shop', name });
const asking = (cpu: string) => ({ containers: [{ resources: { requests: { cpu } } }] });
const reasonsOf = (verdicts: ReturnType<typeof judgeNodes>) =>
  [...verdicts.values()].map((refusal) => refusal?.reasons);

test('a pod that goes leaves the cluster as it was before it came', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
      const { nodes, pods, pod: next } = casesOf(seed)();
      const named = (json: object) => (json as { metadata: { name: string; namespace: string } }).metadata;
      const state = new ClusterState(
        nodes.map((json) => readNode(new Resource(json, { file: '-', text: '' }, 0))),
        new Map(),
      );
      const read = pods.map((json) => readPod(json, named(json)));
      for (const each of read.slice(1)) state.place(each, each.nodeName!);
      const asked = readPod(next, named(next));
      const before = reasonsOf(judgeNodes(asked, state));
      const [first] = read;
      if (!first) return;
      state.place(first, first.nodeName!);
      state.remove(first, first.nodeName!);
      expect(reasonsOf(judgeNodes(asked, state))).toEqual(before);
    }),
    { numRuns: 60 },
  );
});

test('what is not there cannot go, and nothing comes to a node that there is not', () => {
  const state = new ClusterState([node('a')], new Map());
  expect(() => state.remove(pod('web-1'), 'a')).toThrow('shop/web-1 is not on a');
  expect(() => state.place(pod('web-1'), 'b')).toThrow('there is no node b');
});

test('the reasons are counted in the words of the scheduler', () => {
  const state = new ClusterState(
    [
      node('a'),
      node('b', { cpu: '1' }),
      node('c', { cpu: '1' }),
      node('d', {}, { taints: [{ key: 'workload', value: 'batch', effect: 'NoSchedule' }] }),
    ],
    new Map(),
  );
  state.place(pod('first', asking('1500m')), 'a');
  const verdicts = judgeNodes(pod('second', asking('1500m')), state);
  expect(unavailability(verdicts.values())).toBe(
    '0/4 nodes are available: 1 node(s) had untolerated taint {workload: batch}, 3 Insufficient cpu.',
  );
  expect([...verdicts.values()].map((refusal) => refusal?.preemptible)).toEqual([true, false, false, false]);
});

test('where there is no node there is no reason to count', () => {
  expect(unavailability([])).toBe('no nodes available to schedule pods');
});

test('a namespace selector follows the documentation where the scheduler of 1.35 does not', () => {
  const away = (namespaceSelector: object) =>
    pod('second', {
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: 'kubernetes.io/hostname', labelSelector: {}, namespaceSelector },
          ],
        },
      },
    });
  const state = new ClusterState([node('a')], new Map([['shop', { team: 'a' }]]));
  state.place(pod('first'), 'a');
  const notIn = (values: string[]) => ({ matchExpressions: [{ key: 'team', operator: 'NotIn', values }] });
  expect(reasonsOf(judgeNodes(away(notIn(['a'])), state))).toEqual([undefined]);
  expect(reasonsOf(judgeNodes(away(notIn(['b'])), state))).toEqual([["node(s) didn't match pod anti-affinity rules"]]);
  // Every namespace has its name as a label, also one of which nothing else is known.
  expect(reasonsOf(judgeNodes(away({ matchLabels: { 'kubernetes.io/metadata.name': 'shop' } }), state))).toHaveLength(
    1,
  );
});
