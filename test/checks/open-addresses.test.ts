import { all, namespace, said, service, workload } from './judging';

/** A policy for all pods of namespace shop that names blocks of addresses, or something else. */
const policy = (rules: string) =>
  `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: blocks, namespace: shop }, spec: { podSelector: {}, ${rules} } }`;
const egress = (peer: string) => policy(`policyTypes: [Egress], egress: [{ to: [${peer}] }]`);
const ingress = (peer: string) => policy(`policyTypes: [Ingress], ingress: [{ from: [${peer}] }]`);
const BLOCK = '{ ipBlock: { cidr: 10.0.0.0/8 } }';
const web = all(
  namespace,
  service('selector: { app: web }, ports: [{ port: 80 }]'),
  workload({ container: 'ports: [{ containerPort: 80 }]' }),
  workload({ name: 'api', container: "env: [{ name: WEB_URL, value: 'http://web:80' }]" }),
);
const elsewhere = '{ namespaceSelector: { matchLabels: { team: dns } } }';
const open = (id: string, ...manifests: string[]) =>
  said(id, all(web, ...manifests))
    .filter(({ verdict }) => verdict === 'unknown')
    .map(({ settledBy, message }) => [settledBy, message.includes("give the cluster's nodes")]);

describe('where only addresses of pods are not known, the nodes would settle it', () => {
  test('for the DNS', () => {
    expect(open('dns-egress-allowed', egress(BLOCK))).toContainEqual(['nodes', true]);
    expect(open('dns-egress-allowed', egress(`${BLOCK}, ${elsewhere}`))).toEqual([
      ['external', false],
      ['external', false],
    ]);
    expect(open('dns-egress-allowed', egress(elsewhere))).toContainEqual(['external', false]);
  });
  test('for a connection that the configuration names, in both directions', () => {
    expect(open('declared-flow-allowed', egress(BLOCK))).toEqual([['nodes', true]]);
    expect(open('declared-flow-allowed', ingress(BLOCK))).toEqual([['nodes', true]]);
    expect(open('declared-flow-allowed', ingress('{ ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] } }'))).toEqual([
      ['nodes', true],
    ]);
  });
  test('for scrapes', () => {
    const monitor =
      '{ apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, metadata: { name: web, namespace: shop }, spec: { selector: { matchLabels: { app: web } }, podMetricsEndpoints: [{ targetPort: 80 }] } }';
    const prometheus =
      '{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: p, namespace: shop }, spec: { podMonitorSelector: {} } }';
    const annotated = workload({ name: 'scraped', container: 'ports: [{ containerPort: 80 }]' }).replace(
      'metadata: { labels: { app: scraped } }',
      "metadata: { labels: { app: scraped }, annotations: { prometheus.io/scrape: 'true', prometheus.io/port: '80' } }",
    );
    const found = open('scrape-flow-allowed', monitor, prometheus, annotated, ingress(BLOCK));
    expect(found).toContainEqual(['nodes', true]);
  });
});
