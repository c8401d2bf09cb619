import { prometheusSettings } from '../../../constructs/monitoring/prometheus-settings';
import { testedRules } from '../../../constructs/monitoring/rules';
import { type Slo, sloAlerts, sloRecordings } from '../../../constructs/monitoring/slo';
import { Watch } from '../../../constructs/monitoring/watch';
import { refusal, rendered, workloadIn } from '../../support/render';

const REQUESTS = {
  total: 'requests_total',
  failed: { label: 'code', regex: '5..', example: '503' },
  duration: { metric: 'request_seconds', buckets: [0.1, 1] },
};

/** An objective of a shop that counts its requests. */
function slo(given: Partial<Slo> = {}, requests: typeof REQUESTS | null = REQUESTS): Slo {
  let made: Slo | undefined;
  rendered((chart) => {
    const shop = workloadIn(chart, 'shop', { container: { ports: { http: 8080 } } });
    shop.servesMetrics('http', requests === null ? {} : { requests });
    const rest = { name: 'shop-availability', indicator: { availability: true }, objective: 99, ...given } as const;
    made = new Watch(chart, 'watch', { of: shop, objectives: [rest] }).objectives[0]!;
  });
  return made!;
}
const recorded = (one: Slo, retention: Parameters<typeof sloRecordings>[1] = '30d') =>
  sloRecordings(one, retention).map(({ record }) => record);

test('shares of errors are recorded over every window of an alert', () => {
  const windows = recorded(slo()).flatMap((record) => /^slo:error_ratio:rate(.*)$/.exec(record)?.[1] ?? []);
  expect(windows).toEqual(['5m', '30m', '1h', '2h', '6h', '1d', '3d']);
});

test('what is left of the budget counts requests, not time', () => {
  const [left] = sloRecordings(slo({ objective: 99.9 }), '30d').slice(-1);
  expect(left).toEqual({
    record: 'slo:error_budget_left:ratio',
    expr: '1 - sum_over_time(slo:errors:rate5m{slo="shop-availability",namespace="shop"}[30d]) / sum_over_time(slo:requests:rate5m{slo="shop-availability",namespace="shop"}[30d]) / 0.001',
    labels: { slo: 'shop-availability', job: 'shop', namespace: 'shop' },
  });
});

test('windows beyond the retention would never fill, and are left out', () => {
  expect(recorded(slo(), '2d')).not.toContain('slo:error_ratio:rate3d');
  expect(recorded(slo(), '2d')).not.toContain('slo:error_budget_left:ratio');
  const expressions = sloAlerts(slo(), '2d').map(({ expr }) => expr);
  expect(expressions.join()).not.toContain('3d');
  expect(sloAlerts(slo(), '1h').map(({ severity }) => severity)).toEqual(['page']);
});

test('a page burns fast, a ticket slowly, by two windows each', () => {
  const [page, ticket] = sloAlerts(slo(), '30d');
  const series = (window: string) => `slo:error_ratio:rate${window}{slo="shop-availability",namespace="shop"}`;
  for (const [alert, factor, long, short] of [
    [page, 14.4, '1h', '5m'],
    [page, 6, '6h', '30m'],
    [ticket, 3, '1d', '2h'],
    [ticket, 1, '3d', '6h'],
  ] as const)
    expect(alert!.expr).toContain(`${series(long)} > ${factor} * 0.01 and ${series(short)} > ${factor} * 0.01`);
  expect([page!.severity, ticket!.severity]).toEqual(['page', 'ticket']);
});

const factors = (given: Partial<Slo>) =>
  Object.fromEntries(
    sloAlerts(slo(given), '90d').map(({ severity, expr }) => [
      severity,
      [...expr.matchAll(/rate(\w+)\{[^}]*\} > ([\d.]+) \* /g)].flatMap(([, window, factor], i) =>
        i % 2 === 0 ? [`${window} ${factor}`] : [],
      ),
    ]),
  );

