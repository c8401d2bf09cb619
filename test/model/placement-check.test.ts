import { kind } from '../../clusters/kind';
import type { Cluster } from '../../model/cluster';
import type { Placement } from '../../model/placement';
import { checkPlacement, onPool } from '../../model/placement-check';
import { aCluster, refusal } from './support';

const allocatable = { cpu: '2', memory: '4Gi' } as const;
const refused = (placement: Placement, cluster: Cluster = kind) =>
  refusal(() => checkPlacement('dev@kind, web.placement', placement, cluster));

describe('accepted is', () => {
  test.each<[string, Placement]>([
    ['nothing at all', {}],
    ['a label that a pool has', { requires: { pool: 'general' } }],
    ['a label with several values, one of which will do', { requires: { 'topology.kubernetes.io/zone': ['b', 'c'] } }],
    ['a zone', { requires: { 'topology.kubernetes.io/zone': 'b' } }],
    [
      'a preference with any weight from 1 to 100',
      {
        prefers: [
          { label: ['pool', 'general'], weight: 1 },
          { label: ['pool', 'batch'], weight: 100 },
        ],
      },
    ],
    [
      'a pool behind a taint that is tolerated',
      { requires: { pool: 'batch' }, tolerates: [{ key: 'workload', value: 'batch', effect: 'NoSchedule' }] },
    ],
  ])('%s', (_what, placement) => expect(() => checkPlacement('p', placement, kind)).not.toThrow());

  test('a pool whose taint only advises', () => {
    const cluster = aCluster('c', {
      pools: {
        soft: {
          nodes: 1,
          labels: { pool: 'soft' },
          taints: [{ key: 'spot', effect: 'PreferNoSchedule' }],
          allocatable,
        },
      },
    });
    expect(() => checkPlacement('p', { requires: { pool: 'soft' } }, cluster)).not.toThrow();
  });
});

describe('refused, with the two ways to mend it, is', () => {
  test.each<[string, Placement]>([
    ['required', { requires: { pool: 'generl' } }],
    ['preferred', { prefers: [{ label: ['pool', 'generl'], weight: 10 }] }],
  ])('a %s label that no pool carries', (_how, placement) => {
    const error = refused(placement);
    expect(error.place).toBe('dev@kind, web.placement');
    expect(error.found).toBe('no pool of cluster kind carries the label pool=generl');
    expect(error.fixes).toEqual([
      expect.stringContaining('did you mean pool=general?'),
      'give a pool this label in clusters/kind.ts',
    ]);
  });

  test('a label that no pool carries, among several that will do', () => {
    expect(refused({ requires: { 'topology.kubernetes.io/zone': ['a', 'z'] } }).found).toContain(
      'topology.kubernetes.io/zone=z',
    );
  });

  test('a label that a pool carries with another value', () => {
    expect(refused({ requires: { 'topology.kubernetes.io/zone': 'z' } }).found).toContain(
      'topology.kubernetes.io/zone=z',
    );
  });

  test('a taint that no pool has', () => {
    const error = refused({ tolerates: [{ key: 'workload', value: 'bacth', effect: 'NoSchedule' }] });
    expect(error.found).toBe('no pool of cluster kind has the taint workload=bacth:NoSchedule');
    expect(error.fixes).toEqual([
      expect.stringContaining('workload=batch:NoSchedule'),
      'give a pool this taint in clusters/kind.ts',
    ]);
  });

  test('a taint that a pool has with another effect', () => {
    expect(refused({ tolerates: [{ key: 'workload', value: 'batch', effect: 'NoExecute' }] }).found).toContain(
      'workload=batch:NoExecute',
    );
  });

  test('any toleration where no pool is tainted', () => {
    expect(refused({ tolerates: [{ key: 'a', effect: 'NoSchedule' }] }, aCluster('c')).fixes[0]).toContain(
      'known: none',
    );
  });

  test.each([0, 101, -1, 1.5, Number.NaN])('the weight %d', (weight) => {
    const error = refused({ prefers: [{ label: ['pool', 'general'], weight }] });
    expect(error.found).toContain(`the weight ${weight} `);
    expect(error.fixes).toHaveLength(2);
  });

  test.each<[string, Placement]>([
    ['a pool whose taint is not tolerated', { requires: { pool: 'batch' } }],
    [
      'a pool whose label has an empty value, and whose taint is not tolerated',
      { requires: { 'node-role.kubernetes.io/control-plane': '' } },
    ],
    ['a label with no value that will do', { requires: { pool: [] } }],
    ['labels of two pools at once', { requires: { pool: 'general', 'topology.kubernetes.io/zone': 'c' } }],
  ])('what no node satisfies: %s', (_what, placement) => {
    const error = refused(placement);
    expect(error.found).toContain(JSON.stringify(placement.requires));
    expect(error.fixes).toEqual([expect.stringContaining('tolerate'), 'require fewer labels']);
  });

  test('nothing at all, where every pool has a taint', () => {
    const cluster = aCluster('c', {
      pools: { spot: { nodes: 1, taints: [{ key: 'spot', effect: 'NoSchedule' }], allocatable } },
    });
    expect(refused({}, cluster).found).toContain('no node of cluster c');
  });

  test('replicas that must keep apart over zones, where no node has one', () => {
    const cluster = aCluster('c', { pools: { general: { nodes: 2, allocatable } } });
    expect(refused({ apart: { over: 'zone', strength: 'required' } }, cluster).found).toContain('zone');
  });
});

describe('onPool', () => {
  test('requires the labels of the pool and tolerates its taints, which is a placement that is accepted', () => {
    const placement = onPool(kind, 'batch');
    expect(placement).toEqual({
      requires: { pool: 'batch' },
      tolerates: [{ key: 'workload', value: 'batch', effect: 'NoSchedule' }],
    });
    for (const pool of Object.keys(kind.pools) as (keyof typeof kind.pools)[])
      expect(() => checkPlacement('p', onPool(kind, pool), kind)).not.toThrow();
  });

  test.each([
    ['has no labels', undefined],
    ['has an empty set of labels', {}],
  ])('refuses a pool that %s: the pods could run anywhere', (_what, labels) => {
    const cluster = aCluster('c', { pools: { bare: { nodes: 1, allocatable, ...(labels ? { labels } : {}) } } });
    const error = refusal(() => onPool(cluster, 'bare'));
    expect(error.place).toBe('cluster c, pool bare');
    expect(error.fixes).toEqual(['give the pool a label of its own in clusters/c.ts', expect.any(String)]);
  });

  test('refuses a pool whose labels another pool has as well: the pods could run there', () => {
    const cluster = aCluster('c', {
      pools: {
        small: { nodes: 1, labels: { pool: 'x' }, allocatable },
        large: { nodes: 1, labels: { pool: 'x', size: 'large' }, allocatable },
      },
    });
    expect(refusal(() => onPool(cluster, 'small')).found).toContain('large');
    expect(onPool(cluster, 'large')).toEqual({ requires: { pool: 'x', size: 'large' } });
  });
});
