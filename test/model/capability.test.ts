import { cloud } from '../../clusters/cloud';
import { kind } from '../../clusters/kind';
import { shared } from '../../clusters/shared';
import type { Capability } from '../../model/capability';
import { capabilities } from '../../model/capability';
import type { ClusterFacts } from '../../model/cluster-facts';
import { aCluster } from './support';

const has = (capability: Capability, facts: Partial<ClusterFacts>) => capabilities[capability].on(aCluster('c', facts));
const pool = (facts: object) => ({ nodes: 2, allocatable: { cpu: '1', memory: '1Gi' }, ...facts }) as const;
const storage = { name: 's', provisioner: 'p', binding: 'Immediate', reclaim: 'Delete', expandable: false } as const;

test.each<[Capability, Partial<ClusterFacts>, Partial<ClusterFacts>]>([
  ['resource-metrics', { resourceMetrics: true }, { resourceMetrics: false }],
  [
    'policy-enforcement',
    { network: { plugin: 'p', enforcesPolicies: true } },
    { network: { plugin: 'p', enforcesPolicies: false } },
  ],
  ['zones', { pools: { a: pool({ zones: ['x', 'y'] }) } }, { pools: { a: pool({ zones: ['x'] }) } }],
  ['volumes', { storage: [{ ...storage, isDefault: true }] }, { storage: [storage] }],
  ['native-sidecars', { kubernetes: '1.29' }, { kubernetes: '1.28' }],
  ['baseline-namespaces', { podSecurity: 'baseline' }, { podSecurity: 'restricted' }],
  ['privileged-namespaces', { podSecurity: 'privileged' }, { podSecurity: 'baseline' }],
])('%s follows from the facts of the cluster', (capability, facts, without) => {
  expect(has(capability, facts)).toBe(true);
  expect(has(capability, without)).toBe(false);
});

test('zones behind a taint are none that pods without tolerations can use', () => {
  const tainted = pool({ zones: ['x', 'y'], taints: [{ key: 'spot', effect: 'NoSchedule' }] });
  expect(has('zones', { pools: { a: tainted, b: pool({ zones: ['x'] }) } })).toBe(false);
});

test('each cluster provides what its comment says', () => {
  const provided = (cluster: typeof kind | typeof shared | typeof cloud) =>
    (Object.keys(capabilities) as Capability[]).filter((name) => capabilities[name].on(cluster));
  expect(provided(kind)).not.toContain('resource-metrics');
  expect(provided(kind)).toContain('baseline-namespaces');
  expect(provided(shared)).not.toContain('baseline-namespaces');
  for (const cluster of [shared, cloud])
    expect(provided(cluster)).toEqual(
      expect.arrayContaining(['resource-metrics', 'policy-enforcement', 'zones', 'volumes']),
    );
});
