import { selectionsOfObject } from '../../world/operator-selection';
import { all, object, the, worldOf } from './support';

const operated = (kind: string, spec: string, namespace = 'monitoring', name = 'main') =>
  object('monitoring.coreos.com/v1', kind, name, `spec: { ${spec} }`, namespace);
const labelled = (kind: string, labels = 'app: web') =>
  `{ apiVersion: monitoring.coreos.com/v1, kind: ${kind}, metadata: { name: web, namespace: shop, labels: { ${labels} } } }`;
const place = (name: string, labels = '') =>
  `{ apiVersion: v1, kind: Namespace, metadata: { name: ${name}, labels: { ${labels} } } }`;
const selections = (kind: string, ...manifests: string[]) => {
  const world = worldOf(all(labelled(kind), ...manifests));
  return selectionsOfObject(world, the(world, 'web', kind)).map(({ by, is, why }) => `${by.kind} ${is}: ${why}`);
};

test.each([
  ['ServiceMonitor', 'Prometheus', 'serviceMonitor'],
  ['ServiceMonitor', 'PrometheusAgent', 'serviceMonitor'],
  ['PodMonitor', 'Prometheus', 'podMonitor'],
  ['PodMonitor', 'PrometheusAgent', 'podMonitor'],
  ['Probe', 'Prometheus', 'probe'],
  ['Probe', 'PrometheusAgent', 'probe'],
  ['ScrapeConfig', 'Prometheus', 'scrapeConfig'],
  ['ScrapeConfig', 'PrometheusAgent', 'scrapeConfig'],
  ['PrometheusRule', 'Prometheus', 'rule'],
  ['PrometheusRule', 'ThanosRuler', 'rule'],
  ['AlertmanagerConfig', 'Alertmanager', 'alertmanagerConfig'],
])('a %s is selected by a %s, with spec.%sSelector', (kind, by, field) => {
  const from = (spec: string) => selections(kind, operated(by, spec, 'shop'));
  const is = (spec: string) => from(spec).map((text) => text.split(':')[0]);
  expect(is(`${field}Selector: {}`)).toEqual([`${by} yes`]);
  expect(is(`${field}Selector: { matchLabels: { app: web } }`)).toEqual([`${by} yes`]);
  expect(from(`${field}Selector: { matchLabels: { app: db } }`)).toEqual([
    `${by} no: selects by spec.${field}Selector {"matchLabels":{"app":"db"}}`,
  ]);
  const other = field === 'probe' ? 'rule' : 'probe';
  expect(from(`${other}Selector: {}`)).toEqual([`${by} no: has no ${field}Selector and so selects none`]);
  // Somebody else writes the configuration of one without any selector.
  expect(from('replicas: 1')).toEqual([]);
  expect(from(`${field}Selector: null`)).toEqual([]);
});

test('other kinds select nothing', () => {
  const selector = 'serviceMonitorSelector: {}, ruleSelector: {}, alertmanagerConfigSelector: {}';
  expect(selections('ServiceMonitor', operated('ThanosRuler', selector), operated('Alertmanager', selector))).toEqual(
    [],
  );
  expect(selections('PrometheusRule', operated('PrometheusAgent', selector))).toEqual([]);
  expect(selections('ConfigMap', operated('Prometheus', selector))).toEqual([]);
});

describe('in which namespaces', () => {
  const from = (spec: string, namespace: string, ...more: string[]) =>
    selections('ServiceMonitor', operated('Prometheus', `serviceMonitorSelector: {}${spec}`, namespace), ...more);
  test('in its own only, without a selector of namespaces', () => {
    expect(from('', 'monitoring')).toEqual([
      'Prometheus no: selects in its own namespace monitoring only (it has no serviceMonitorNamespaceSelector)',
    ]);
    expect(from('', 'shop')[0]).toMatch(/^Prometheus yes/);
  });
  test('in those whose labels it selects, which may not be known', () => {
    const team = ', serviceMonitorNamespaceSelector: { matchLabels: { team: a } }';
    expect(from(team, 'monitoring', place('shop', 'team: a'))[0]).toMatch(/^Prometheus yes/);
    expect(from(team, 'monitoring', place('shop', 'team: b'))).toEqual([
      'Prometheus no: selects namespaces by spec.serviceMonitorNamespaceSelector {"matchLabels":{"team":"a"}}',
    ]);
    expect(from(team, 'monitoring')[0]).toMatch(/^Prometheus unknown: selects namespaces by /);
    expect(from(', serviceMonitorNamespaceSelector: {}', 'monitoring')[0]).toMatch(/^Prometheus yes/);
  });
  test('its own as well, by its labels, where it selects namespaces', () => {
    const team = ', serviceMonitorNamespaceSelector: { matchLabels: { team: a } }';
    expect(from(team, 'shop', place('shop', 'team: a'))[0]).toMatch(/^Prometheus yes/);
    expect(from(team, 'shop', place('shop', 'team: b'))[0]).toMatch(/^Prometheus no/);
  });
});

test('an Alertmanager takes the one configuration that it names, of its own namespace', () => {
  const naming = (name: string, namespace: string) =>
    selections(
      'AlertmanagerConfig',
      operated('Alertmanager', `alertmanagerConfiguration: { name: ${name} }`, namespace),
    );
  expect(naming('web', 'shop')).toEqual(['Alertmanager yes: ']);
  expect(naming('other', 'shop')[0]).toMatch(/^Alertmanager no/);
  expect(naming('web', 'monitoring')[0]).toMatch(/^Alertmanager no/);
  // The name is that of an AlertmanagerConfig: it says nothing of another kind.
  const named = 'alertmanagerConfiguration: { name: web }';
  expect(selections('ServiceMonitor', operated('Prometheus', named, 'shop'))).toEqual([
    'Prometheus no: has no serviceMonitorSelector and so selects none',
  ]);
});

test('a declared Prometheus selects as well, of the same API', () => {
  const of = (declared: string) => {
    const world = worldOf(labelled('ServiceMonitor'), { declared });
    return selectionsOfObject(world, the(world, 'web')).map(({ is }) => is);
  };
  const declared = operated('Prometheus', 'serviceMonitorSelector: {}', 'shop');
  expect(of(declared)).toEqual(['yes']);
  expect(of(declared.replace('monitoring.coreos.com', 'example.com'))).toEqual([]);
});

test.each([
  ['app: wbe', true],
  ['app: web', false],
  ['app: database', false],
  ['release: wbe', false],
])('a label that differs from the one that is wanted by a slip is misspelt: %s', (labels, misspelt) => {
  const world = worldOf(
    all(
      labelled('PodMonitor', labels),
      operated('Prometheus', 'podMonitorSelector: { matchLabels: { app: web } }', 'shop'),
    ),
  );
  expect(selectionsOfObject(world, the(world, 'web'))).toMatchObject([{ misspelt }]);
});
