import fc from 'fast-check';
import { Controller } from '../../constructs/core/controller';
import type { Cluster } from '../../model/cluster';
import { nodesOf } from '../../model/cluster';
import type { Pool } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import { matchesExpression, mayRunOn } from '../../model/node-match';
import type { NodeExpression, Placement, Taint, Toleration } from '../../model/placement';
import { checkPlacement } from '../../model/placement-check';
import { placementProblem } from '../../model/placement-shape';
import { podOf, rendered, workloadIn } from '../support/render';
import { feasible } from '../support/scheduler';
import { aCluster } from './support';

// Few keys and values, so that placements and pools meet often; one key that no pool has.
const KEYS = ['pool', 'disk', 'generation'] as const;
const VALUES = ['', 'a', 'b', '3', '7', '007'] as const;
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;
const absent = { requiredKeys: [] as [] };

const taint: fc.Arbitrary<Taint> = fc.record(
  { key: fc.constantFrom('spot', 'gpu'), value: fc.constantFrom('true', ''), effect: fc.constantFrom(...EFFECTS) },
  { requiredKeys: ['key', 'effect'] },
) as fc.Arbitrary<Taint>;
const pool: fc.Arbitrary<Pool> = fc.record(
  {
    nodes: fc.integer({ min: 1, max: 2 }),
    labels: fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES)),
    taints: fc.array(taint, { maxLength: 2 }),
    zones: fc.subarray(['z1', 'z2'], { minLength: 1 }),
    allocatable: fc.constant({ cpu: '2', memory: '4Gi' } as const),
  },
  { requiredKeys: ['nodes', 'allocatable'] },
) as fc.Arbitrary<Pool>;
const aPlace: fc.Arbitrary<Cluster> = fc
  .array(pool, { minLength: 1, maxLength: 3 })
  .map((pools) => aCluster('c', { pools: Object.fromEntries(pools.map((each, i) => [`p${i}`, each])) }));

const key = fc.constantFrom(...KEYS, 'topology.kubernetes.io/zone', 'missing');
const value = fc.constantFrom(...VALUES, 'z1');
const expression = fc.oneof(
  fc.record({ key, operator: fc.constantFrom('In', 'NotIn'), values: fc.array(value, { minLength: 1, maxLength: 3 }) }),
  fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
  fc.record({ key, operator: fc.constantFrom('Gt', 'Lt'), value: fc.integer({ min: 0, max: 9 }) }),
) as fc.Arbitrary<NodeExpression>;
const toleration = fc.record(
  {
    key: fc.constantFrom('spot', 'gpu', 'node.kubernetes.io/unreachable'),
    operator: fc.constantFrom('Equal', 'Exists'),
    value: fc.constantFrom('true', ''),
    effect: fc.constantFrom(...EFFECTS),
    seconds: fc.integer({ min: 0, max: 300 }),
  },
  absent,
) as fc.Arbitrary<Toleration>;
const placement: fc.Arbitrary<Placement> = fc
  .record(
    {
      requires: fc.dictionary(key, fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 })), { maxKeys: 2 }),
      matches: fc.array(expression, { maxLength: 2 }),
      prefers: fc.array(
        fc.record({
          weight: fc.integer({ min: 1, max: 100 }),
          matches: fc.array(expression, { minLength: 1, maxLength: 2 }),
        }),
        { maxLength: 1 },
      ),
      tolerates: fc.array(toleration, { maxLength: 3 }),
    },
    absent,
  )
  .filter((each) => placementProblem(each) === undefined) as fc.Arbitrary<Placement>;

const podSpecOf = (placement: Placement) =>
  podOf(rendered((chart) => workloadIn(chart, 'shop', { controller: Controller.deployment(), pod: { placement } })))
    .spec;

function refusalOf(placement: Placement, cluster: Cluster): StrataError | undefined {
  try {
    checkPlacement('p', placement, cluster);
    return undefined;
  } catch (error) {
    if (error instanceof StrataError) return error;
    throw error;
  }
}

test('a placement that is accepted fits a node by the rules of Kubernetes, and so does each of its preferences', () => {
  let accepted = 0;
  fc.assert(
    fc.property(aPlace, placement, (cluster, placement) => {
      if (refusalOf(placement, cluster)) return;
      accepted++;
      const pod = podSpecOf(placement);
      const nodes = nodesOf(cluster);
      expect(nodes.some((node) => feasible(pod, node))).toBe(true);
      for (const { preference } of pod.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
        const preferred = {
          containers: [],
          affinity: {
            nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [preference] } },
          },
        };
        expect(nodes.some((node) => feasible(preferred, { ...node, spec: {} }))).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
  expect(accepted).toBeGreaterThan(100);
});

test('a placement that is refused for want of a node fits none', () => {
  let refused = 0;
  fc.assert(
    fc.property(aPlace, placement, (cluster, placement) => {
      if (!refusalOf(placement, cluster)?.found.startsWith('no node of')) return;
      refused++;
      const pod = podSpecOf(placement);
      expect(nodesOf(cluster).filter((node) => feasible(pod, node))).toEqual([]);
    }),
    { numRuns: 2000 },
  );
  expect(refused).toBeGreaterThan(50);
});

test('node for node, the model says what the rendered pod says', () => {
  fc.assert(
    fc.property(aPlace, placement, (cluster, placement) => {
      const pod = podSpecOf(placement);
      for (const node of nodesOf(cluster)) expect(mayRunOn(placement, node)).toBe(feasible(pod, node));
    }),
    { numRuns: 1000 },
  );
});

test.each<[NodeExpression, string | undefined, boolean]>([
  [{ key: 'n', operator: 'Gt', value: 7 }, '8', true],
  [{ key: 'n', operator: 'Gt', value: 7 }, '7', false],
  [{ key: 'n', operator: 'Lt', value: 8 }, '007', true],
  [{ key: 'n', operator: 'Lt', value: 8 }, undefined, false],
  [{ key: 'n', operator: 'Gt', value: 0 }, 'seven', false],
  [{ key: 'n', operator: 'Gt', value: 0 }, '7.5', false],
  [{ key: 'n', operator: 'Gt', value: 0 }, '', false],
  // The scheduler reads 64 bits.
  [{ key: 'n', operator: 'Gt', value: 0 }, '9223372036854775807', true],
  [{ key: 'n', operator: 'Gt', value: 0 }, '9223372036854775808', false],
  [{ key: 'n', operator: 'NotIn', values: ['a'] }, undefined, true],
  [{ key: 'n', operator: 'NotIn', values: ['a'] }, 'a', false],
  [{ key: 'n', operator: 'In', values: [''] }, '', true],
  [{ key: 'n', operator: 'In', values: [''] }, undefined, false],
  [{ key: 'constructor', operator: 'Exists' }, undefined, false],
])('%j of a label %j is %j', (expression, value, holds) => {
  expect(matchesExpression(value === undefined ? {} : { n: value }, expression)).toBe(holds);
});
