import fc from 'fast-check';
import { kind } from '../../../clusters/kind';
import type { DisruptionBudgetProps } from '../../../constructs/availability/disruption-budget';
import { DisruptionBudget } from '../../../constructs/availability/disruption-budget';
import { Controller } from '../../../constructs/core/controller';
import { dev } from '../../../environments/dev';
import { autoscaling, disruptionBudgets, metricsServer } from '../../../features';
import { StrataError } from '../../../model/errors';
import { because } from '../../../model/layers';
import { platformOf, refusal, rendered, workloadIn } from '../../support/render';

type Amount = Omit<DisruptionBudgetProps, 'workload'>;
const budgeted = (replicas: number, amount: Amount) =>
  rendered(
    (chart) =>
      new DisruptionBudget(chart, 'budget', {
        workload: workloadIn(chart, 'shop', { controller: Controller.deployment({ replicas }) }),
        ...amount,
      }),
  );

// Every prop has its example: a new one does not compile without.
const EXAMPLES: { readonly [K in keyof Amount]-?: NonNullable<Amount[K]>[] } = {
  maxUnavailable: [1, '25%'],
  minAvailable: [2, '50%'],
};

test.each(Object.entries(EXAMPLES).flatMap(([name, amounts]) => amounts.map((amount) => [name, amount] as const)))(
  '%s may be %s',
  (name, amount) => {
    const { metadata, spec } = budgeted(4, { [name]: amount }).get('PodDisruptionBudget');
    expect(metadata).toMatchObject({ name: 'shop', namespace: 'shop' });
    expect(spec).toEqual({
      [name]: amount,
      selector: { matchLabels: { 'app.kubernetes.io/name': 'shop' } },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
  },
);

test.each<[string, Amount]>([
  ['none of the two', {}],
  ['both', { minAvailable: 1, maxUnavailable: 1 }],
])('%s is an error', (_, amount) => {
  expect(refusal(() => budgeted(2, amount)).message).toContain('needs minAvailable or maxUnavailable, and not both');
});

test.each<[number, Amount, string]>([
  [3, { minAvailable: 3 }, 'minAvailable 3 of 3 pods'],
  [2, { minAvailable: '51%' }, 'minAvailable 51% of 2 pods'],
  [3, { maxUnavailable: 0 }, 'maxUnavailable 0 of 3 pods'],
  [3, { maxUnavailable: '0%' }, 'maxUnavailable 0% of 3 pods'],
])(
  'of %d pods, a budget of %j never allows an eviction, and the error names two ways to mend it',
  (replicas, amount, found) => {
    const error = refusal(() => budgeted(replicas, amount));
    expect(error.message).toContain(`disruption budget of shop: ${found} never allows an eviction`);
    expect(error.fixes).toHaveLength(2);
  },
);

describe('together with the autoscaler, whose lower bound then decides', () => {
  const tight = (workloadFirst: boolean) => (min: number) =>
    rendered((chart) => {
      const shop = workloadIn(chart, 'shop', { controller: Controller.deployment({ replicas: 5 }) });
      if (workloadFirst) shop.scaledBetween(min, 9);
      new DisruptionBudget(chart, 'budget', { workload: shop, minAvailable: 2 });
      if (!workloadFirst) shop.scaledBetween(min, 9);
    });

  test.each([
    ['first', true],
    ['last', false],
  ])('an autoscaler that comes %s is reckoned with', (_, first) => {
    expect(refusal(() => tight(first)(2)).message).toContain('minAvailable 2 of 2 pods never allows an eviction');
    expect(() => tight(first)(3)).not.toThrow();
  });

  test.each([
    ['first', [disruptionBudgets, autoscaling, metricsServer]],
    ['last', [metricsServer, autoscaling, disruptionBudgets]],
  ])('a budget that is switched on %s stands', (_, features) => {
    const settings = { autoscaling: { min: because(1, 'a test') } };
    expect(platformOf(dev, kind, features, settings).get('PodDisruptionBudget').spec.maxUnavailable).toBe(1);
  });

  test.each([
    ['first', [disruptionBudgets, autoscaling, metricsServer]],
    ['last', [metricsServer, autoscaling, disruptionBudgets]],
  ])('one that is switched on %s and never allows an eviction is refused', (_, features) => {
    const error = refusal(() =>
      platformOf(dev, kind, features, {
        web: { replicas: because(5, 'the autoscaler does not care') },
        autoscaling: { min: because(2, 'a test') },
        disruptionBudgets: { maxUnavailable: because('0%', 'a test') },
      }),
    );
    expect(error.message).toContain('maxUnavailable 0% of 2 pods');
  });
});

test('it refuses just what the disruption controller would never allow: percentages round up', () => {
  const percent = fc.integer({ min: 0, max: 100 }).map((share) => `${share}%` as const);
  const amount = fc.oneof(fc.nat(12), percent);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), amount, fc.boolean(), (pods, value, isMax) => {
      const scaled = typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * pods) / 100);
      const desiredHealthy = isMax ? Math.max(0, pods - scaled) : scaled;
      const act = () => budgeted(pods, isMax ? { maxUnavailable: value } : { minAvailable: value });
      if (pods - desiredHealthy > 0) expect(act).not.toThrow();
      else expect(act).toThrow(StrataError);
    }),
    { numRuns: 100 },
  );
});

// The API server takes whole, non-negative numbers and percentages from 0% to 100%.
test.each<[Amount, string]>([
  [{ maxUnavailable: 1.5 }, ': is 1.5, and not a whole number of 0 or more'],
  [{ minAvailable: -1 }, ': is -1, and not a whole number of 0 or more'],
  [{ maxUnavailable: '12.5%' }, ': 12.5% is no whole percentage up to 100%'],
  [{ maxUnavailable: '150%' }, ': 150% is no whole percentage up to 100%'],
])('%j is refused: the API server would', (amount, found) => {
  expect(refusal(() => budgeted(4, amount)).message).toContain(`disruption budget of shop${found}`);
});

// The disruption controller counts from the scale of what owns the pods, which a DaemonSet has not: nothing could be evicted.
test('a budget of a DaemonSet is refused', () => {
  const act = () =>
    rendered((chart) => {
      const workload = workloadIn(chart, 'shop', { controller: Controller.daemonSet() });
      new DisruptionBudget(chart, 'budget', { workload, maxUnavailable: 1 });
    });
  expect(refusal(act).message).toContain('a DaemonSet has no number of pods');
});
