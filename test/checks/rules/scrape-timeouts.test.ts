import { all, findings, messages, namespace, verdicts } from '../judging';

describe('scrape-timeout-fits', () => {
  const id = 'scrape-timeout-fits';
  const object = (kind: string, spec: string, version = 'v1') =>
    `{ apiVersion: monitoring.coreos.com/${version}, kind: ${kind}, metadata: { name: a, namespace: shop }, spec: { ${spec} } }`;
  test.each([
    [
      'ServiceMonitor',
      'endpoints: [{ port: a }, { port: b, interval: 1m, scrapeTimeout: 61s }]',
      'spec.endpoints[1].scrapeTimeout = "61s"',
    ],
    [
      'PodMonitor',
      'podMetricsEndpoints: [{ interval: 10s, scrapeTimeout: 1m }]',
      'spec.podMetricsEndpoints[0].scrapeTimeout = "1m"',
    ],
    ['Probe', 'interval: 1m, scrapeTimeout: 1h', 'spec.scrapeTimeout = "1h"'],
    ['Prometheus', 'scrapeInterval: 10s, scrapeTimeout: 15s', 'spec.scrapeTimeout = "15s"'],
    ['Prometheus', 'scrapeTimeout: 31s', 'spec.scrapeTimeout = "31s"'],
  ])('%s with %s', (kind, spec, found) =>
    expect(findings(id, object(kind, spec))).toEqual([`fail ${kind}/shop/a ${found}`]),
  );
  test('of the kinds in alpha too, and what follows is told', () => {
    const config = object('ScrapeConfig', 'scrapeInterval: 15s, scrapeTimeout: 20s', 'v1alpha1');
    expect(messages(id, config)).toEqual([
      'it is longer than scrapeInterval (15s), so the operator leaves the whole ScrapeConfig out: nothing is scraped',
    ]);
    expect(messages(id, object('PrometheusAgent', 'scrapeTimeout: 1m', 'v1alpha1'))[0]).toContain('(30s)');
  });
  test('as long as the interval, without an interval of its own, or no duration at all, it is none of this', () => {
    for (const endpoint of [
      'interval: 60s, scrapeTimeout: 1m',
      'scrapeTimeout: 5m',
      "interval: '', scrapeTimeout: 5m",
      'interval: 5, scrapeTimeout: 10s',
      'interval: 30s, scrapeTimeout: soon',
    ])
      expect(verdicts(id, object('ServiceMonitor', `endpoints: [{ ${endpoint} }]`))).toEqual([]);
    expect(verdicts(id, object('Prometheus', 'scrapeTimeout: 30s'))).toEqual([]);
  });
});

describe('the Service that a ServiceMonitor does not find', () => {
  const service = (labels: string, place = 'shop', selector = 'app: web') =>
    `{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: ${place}, labels: { ${labels} } }, spec: { selector: { ${selector} }, ports: [{ name: http, port: 80 }] } }`;
  const pods =
    "{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web, namespace: shop }, spec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'shop/web:1.0.0' }] } } } }";
  const monitor = (more = '', place = 'shop') =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: { name: web, namespace: ${place} }, spec: { ${more} selector: { matchLabels: { app: web } }, endpoints: [{ port: http }] } }`;
  const told = (...manifests: readonly string[]) =>
    messages('monitor-resolves', all(namespace, ...manifests), { complete: true })[0];

  test('may stand in another namespace', () => {
    const hint = '; Service web of namespace shop has them: a monitor selects in its own namespace';
    expect(told(pods, service('app: web'), monitor('', 'monitoring'))).toContain(hint);
    expect(told(pods, service('app: web'), monitor('namespaceSelector: { matchNames: [prod] },'))).toContain(hint);
  });
  test('may have the labels on its pods alone', () =>
    expect(told(pods, service(''), monitor())).toContain(
      '; these are labels of the pods of Service web, and must be labels of the Service itself',
    ));
  test('may be none at all', () =>
    expect(told(service('', 'shop', 'app: api'), monitor())).toMatch(/metrics are missing$/));
});
