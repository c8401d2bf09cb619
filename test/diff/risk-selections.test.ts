import { allOf, classed, classedInPart, MONITORING, messagesOf, worstClass } from './risks';

/** What an object of the Prometheus operator selects, and whom it selects no more. */
const lost = MONITORING;
const object = (kind: string, name: string, spec: string, labels = '', namespace = 'mon') =>
  `{ apiVersion: monitoring.coreos.com/${/Config$/.test(kind) ? 'v1alpha1' : 'v1'}, kind: ${kind}, metadata: { name: ${name}, namespace: ${namespace}, labels: { ${labels} } }, spec: { ${spec} } }`;
const namespace = (name: string, labels = '') =>
  `{ apiVersion: v1, kind: Namespace, metadata: { name: ${name}, labels: { ${labels} } } }`;
const WEB = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: mon }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'example.com/web:1.4.0', ports: [{ name: metrics, containerPort: 9090 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: mon, labels: { app: web } }
spec: { selector: { app: web }, ports: [{ name: metrics, port: 9090 }] }
`;
const SPECS: Readonly<Record<string, string>> = {
  ServiceMonitor: 'selector: { matchLabels: { app: web } }, endpoints: [{ port: metrics }]',
  PodMonitor: 'selector: { matchLabels: { app: web } }, podMetricsEndpoints: [{ port: metrics }]',
  Probe: 'targets: { staticConfig: { static: [example.com] } }',
  ScrapeConfig: 'staticConfigs: [{ targets: [example.com:80] }]',
  PrometheusRule: 'groups: [{ name: g, rules: [{ alert: Down, expr: up == 0 }, { record: a:b, expr: up }] }]',
};
const selected = (kind: string, labels: string, where = 'mon') => object(kind, 'own', SPECS[kind]!, labels, where);
const by = (field: string, labels = 'for: all', more = '') =>
  `${field}Selector: { matchLabels: { ${labels} } }${more && `, ${more}`}`;

describe.each([
  ['ServiceMonitor', 'serviceMonitor', ['Prometheus', 'PrometheusAgent']],
  ['PodMonitor', 'podMonitor', ['Prometheus', 'PrometheusAgent']],
  ['Probe', 'probe', ['Prometheus', 'PrometheusAgent']],
  ['ScrapeConfig', 'scrapeConfig', ['Prometheus', 'PrometheusAgent']],
  ['PrometheusRule', 'rule', ['Prometheus', 'ThanosRuler']],
] as const)('a %s', (kind, field, owners) => {
  const base = allOf(namespace('mon', 'team: a'), WEB);
  describe.each(owners)('of a %s', (owner) => {
    const of = (labels: string, spec = by(field), own = base) =>
      allOf(own, object(owner, 'main', spec), selected(kind, labels));
    test('whose label goes', () => {
      expect(classed(lost, of('for: all'), of(''))).toEqual([`disruption ${kind}/mon/own metadata.labels.for`]);
      expect(classed(lost, of('for: all'), of('for: others, more: b'))).toEqual([
        `disruption ${kind}/mon/own metadata.labels.for`,
      ]);
    });
    test('whose label comes, or another one changes', () => {
      expect(classed(lost, of(''), of('for: all'))).toEqual([]);
      expect(classed(lost, of('for: all, other: a'), of('for: all, other: b'))).toEqual([]);
      expect(worstClass(of('for: all, other: a'), of('for: all, other: b'))).toBe('metadata');
      expect(worstClass(of(''), of('for: all'))).toBe('in-place');
    });
    test('that a selector asks for no more', () => {
      const path = `${owner}/mon/main spec.${field}Selector`;
      expect(classed(lost, of('for: all'), of('for: all', by(field, 'for: us')))).toEqual([
        `disruption ${path}.matchLabels.for`,
      ]);
      expect(classed(lost, of('for: all'), of('for: all', by(field, 'for: all, also: b')))).toEqual([
        `disruption ${path}.matchLabels.also`,
      ]);
      expect(classed(lost, of('for: all'), of('for: all', `${field}Selector: {}`))).toEqual([]);
    });
    test('of a namespace that is selected no more', () => {
      const spaces = (team: string) =>
        by(field, 'for: all', `${field}NamespaceSelector: { matchLabels: { team: ${team} } }`);
      expect(classed(lost, of('for: all', spaces('a')), of('for: all', spaces('b')))).toEqual([
        `disruption ${owner}/mon/main spec.${field}NamespaceSelector.matchLabels.team`,
      ]);
      const other = allOf(namespace('mon', 'team: b'), WEB);
      expect(classed(lost, of('for: all', spaces('a')), of('for: all', spaces('a'), other))).toEqual([
        'disruption Namespace/mon metadata.labels.team',
      ]);
    });
    test('that another one selects still', () => {
      const two = (labels: string) => allOf(of(labels), object(owner, 'second', by(field, 'for: us')));
      expect(classed(lost, two('for: all'), two('for: us'))).toEqual([]);
      expect(classed(lost, two('for: us'), two('for: none'))).toHaveLength(1);
    });
    test('of which nobody is seen to select it', () => {
      const alone = (labels: string) => selected(kind, labels);
      expect(classedInPart('metadata-changed', alone('for: all'), alone('for: us'))).toEqual([
        `unknown ${kind}/mon/own metadata.labels.for`,
      ]);
      expect(classedInPart('metadata-changed', alone('helm.sh/chart: a'), alone('helm.sh/chart: b'))).toEqual([
        `metadata ${kind}/mon/own metadata.labels["helm.sh/chart"]`,
      ]);
    });
    test('that is not among the manifests', () => {
      const alone = (spec: string) => object(owner, 'main', spec);
      const finds = (was: string, is: string) => classedInPart(lost, alone(was), alone(is));
      expect(finds(by(field, 'a: b'), by(field, 'a: c'))).toEqual([
        `disruption ${owner}/mon/main spec.${field}Selector.matchLabels.a`,
      ]);
      expect(finds(by(field, 'a: b, c: d'), by(field, 'a: b'))).toEqual([]);
      expect(finds(by(field, 'a: b'), `${field}Selector: {}`)).toEqual([]);
      const spaces = `${field}NamespaceSelector: {}`;
      expect(finds(by(field, 'a: b', spaces), by(field, 'a: b'))).toEqual([
        `disruption ${owner}/mon/main spec.${field}NamespaceSelector`,
      ]);
      expect(finds(by(field, 'a: b'), by(field, 'a: b', spaces))).toEqual([]);
    });
  });
});

describe('what is lost with a selection', () => {
  const main = object('Prometheus', 'main', 'serviceMonitorSelector: { matchLabels: { for: all } }, ruleSelector: {}');
  const base = allOf(namespace('mon'), WEB, main);
  test('not what another monitor reads that is selected', () => {
    const second = object('ServiceMonitor', 'second', SPECS['ServiceMonitor']!, 'for: all');
    const of = (labels: string) => allOf(base, second, selected('ServiceMonitor', labels));
    expect(classed(lost, of('for: all'), of('for: us'))).toEqual([]);
  });
  test('a monitor in the place of another that nobody selects', () => {
    const other = object('ServiceMonitor', 'other', SPECS['ServiceMonitor']!, 'for: us');
    const before = allOf(base, selected('ServiceMonitor', 'for: all'));
    expect(classed(lost, before, allOf(base, other))).toHaveLength(1);
    expect(classed(lost, before, allOf(base, other.replace('for: us', 'for: all')))).toEqual([]);
  });
  test('what nobody selected before is not lost', () => {
    const of = (port: string) => allOf(base, selected('ServiceMonitor', 'for: us').replace('port: metrics', port));
    expect(classed(lost, of('port: metrics'), of('port: other'))).toEqual([]);
  });
  test('a Prometheus that goes, and one that takes a configuration of somebody else', () => {
    const of = (prometheus: string) => allOf(namespace('mon'), WEB, prometheus, selected('ServiceMonitor', 'for: all'));
    expect(classed(lost, of(main), of(WEB))).toEqual(['disruption Prometheus/mon/main']);
    expect(classed(lost, of(main), of(object('Prometheus', 'main', 'replicas: 1')))).toEqual([]);
  });
  test('alerts and recorded series, by name', () => {
    const rules = (labels: string) =>
      allOf(
        object('ThanosRuler', 'main', 'ruleSelector: { matchExpressions: [{ key: for, operator: Exists }] }'),
        selected('PrometheusRule', labels),
      );
    expect(messagesOf(lost, rules('for: a'), rules(''))).toEqual([
      'ThanosRuler/mon/main selects PrometheusRule/mon/own no more: nobody is told any more by Down, and a:b is recorded no more',
    ]);
  });
});

describe('an AlertmanagerConfig', () => {
  const config = (labels: string) =>
    object(
      'AlertmanagerConfig',
      'team',
      'route: { receiver: team }, receivers: [{ name: team, webhookConfigs: [{ url: "http://team" }] }]',
      labels,
    );
  const of = (labels: string, spec = 'alertmanagerConfigSelector: { matchLabels: { for: main } }') =>
    allOf(namespace('mon'), object('Alertmanager', 'main', spec), config(labels));
  test('that is selected no more', () => {
    expect(classed('notifications-lost', of('for: main'), of('for: other'))).toEqual([
      'disruption AlertmanagerConfig/mon/team metadata.labels.for',
    ]);
    expect(
      classed(
        'notifications-lost',
        of('for: main'),
        of('for: main', 'alertmanagerConfigSelector: { matchLabels: { for: other } }'),
      ),
    ).toEqual(['disruption Alertmanager/mon/main spec.alertmanagerConfigSelector.matchLabels.for']);
    expect(classed('notifications-lost', of('for: other'), of('for: main'))).toEqual([]);
  });
});
