import { minorOf, nodesOf, ZONE, zonesOf } from '../../model/cluster';
import { aCluster } from './support';

const allocatable = { cpu: '2', memory: '4Gi' } as const;

test('the minor version is a number, so that 1.9 is older than 1.28', () => {
  expect(minorOf('1.28')).toBe(28);
  expect(minorOf('1.9')).toBeLessThan(minorOf('1.28'));
});

describe('the nodes', () => {
  const cluster = aCluster('c', {
    kubernetes: '1.35',
    pools: {
      general: { nodes: 3, zones: ['a', 'b'], labels: { disk: 'fast' }, allocatable: { ...allocatable, pods: 30 } },
      batch: { nodes: 1, taints: [{ key: 'workload', value: 'batch', effect: 'NoSchedule' }], allocatable },
    },
  });
  const nodes = nodesOf(cluster);

  test('are numbered in their pool, and dealt out to its zones in turn', () => {
    expect(nodes.map((node) => [node.metadata.name, node.metadata.labels[ZONE]])).toEqual([
      ['general-1', 'a'],
      ['general-2', 'b'],
      ['general-3', 'a'],
      ['batch-1', undefined],
    ]);
  });

  test("carry their pool's labels and taints, what they have to give, and the cluster's version", () => {
    expect(nodes[0]).toMatchObject({
      metadata: { labels: { disk: 'fast', 'kubernetes.io/hostname': 'general-1' } },
      spec: {},
      status: { allocatable: { cpu: '2', memory: '4Gi', pods: '30' }, nodeInfo: { kubeletVersion: 'v1.35.0' } },
    });
    expect(nodes[3]).toMatchObject({
      spec: { taints: [{ key: 'workload', value: 'batch', effect: 'NoSchedule' }] },
      status: { allocatable: { pods: '110' } },
    });
  });
});

describe('the zones that pods without tolerations are spread over', () => {
  test('are those of untainted nodes, each once, in order', () => {
    const cluster = aCluster('c', {
      pools: {
        one: { nodes: 2, zones: ['b', 'a'], allocatable },
        two: { nodes: 1, zones: ['a'], allocatable },
        tainted: { nodes: 1, zones: ['c'], taints: [{ key: 'spot', effect: 'NoSchedule' }], allocatable },
      },
    });
    expect(zonesOf(cluster)).toEqual(['a', 'b']);
  });

  test('are only those that a node stands in', () => {
    expect(zonesOf(aCluster('c', { pools: { one: { nodes: 1, zones: ['a', 'b', 'c'], allocatable } } }))).toEqual([
      'a',
    ]);
  });

  test('are none where no node carries one', () => {
    expect(zonesOf(aCluster('c', { pools: { one: { nodes: 3, allocatable } } }))).toEqual([]);
  });
});
