import { kind } from '../../clusters/kind';
import type { ClusterFacts } from '../../model/cluster-facts';
import { kindConfig } from '../../model/kind-config';
import { aCluster, refusal } from './support';

const allocatable = { cpu: '2', memory: '4Gi' } as const;
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';
const withPools = (pools: ClusterFacts['pools'], more: Partial<ClusterFacts> = {}) =>
  kindConfig(aCluster('lab', { kubernetes: '1.34', pools, ...more }));
/** The taints that the node gets by patches, by the configuration that is patched. */
const taintsOf = (node: object | undefined) =>
  ((node as { kubeadmConfigPatches?: string[] }).kubeadmConfigPatches ?? []).map((patch) => {
    const { kind: patched, nodeRegistration } = JSON.parse(patch) as {
      kind: string;
      nodeRegistration: { taints: object[] };
    };
    return [patched, nodeRegistration.taints];
  });

test('clusters/kind.ts is a control plane and three workers in three zones, one of them for batch work alone', () => {
  const { nodes, ...cluster } = kindConfig(kind);
  expect(cluster).toEqual({ apiVersion: 'kind.x-k8s.io/v1alpha4', kind: 'Cluster', name: 'kind' });
  expect(nodes.map(({ role, labels }: { role: string; labels?: object }) => [role, labels])).toEqual([
    ['control-plane', undefined],
    ['worker', { pool: 'general', 'topology.kubernetes.io/zone': 'a' }],
    ['worker', { pool: 'general', 'topology.kubernetes.io/zone': 'b' }],
    ['worker', { pool: 'batch', 'topology.kubernetes.io/zone': 'c' }],
  ]);
  expect(nodes.map(taintsOf)).toEqual([
    [],
    [],
    [],
    [['JoinConfiguration', [{ key: 'workload', value: 'batch', effect: 'NoSchedule' }]]],
  ]);
  expect(new Set(nodes.map(({ image }) => image))).toEqual(new Set([`kindest/node:v${kind.kubernetes}.0`]));
});

test('a cluster whose facts name no control plane gets one beside its nodes', () => {
  const { nodes } = withPools({ all: { nodes: 2, allocatable } });
  expect(nodes.map(({ role }) => role)).toEqual(['control-plane', 'worker', 'worker']);
  expect(nodes[0]!.image).toBe('kindest/node:v1.34.0');
});

describe('a control plane', () => {
  const control = (taints?: ClusterFacts['pools'][string]['taints']) =>
    withPools({
      control: { nodes: 3, labels: { [CONTROL_PLANE]: '', disk: 'fast' }, allocatable, ...(taints ? { taints } : {}) },
      all: { nodes: 1, allocatable },
    }).nodes[0];

  test('with its usual taint needs no patch, and its role is no label', () => {
    expect(control([{ key: CONTROL_PLANE, effect: 'NoSchedule' }])).toEqual({
      role: 'control-plane',
      image: 'kindest/node:v1.34.0',
      labels: { disk: 'fast' },
    });
  });

  test('that takes any pod loses the taint that kubeadm would give it, the first one and those that join', () => {
    expect(taintsOf(control())).toEqual([
      ['InitConfiguration', []],
      ['JoinConfiguration', []],
    ]);
  });

  test('with another taint has that one', () => {
    const taint = { key: 'own', value: 'yes', effect: 'NoExecute' } as const;
    expect(taintsOf(control([taint]))).toEqual([
      ['InitConfiguration', [taint]],
      ['JoinConfiguration', [taint]],
    ]);
  });
});

test("another network plugin than kind's own leaves the place free for it", () => {
  const pools = { all: { nodes: 1, allocatable } };
  expect(withPools(pools, { network: { plugin: 'calico', enforcesPolicies: true } }).networking).toEqual({
    disableDefaultCNI: true,
  });
  expect(withPools(pools, { network: { plugin: 'kindnet', enforcesPolicies: true } })).not.toHaveProperty('networking');
});

test.each(['node-role.kubernetes.io/worker', 'example.kubernetes.io/team', 'k8s.io/x'])(
  'the label %s, which no kubelet may set, is refused: kind would wait for the node for ever',
  (label) => {
    const error = refusal(() => withPools({ all: { nodes: 1, labels: { [label]: 'x' }, allocatable } }));
    expect(error.place).toBe(`clusters/lab.ts, pools, label ${label}`);
    expect(error.fixes).toHaveLength(2);
  },
);

test.each([
  'pool',
  'example.com/pool',
  'notkubernetes.io/x',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/region',
])('the label %s is set', (label) => {
  const { nodes } = withPools({ all: { nodes: 1, labels: { [label]: 'x' }, allocatable } });
  expect((nodes[1] as { labels?: object }).labels).toEqual({ [label]: 'x' });
});
