import type { RequestMetrics } from '../../../constructs/core/flow';
import type { Workload } from '../../../constructs/core/workload';
import type { Alert } from '../../../constructs/monitoring/alert';
import { checkAlert } from '../../../constructs/monitoring/alert';
import { LoadedRules, ruleTestsIn } from '../../../constructs/monitoring/loaded-rules';
import { prometheusRules } from '../../../constructs/monitoring/prometheus-rules';
import { alertingRule } from '../../../constructs/monitoring/rule-groups';
import { testedRules } from '../../../constructs/monitoring/rules';
import type { Slo } from '../../../constructs/monitoring/slo';
import { RuleSet, Watch } from '../../../constructs/monitoring/watch';
import { namespaceIn, refusal, rendered, workloadIn } from '../../support/render';

const ALERT: Alert = {
  name: 'ShopClosed',
  expr: 'shop_open == 0',
  severity: 'page',
  summary: 'The shop is closed',
  description: 'Nobody can buy.',
  steps: ['Open it.', 'Say sorry.'],
  tests: [{ name: 'it closes', series: { shop_open: '1 0' }, firing: { '1m': [{}], '30s': [] } }],
};

test('an alert in the form of Prometheus has what whoever gets it needs', () => {
  const more = { for: '5m', keepFiringFor: '10m', labels: { shop: 'north' } } as const;
  expect(alertingRule({ ...ALERT, ...more }, { owner: 'sellers', runbooks: 'https://x/{alert}#{alert}' })).toEqual({
    alert: 'ShopClosed',
    expr: 'shop_open == 0',
    for: '5m',
    keep_firing_for: '10m',
    labels: { shop: 'north', severity: 'page', owner: 'sellers' },
    annotations: {
      summary: 'The shop is closed',
      description: 'Nobody can buy.\n1. Open it.\n2. Say sorry.',
      runbook_url: 'https://x/shopclosed#shopclosed',
    },
  });
  expect(alertingRule({ ...ALERT, owner: 'night' }, { owner: 'sellers', runbooks: '' }).labels).toEqual({
    severity: 'page',
    owner: 'night',
  });
});

test.each<[string, Partial<Alert>, string]>([
  ['a name with hyphens', { name: 'shop-closed' }, 'its name is not in camel case'],
  // Types are not there at run time.
  ['a severity that no route is written for', { severity: 'critical' as 'page' }, 'its severity is "critical"'],
  ['a severity from the prototype', { severity: 'toString' as 'page' }, 'its severity is "toString"'],
  ['two lines', { summary: 'closed\nreally' }, 'its summary is not one line'],
  ['no description', { description: ' ' }, 'it has no description'],
  ['nothing to do', { steps: [] }, 'it has no steps'],
  ['a span in words', { for: '5 minutes' as '5m' }, 'its for is not a span of time'],
  ['a severity among its labels', { labels: { severity: 'low' } }, 'it sets the label severity itself'],
  ['a label of an object that it does not name', { expr: 'kube_pod_labels{label_team=""}' }, 'uses label_team'],
  ['an expression that nothing reads', { expr: 'sum(rate(shop_open[5m])' }, 'its expression is no PromQL'],
  ['a range where a series must be', { expr: 'rate(shop_open) > 0' }, 'its expression is no PromQL'],
  ['no expression', { expr: ' ' }, 'it is empty'],
  ['the label of the Watchdog', { labels: { watchdog: 'true' } }, "go to the dead man's switch and to nobody else"],
  ['a series of Secrets', { expr: 'kube_secret_info' }, 'asks for kube_secret_info'],
  ['tests that never see it quiet', { tests: [{ ...ALERT.tests[0]!, firing: { '1m': [{}] } }] }, 'no test shows both'],
  ['tests that never see it fire', { tests: [{ ...ALERT.tests[0]!, firing: { '1m': [] } }] }, 'no test shows both'],
])('an alert with %s is refused', (_, given, problem) => {
  expect(refusal(() => checkAlert('shop', { ...ALERT, ...given })).message).toContain(problem);
});

/** Workloads that count requests, and what is watched of each. */
function watched(watches: Readonly<Record<string, readonly Alert[]>>, objectives: readonly Omit<Slo, 'of'>[] = []) {
  return () =>
    void rendered((chart) => {
      const namespace = namespaceIn(chart);
      const made = Object.entries(watches).map(([app, alerts]) => {
        const of = shopIn(chart, app, {}, namespace);
        return new Watch(chart, `watch-${app}`, {
          of,
          alerts,
          objectives: objectives.map((one) => ({ ...one, name: `${app}-${one.name}` })),
        });
      });
      const set = new RuleSet(chart, 'rules', {
        name: 'prometheus',
        rules: { alerts: prometheusRules({ namespace: 'shop' }) },
      });
      testedRules({ watches: made, sets: [set], retention: '30d', owner: 'a', runbooks: 'https://x/{alert}' });
    });
}
const REQUESTS: RequestMetrics = { total: 'requests_total', failed: { label: 'code', regex: '5..', example: '503' } };
function shopIn(
  chart: Parameters<Parameters<typeof rendered>[0]>[0],
  app: string,
  requests: Partial<RequestMetrics>,
  namespace = namespaceIn(chart),
): Workload {
  const shop = workloadIn(chart, app, { namespace, container: { ports: { http: 8080 } } });
  shop.servesMetrics('http', { requests: { ...REQUESTS, ...requests } });
  return shop;
}

