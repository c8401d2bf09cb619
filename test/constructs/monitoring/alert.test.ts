import type { Alert } from '../../../constructs/monitoring/alert';
import { checkAlert } from '../../../constructs/monitoring/alert';
import { alertingRule } from '../../../constructs/monitoring/rule-groups';
import { refusal } from '../../support/render';

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
  ['a series of Secrets', { expr: 'kube_secret_info' }, 'asks for kube_secret_info'],
  ['tests that never see it quiet', { tests: [{ ...ALERT.tests[0]!, firing: { '1m': [{}] } }] }, 'no test shows both'],
  ['tests that never see it fire', { tests: [{ ...ALERT.tests[0]!, firing: { '1m': [] } }] }, 'no test shows both'],
])('an alert with %s is refused', (_, given, problem) => {
  expect(refusal(() => checkAlert('shop', { ...ALERT, ...given })).message).toContain(problem);
});
