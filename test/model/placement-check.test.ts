import { kind } from '../../clusters/kind';
import type { Cluster } from '../../model/cluster';
import type { Placement } from '../../model/placement';
import { checkPlacement, onPool, placedOn } from '../../model/placement-check';
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
    [
      'every operator on labels that pools have',
      {
        matches: [
          { key: 'pool', operator: 'NotIn', values: ['batch'] },
          { key: 'pool', operator: 'Exists' },
          { key: 'node-role.kubernetes.io/control-plane', operator: 'DoesNotExist' },
        ],
      },
    ],
    [
      'a preference of several expressions that one node satisfies',
      {
        prefers: [
          {
            matches: [
              { key: 'pool', operator: 'In', values: ['general'] },
              { key: 'topology.kubernetes.io/zone', operator: 'NotIn', values: ['a'] },
            ],
            weight: 1,
          },
        ],
      },
    ],
    ['a toleration of every value', { tolerates: [{ key: 'workload', effect: 'NoSchedule' }] }],
    ['a toleration of every effect', { tolerates: [{ key: 'workload', value: 'batch' }] }],
    ['a toleration of every taint', { tolerates: [{ operator: 'Exists' }] }],
    [
      'a taint that Kubernetes puts on a node that is lost',
      { tolerates: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', seconds: 30 }] },
    ],
    [
      'a spread over nodes and zones',
      {
        spread: [
          { over: 'node', strength: 'required', maxSkew: 2 },
          { over: 'zone', strength: 'preferred' },
        ],
      },
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
    expect(error.found).toContain(`its weight ${weight} is not a whole number from 1 to 100`);
    expect(error.fixes).toHaveLength(2);
  });

  test.each<[string, Placement, string, string]>([
    [
      'a label that exists nowhere',
      { matches: [{ key: 'pol', operator: 'Exists' }] },
      'carries the label pol',
      'did you mean pool?',
    ],
    [
      'a label that shall not exist, and is a typo',
      { matches: [{ key: 'node-role.kubernetes.io/control-plan', operator: 'DoesNotExist' }] },
      'carries the label node-role.kubernetes.io/control-plan',
      'did you mean node-role.kubernetes.io/control-plane?',
    ],
    [
      'a value to keep away from that no node has',
      { matches: [{ key: 'pool', operator: 'NotIn', values: ['bacth'] }] },
      'carries the label pool=bacth',
      'did you mean pool=batch?',
    ],
    [
      'a number where no node has one',
      { matches: [{ key: 'pool', operator: 'Gt', value: 3 }] },
      'has a whole number as pool, which Gt compares',
      'use a label that a pool has',
    ],
    [
      'a preferred label that exists nowhere',
      { prefers: [{ matches: [{ key: 'pol', operator: 'Exists' }], weight: 5 }] },
      'carries the label pol',
      'did you mean pool?',
    ],
  ])('%s', (_what, placement, found, fix) => {
    const error = refused(placement);
    expect(error.found).toBe(`no pool of cluster kind ${found}`);
    expect(error.fixes[0]).toContain(fix);
  });

  test('what no node satisfies by its expressions', () => {
    const matches = [{ key: 'pool', operator: 'NotIn', values: ['general', 'batch'] }] as const;
    expect(refused({ matches }).found).toContain(JSON.stringify({ matches }));
  });

  test('a preference that no node satisfies', () => {
    const matches = [
      { key: 'pool', operator: 'In', values: ['general'] },
      { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['c'] },
    ] as const;
    const error = refused({ prefers: [{ matches, weight: 1 }] });
    expect(error.found).toContain('which no node of cluster kind satisfies');
    expect(error.fixes).toHaveLength(2);
  });

  test('a spread over zones, where no node that may run the pods has one', () => {
    const cluster = aCluster('c', { pools: { general: { nodes: 2, allocatable } } });
    expect(refused({ spread: [{ over: 'zone', strength: 'preferred' }] }, cluster).found).toContain(
      'spreads pods over zones, and no node of cluster c',
    );
  });

  test.each<[string, unknown, string]>([
    ['a field that there is not', { require: {} }, 'require is not one of requires, matches'],
    ['an operator that there is not', { matches: [{ key: 'pool', operator: 'in', values: ['a'] }] }, 'in matches'],
    ['In without values', { matches: [{ key: 'pool', operator: 'In', values: [] }] }, 'in matches'],
    ['Exists with values', { matches: [{ key: 'pool', operator: 'Exists', values: ['a'] }] }, 'in matches'],
    ['Gt with a string', { matches: [{ key: 'pool', operator: 'Gt', value: '3' }] }, 'in matches'],
    ['Gt with half a number', { matches: [{ key: 'pool', operator: 'Gt', value: 3.5 }] }, 'in matches'],
    ['a preference of nothing', { prefers: [{ weight: 1 }] }, 'in prefers'],
    ['a preference of no expression', { prefers: [{ weight: 1, matches: [] }] }, 'without an expression'],
    [
      'seconds of an effect that evicts nobody',
      { tolerates: [{ key: 'workload', effect: 'NoSchedule', seconds: 3 }] },
      'NoExecute',
    ],
    ['seconds of every effect', { tolerates: [{ key: 'workload', seconds: 3 }] }, 'NoExecute'],
    ['half a second', { tolerates: [{ key: 'workload', effect: 'NoExecute', seconds: 0.5 }] }, 'its seconds are not'],
    [
      'Exists with a value',
      { tolerates: [{ key: 'workload', operator: 'Exists', value: 'batch' }] },
      'Exists takes every',
    ],
    ['Equal without a key', { tolerates: [{ operator: 'Equal', value: 'batch' }] }, 'without a key'],
    ['an effect that there is not', { tolerates: [{ key: 'workload', effect: 'NoRun' }] }, 'its effect is not'],
    ['no domain', { spread: [{ over: 'node', strength: 'required', minDomains: 0 }] }, 'its minDomains is not'],
    [
      'domains for a spread that is preferred',
      { spread: [{ over: 'node', strength: 'preferred', minDomains: 2 }] },
      "minDomains is for strength 'required' alone",
    ],
    ['a skew of 0', { spread: [{ over: 'node', strength: 'required', maxSkew: 0 }] }, 'its maxSkew is not'],
    ['a spread over racks', { spread: [{ over: 'rack', strength: 'required' }] }, 'in spread'],
    [
      'two spreads of one kind',
      {
        spread: [
          { over: 'node', strength: 'required' },
          { over: 'node', strength: 'required', maxSkew: 2 },
        ],
      },
      'spreads twice, required over nodes',
    ],
    ['pods apart over racks', { apart: { over: 'rack', strength: 'required' } }, 'apart is'],
    ['a list', [], 'not a placement'],
  ])('%s', (_what, placement, found) => {
    const error = refused(placement as Placement);
    expect(error.found).toContain(found);
    expect(error.fixes).toHaveLength(2);
  });

  test.each<[string, Placement]>([
    ['a pool whose taint is not tolerated', { requires: { pool: 'batch' } }],
    [
      'a pool whose label has an empty value, and whose taint is not tolerated',
      { requires: { 'node-role.kubernetes.io/control-plane': '' } },
    ],
    ['labels of two pools at once', { requires: { pool: 'general', 'topology.kubernetes.io/zone': 'c' } }],
  ])('what no node satisfies: %s', (_what, placement) => {
    const error = refused(placement);
    expect(error.found).toContain(JSON.stringify(placement.requires));
    expect(error.fixes).toEqual([expect.stringContaining('tolerate'), 'require fewer labels']);
  });

  test('a label with no value that will do', () => {
    expect(refused({ requires: { pool: [] } }).found).toContain('no value of pool');
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

describe('placedOn', () => {
  test('is the placement, which the cluster can take', () => {
    const placement = {
      matches: [{ key: 'pool', operator: 'NotIn', values: ['batch'] }],
      tolerates: [{ key: 'workload', effect: 'NoSchedule' }],
    } as const;
    expect(placedOn(kind, placement)).toEqual(placement);
  });

  test('refuses what no node can satisfy, at once', () => {
    expect(refusal(() => placedOn(kind, { requires: { pool: 'batch' } })).place).toBe('cluster kind, placement');
  });

  test('does not compile with a label or a taint that the cluster does not have', () => {
    // @ts-expect-error: kind's pools have no such label
    expect(() => placedOn(kind, { matches: [{ key: 'pol', operator: 'Exists' }] })).toThrow();
    // @ts-expect-error: it is a label of another cluster
    expect(() => placedOn(kind, { requires: { 'node.example.com/pool': 'spot' } })).toThrow();
    // @ts-expect-error: kind's pools have no such taint
    expect(() => placedOn(kind, { tolerates: [{ key: 'spot', effect: 'NoSchedule' }] })).toThrow();
    // @ts-expect-error: Exists has no values
    expect(() => placedOn(kind, { matches: [{ key: 'pool', operator: 'Exists', values: ['a'] }] })).toThrow();
  });
});

describe('a spread over more domains than there are', () => {
  const spread = (minDomains: number, maxSkew: number) =>
    ({ spread: [{ over: 'zone', strength: 'required', minDomains, maxSkew }] }) as const;
  const found = (placement: Placement, pods: number) => refusal(() => checkPlacement('p', placement, kind, pods)).found;

  test('takes as many pods in each as the skew allows', () => {
    // The zones a and b, whose nodes have no taint.
    expect(found(spread(3, 1), 3)).toContain(
      'spreads 3 pods over at least 3 zones, and only 2 of cluster kind may run them, 1 pod each: the others would wait for ever',
    );
    expect(() => checkPlacement('p', spread(3, 1), kind, 2)).not.toThrow();
    expect(() => checkPlacement('p', spread(3, 2), kind, 4)).not.toThrow();
    expect(found(spread(3, 2), 5)).toContain('2 pods each');
    expect(() => checkPlacement('p', spread(2, 1), kind, 9)).not.toThrow();
  });
});

test('a taint that no pool has, tolerated for a time: somebody adds it', () => {
  const tolerates = (seconds?: number): Placement => ({
    tolerates: [{ key: 'maintenance', effect: 'NoExecute', ...(seconds === undefined ? {} : { seconds }) }],
  });
  expect(() => checkPlacement('p', tolerates(60), kind)).not.toThrow();
  expect(refused(tolerates()).found).toContain('no pool of cluster kind has the taint maintenance:NoExecute');
});