describe('the name of an alert means one thing', () => {
  const availability = { name: 'availability', indicator: { availability: true }, objective: 99 } as const;
  test('the same for two workloads, and objectives of both', () => {
    const ofShop = (app: string) => ({ ...ALERT, steps: [`kubectl get pods -l app.kubernetes.io/name=${app}`] });
    expect(watched({ north: [ofShop('north')], south: [ofShop('south')] }, [availability])).not.toThrow();
  });
  test.each<[string, Readonly<Record<string, readonly Alert[]>>, string]>([
    [
      'twice in one place',
      { shop: [ALERT, { ...ALERT, severity: 'ticket' }] },
      'shop, alert ShopClosed: is there twice',
    ],
    [
      'that of Prometheus itself',
      { shop: [{ ...ALERT, name: 'TargetDown' }] },
      'is another one than that of prometheus',
    ],
    ['that of a service that is down', { shop: [{ ...ALERT, name: 'ServiceDown' }] }, 'alert ServiceDown: is'],
    ['that of a budget', { shop: [{ ...ALERT, name: 'ErrorBudgetBurns' }] }, 'alert ErrorBudgetBurns: is another one'],
    [
      'with another severity elsewhere',
      { a: [ALERT], b: [{ ...ALERT, severity: 'ticket' }] },
      'is another one than that of a',
    ],
  ])('refused: %s', (_, watches, problem) => {
    expect(refusal(watched(watches, [availability])).message).toContain(problem);
  });
});

test.each<[string, Partial<RequestMetrics>, string]>([
  ['matchers that nothing reads', { counted: 'route!~/healthz' }, 'counted is "route!~/healthz"'],
  ['matchers that end too early', { counted: 'a="b"} or up{' }, 'they end before the text does'],
  [
    'an expression that Go cannot read',
    { failed: { ...REQUESTS.failed, regex: '5(?=0)' } },
    'failed.regex is "5(?=0)"',
  ],
  [
    'an example that does not match',
    { failed: { ...REQUESTS.failed, example: '200' } },
    'does not match the example "200"',
  ],
  ['a label that is none', { failed: { ...REQUESTS.failed, label: 'http-code' } }, 'failed.label is "http-code"'],
  ['a metric that is none', { total: 'requests-total' }, 'total is "requests-total"'],
])('requests that are told by %s are refused where they are written', (_, given, problem) => {
  const { message } = refusal(() => rendered((chart) => void shopIn(chart, 'shop', given)));
  expect(message).toContain('workload shop, requests of its metrics');
  expect(message).toContain(problem);
});

test('a recording that nothing reads is refused', () => {
  const made = () =>
    rendered(
      (chart) =>
        void new RuleSet(chart, 'rules', {
          name: 'own',
          rules: { recordings: [{ record: 'a', expr: 'sum(' }], alerts: [] },
        }),
    );
  expect(refusal(made).message).toContain('own, recording a: its expression is no PromQL');
});

test('a test plays with the rules of its group and what these are made of: other services would be down', () => {
  const groups: Record<string, readonly string[]> = {};
  rendered((chart) => {
    const namespace = namespaceIn(chart);
    const made = ['north', 'south'].map((app) => {
      const of = shopIn(chart, app, {}, namespace);
      return new Watch(chart, `watch-${app}`, {
        of,
        alerts: app === 'north' ? [{ ...ALERT, expr: 'shop:open:sum == 0' }] : [],
        objectives: [{ name: `${app}-availability`, indicator: { availability: true }, objective: 99 }],
      });
    });
    const sums = { recordings: [{ record: 'shop:open:sum', expr: 'sum(shop:open:max)' }], alerts: [] };
    const most = { recordings: [{ record: 'shop:open:max', expr: 'max by (shop) (shop_open)' }], alerts: [] };
    const sets = [
      new RuleSet(chart, 'sums', { name: 'sums', rules: sums }),
      new RuleSet(chart, 'most', { name: 'most', rules: most }),
    ];
    const rules = testedRules({ watches: made, sets, retention: '30d', owner: 'a', runbooks: 'https://x/{alert}' });
    new LoadedRules(chart, 'loaded', rules);
    for (const { name, rules, tests } of ruleTestsIn(chart)) {
      groups[name] = rules.groups.map((group) => (group as { readonly name: string }).name);
      expect(tests.tests.length).toBeGreaterThan(0);
    }
  });
  expect(groups).toEqual({
    north: ['sums', 'most', 'north'],
    'slo-north-availability': ['slo-north-availability'],
    south: ['south'],
    'slo-south-availability': ['slo-south-availability'],
  });
});