test('the shorter the window of an objective, the larger the share that an hour takes', () => {
  expect(factors({ window: '90d' })).toEqual({ page: ['1h 43.2', '6h 18'], ticket: ['1d 9', '3d 3'] });
  expect(factors({ window: '28d' })).toEqual({ page: ['1h 13.44', '6h 5.6'], ticket: ['1d 2.8', '3d 1'] });
  // A tenth of a week's budget in a day is slower than it may burn: no ticket for that.
  expect(factors({ window: '7d' })).toEqual({ page: ['1h 3.36', '6h 1.4'], ticket: ['1d 1', '3d 1'] });
  expect(factors({ window: '3d' })).toEqual({ page: ['1h 1.44'], ticket: ['1d 1'] });
});

test('what cannot be is not asked: more bad requests than all of them', () => {
  expect(factors({ objective: 90 })).toEqual({ page: ['6h 6'], ticket: ['1d 3', '3d 1'] });
  expect(factors({ objective: 80 })).toEqual({ ticket: ['1d 3', '3d 1'] });
  expect(factors({ objective: 80, window: '7d' })).toEqual({ page: ['1h 3.36', '6h 1.4'], ticket: ['1d 1', '3d 1'] });
  expect(sloAlerts(slo({ objective: 99.9, window: '7d' }), '7d')[0]!.summary).toContain('more than 1.4 times as fast');
});

test('few requests page nobody, as the objective says', () => {
  expect(sloAlerts(slo({ minRequests: 7 }), '30d')[0]!.expr).toContain('* 3600 >= 7');
  expect(sloAlerts(slo({ minRequests: 0 }), '30d')[0]!.expr).not.toContain('>=');
});

test('a request is fast when it is in the bucket that ends there', () => {
  const [, total, slow] = sloRecordings(slo({ indicator: { answeredWithinSeconds: 1 } }), '30d');
  expect(total!.expr).toBe('sum(rate(request_seconds_count{job="shop",namespace="shop"}[5m]))');
  expect(slow!.expr).toContain('request_seconds_bucket{job="shop",namespace="shop",le="1.0"}');
});

test.each<[string, Partial<Slo>, typeof REQUESTS | null, string]>([
  ['without a budget', { objective: 100 }, REQUESTS, 'its objective is 100, and no budget is left'],
  ['of nothing', { objective: 0 }, REQUESTS, 'its objective is 0, and every request may be bad'],
  ['below nothing', { objective: -5 }, REQUESTS, 'its objective is -5, and every request may be bad'],
  ['of more than all', { objective: 110 }, REQUESTS, 'its objective is 110, and there are no more than 100 %'],
  ['that is a share', { objective: 0.999 }, REQUESTS, 'did you mean 99.9?'],
  ['that is a text', { objective: '99' as never }, REQUESTS, 'which is no number'],
  ['whose alerts cannot fire', { objective: 1, window: '90d' }, REQUESTS, 'no share of bad requests is large enough'],
  ['over hours', { window: '12h' }, REQUESTS, 'its window is 12h'],
  [
    'of a bucket that is not there',
    { indicator: { answeredWithinSeconds: 0.5 } },
    REQUESTS,
    'no bucket of request_seconds ends at 0.5',
  ],
  ['of a workload that counts no requests', {}, null, 'the workload does not say which of its metrics count requests'],
  ['with a name that is none', { name: 'Shop 1' }, REQUESTS, 'its name is not lower case'],
  ['of less than no requests', { minRequests: -1 }, REQUESTS, 'its minRequests is -1'],
])('an objective %s is refused', (_, given, requests, problem) => {
  expect(refusal(() => slo(given, requests)).message).toContain(problem);
});

test('where samples are kept for hours only, an objective is refused', () => {
  const one = slo();
  const rules = (retention: '1h' | '1d') => () =>
    testedRules({
      watches: [{ of: one.of, alerts: [], objectives: [one] } as unknown as Watch],
      sets: [],
      retention,
      owner: 'a',
      runbooks: 'https://x/{alert}',
    });
  expect(refusal(rules('1h')).message).toContain('prometheus.retention: is 1h, and with so few samples nobody is told');
  expect(rules('1d')).not.toThrow();
});

test('an interval with fewer than four samples in five minutes is refused', () => {
  const { problem } = prometheusSettings.fields.interval;
  expect((['15s', '1m', '75s'] as const).map(problem)).toEqual([undefined, undefined, undefined]);
  for (const given of ['76s', '2m', '5m', '10m'])
    expect([given, problem(given)]).toEqual([given, expect.stringContaining('more than 75s')]);
});
