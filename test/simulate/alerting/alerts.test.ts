import { alertFormats } from '../../../report/alert-stories';
import { alertStories, reachesSomebody } from '../../../simulate/alerting/alerts';
import { all, worldOf } from '../../world/support';

const RULES = `
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: shop, namespace: shop }
spec:
  groups:
  - name: shop
    rules:
    - { record: shop:up, expr: up }
    - alert: ShopDown
      expr: up == 0
      for: 5m
      labels: { severity: page }
      annotations: { summary: 'The shop is down', description: "Nobody buys.\\n1. Look." }
    - { alert: ShopSlow, expr: slow > 1, labels: { severity: ticket } }
`;
const FILE = `
apiVersion: v1
kind: ConfigMap
metadata: { name: rules, namespace: shop }
data:
  rules.yml: |
    groups: [{ name: a, rules: [{ alert: Lost, expr: lost }] }]
  notes: no rules here
`;
const OPERATED = `
apiVersion: monitoring.coreos.com/v1
kind: Alertmanager
metadata: { name: main, namespace: shop }
spec: { alertmanagerConfiguration: { name: main } }
---
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: { name: main, namespace: shop }
spec:
  route:
    receiver: nobody
    groupWait: 10s
    routes:
    - { receiver: pager, matchers: [{ name: severity, value: page, matchType: '=' }], repeatInterval: 1h, muteTimeIntervals: [night] }
    - { receiver: desk, matchers: [{ name: severity, value: 'tick.*', regex: true }], activeTimeIntervals: [work] }
  receivers:
  - { name: nobody }
  - { name: pager, pagerdutyConfigs: [{ routingKey: { name: s, key: k } }] }
  - { name: desk, slackConfigs: [{ channel: '#a' }], webhookConfigs: [{ url: 'http://a' }] }
  inhibitRules:
  - { sourceMatch: [{ name: severity, value: page }], targetMatch: [{ name: severity, value: ticket }], equal: [job] }
  muteTimeIntervals:
  - { name: night, timeIntervals: [{ times: [{ startTime: '22:00', endTime: '24:00' }] }] }
  - { name: work, timeIntervals: [{ weekdays: ['monday:friday'], daysOfMonth: [{ start: 1, end: -1 }] }] }
`;
const SECRET = `
apiVersion: monitoring.coreos.com/v1
kind: Alertmanager
metadata: { name: main, namespace: shop }
---
apiVersion: v1
kind: Secret
metadata: { name: alertmanager-main, namespace: shop }
stringData:
  alertmanager.yaml: |
    route: { receiver: desk, repeat_interval: 12h }
    receivers: [{ name: desk, email_configs: [{ to: a@b.c }] }]
`;
const text = (...manifests: string[]) => alertFormats.text(alertStories(worldOf(all(...manifests))));

test('says of each alert who gets it, when, how often, and what keeps it back', () => {
  expect(text(RULES, FILE, OPERATED)).toBe(
    [
      'Lost  no severity, after 0s  (ConfigMap/shop/rules)',
      '  nobody gets it: Alertmanager/shop/main sends it to nobody, which has no integrations',
      'ShopDown  page, after 5m  (PrometheusRule/shop/shop)',
      '  pager gets it by pagerduty 5m10s after it began, and every 1h again (Alertmanager/shop/main); never in night',
      'ShopSlow  ticket, after 0s  (PrometheusRule/shop/shop)',
      '  desk gets it by slack, webhook 10s after it began, and every 4h again (Alertmanager/shop/main); only in work',
      '  kept back while an alert fires with severity="page" of the same job',
      '',
      '3 alerts, nobody gets 1 of them',
    ].join('\n'),
  );
});

test('reads the Secret of an Alertmanager of the operator', () => {
  expect(text(RULES, SECRET)).toContain(
    'desk gets it by email 5m30s after it began, and every 12h again (Alertmanager/shop/main)',
  );
});

test('without an Alertmanager nobody gets anything', () => {
  const stories = alertStories(worldOf(all(RULES)));
  expect(stories.map(reachesSomebody)).toEqual([false, false]);
  expect(text(RULES)).toContain('nobody gets it: no Alertmanager of which the configuration is here');
});

test.each([
  // A Monday, and a Saturday.
  ['2026-06-01T12:00:00Z', [undefined, undefined]],
  ['2026-06-01T23:00:00Z', ['in night', undefined]],
  ['2026-06-06T12:00:00Z', [undefined, 'outside of work']],
])('at %s', (at, closed) => {
  const stories = alertStories(worldOf(all(RULES, OPERATED)), new Date(at));
  expect(stories.map(({ told }) => told[0]!.ways[0]!.closed)).toEqual(closed);
});

test('the page of runbooks has a section for each alert', () => {
  const page = alertFormats.markdown(alertStories(worldOf(all(RULES, OPERATED))));
  expect(page).toContain(
    '## ShopDown\n\n**The shop is down**\n\nNobody buys.\n\n1. Look.\n\nSeverity: page. It fires when this holds for 5m:\n\n```promql\nup == 0\n```',
  );
});

test('runbooks at a name for examples are told: their links lead nowhere', () => {
  const said = (url: string) =>
    alertFormats
      .text(alertStories(worldOf(RULES.replace('annotations: { ', `annotations: { runbook_url: '${url}', `))))
      .split('\n')
      .filter((line) => line.includes('for examples'));
  for (const url of [
    'https://git.example.com/a#b',
    'http://example.org',
    'https://docs.shop.example:8443/x',
    'https://{{ $labels.team }}.example.net/x',
  ])
    expect(said(url)).toEqual([expect.stringContaining('runbooks are at ')]);
  expect(said('https://git.example.com/a#b')[0]).toContain('at git.example.com, a name');
  for (const url of [
    'https://example.community.io/a',
    'https://docs.io/example.com/',
    'not a link',
    'https://myexample.com',
  ])
    expect(said(url)).toEqual([]);
});

describe('a Prometheus that names no Alertmanager', () => {
  const by = (spec: string, name = 'main') =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: ${name}, namespace: shop }, spec: { ruleSelector: {}, ${spec} } }`;
  const lost = (...manifests: string[]) =>
    alertStories(worldOf(all(RULES, OPERATED, ...manifests))).filter(({ unheardOf }) => unheardOf !== undefined);
  test('tells nobody of what it loads', () => {
    const stories = lost(by(''));
    expect(stories.map(({ name, unheardOf }) => [name, unheardOf])).toEqual([
      ['ShopDown', ['Prometheus/shop/main']],
      ['ShopSlow', ['Prometheus/shop/main']],
    ]);
    expect(stories.some(reachesSomebody)).toBe(false);
    expect(alertFormats.text(stories)).toContain('nobody gets it: Prometheus/shop/main names no Alertmanager');
  });
  test('is no matter where it names one, where another loads them, or where that is not known', () => {
    const names = 'alerting: { alertmanagers: [{ name: alertmanager-operated, port: web }] }';
    expect(lost(by(names))).toEqual([]);
    expect(lost(by('additionalAlertManagerConfigs: { name: a, key: b }'))).toEqual([]);
    expect(lost(by(''), by(names, 'other'))).toEqual([]);
    expect(lost(by('').replace('ruleSelector: {}', 'ruleSelector: { matchLabels: { a: b } }'))).toEqual([]);
    expect(lost(by('').replace('kind: Prometheus', 'kind: ThanosRuler'))).toEqual([]);
    expect(lost()).toEqual([]);
  });
});
