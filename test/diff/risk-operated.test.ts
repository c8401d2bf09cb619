import { allOf, classed, MONITORING, messagesOf, worstClass } from './risks';

/** Objects of which the Prometheus operator keeps pods, and rules that they evaluate. */
const object = (kind: string, spec: string) =>
  `{ apiVersion: monitoring.coreos.com/${kind === 'PrometheusAgent' ? 'v1alpha1' : 'v1'}, kind: ${kind}, metadata: { name: main, namespace: mon }, spec: { ${spec} } }`;
const CLAIM = (size: string) =>
  `storage: { volumeClaimTemplate: { spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } } } }`;

describe.each(['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler'])('a %s', (kind) => {
  const worst = (before: string, after: string) => worstClass(object(kind, before), object(kind, after));
  test.each([
    ['version: v3.4.0', 'version: v3.5.0', 'restart'],
    ['image: a', 'image: b', 'restart'],
    ['logLevel: info', 'logLevel: debug', 'restart'],
    ['nodeSelector: { a: b }', 'nodeSelector: { a: c }', 'restart'],
    ['minReadySeconds: 1', 'minReadySeconds: 2', 'in-place'],
    ['paused: true, version: v3.4.0', 'paused: true, version: v3.5.0', 'in-place'],
    ['replicas: 3', 'replicas: 2', 'capacity'],
    ['replicas: 1', 'replicas: 2', 'capacity'],
    ['replicas: 2', 'replicas: 1', 'disruption'],
    ['replicas: 2', 'logLevel: info', 'disruption'],
    ['replicas: 1', 'replicas: 0', 'disruption'],
    [CLAIM('5Gi'), CLAIM('6Gi'), 'disruption'],
    ['replicas: 1', `replicas: 1, ${CLAIM('5Gi')}`, 'disruption'],
    [CLAIM('5Gi'), 'storage: { emptyDir: {} }', 'data-loss'],
    ['storage: { emptyDir: {} }', CLAIM('5Gi'), 'disruption'],
    ['podManagementPolicy: Parallel', 'podManagementPolicy: OrderedReady', 'disruption'],
  ])('%s → %s is of class %s', (before, after, risk) => expect(worst(before, after)).toBe(risk));
});

test('what is written into the configuration alone restarts nobody', () => {
  const of = (spec: string) => object('Prometheus', spec);
  for (const [before, after] of [
    ['scrapeInterval: 30s', 'scrapeInterval: 15s'],
    ['externalLabels: { a: b }', 'externalLabels: { a: c }'],
    ['enforcedSampleLimit: 1', 'enforcedSampleLimit: 2'],
  ] as const)
    expect(classed('pod-template-changed', of(before), of(after))).toEqual([]);
  expect(classed('redundancy-lost', of('shards: 2'), of('shards: 1'))).toEqual([
    'disruption Prometheus/mon/main spec.shards',
  ]);
  expect(messagesOf('replicas-changed', of('shards: 2, replicas: 2'), of('shards: 3, replicas: 2'))).toEqual([
    '2 more pods',
  ]);
});

describe('to whom alerts are sent', () => {
  const to = (...names: readonly string[]) =>
    object(
      'Prometheus',
      `alerting: { alertmanagers: [${names.map((name) => `{ name: ${name}, port: web }`).join(', ')}] }`,
    );
  const id = MONITORING;
  test('to nobody, to one less, to another', () => {
    expect(messagesOf(id, to('a'), object('Prometheus', 'replicas: 1'))).toEqual([
      'it sends its alerts to no Alertmanager any more: nobody is told of any',
    ]);
    expect(messagesOf(id, to('a', 'b'), to('b'))).toEqual(['it sends its alerts to Alertmanager mon/a no more']);
    expect(messagesOf(id, to('a'), to('a', 'b'))).toEqual([]);
    expect(
      classed(id, object('ThanosRuler', 'alertmanagersUrl: [http://a]'), object('ThanosRuler', 'replicas: 1')),
    ).toEqual(['disruption ThanosRuler/mon/main spec.alertmanagersUrl']);
  });
});

describe('rules', () => {
  const id = MONITORING;
  const rules = (text: string, name = 'main') =>
    object('PrometheusRule', `groups: [{ name: g, rules: [${text}] }]`).replace('name: main', `name: ${name}`);
  const UP = '{ alert: Up, expr: up }';
  const RECORD = '{ record: a:b, expr: up }';
  test('a series that nothing records any more', () => {
    const said = ['a:b is recorded no more: what asks for it finds nothing'];
    expect(messagesOf(id, rules(`${UP}, ${RECORD}`), rules(UP))).toEqual(said);
    expect(messagesOf(id, allOf(rules(RECORD), rules(UP, 'other')), rules(UP, 'other'))).toEqual(said);
    expect(messagesOf(id, allOf(rules(RECORD), rules(UP, 'other')), rules(`${UP}, ${RECORD}`, 'other'))).toEqual([]);
    const file =
      "{ apiVersion: v1, kind: ConfigMap, metadata: { name: rules, namespace: mon }, data: { r.yml: 'groups: [{ name: g, rules: [{ record: a:b, expr: up }] }]' } }";
    expect(messagesOf(id, allOf(rules(RECORD), file), file)).toEqual([]);
  });
  const file = (rule: string) =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: rules, namespace: mon }, data: { r.yml: "groups:\\n- { name: g, rules: [${rule}] }" } }`;
  test.each([
    ['an object', rules],
    ['a file', file],
  ])('an alert that has to hold for longer, of %s', (_, of) => {
    const held = (time: string) => of(`{ alert: Down, expr: up == 0${time && `, for: ${time}`} }`);
    expect(messagesOf(id, held('5m'), held('2h'))).toEqual([
      'Down has to hold for 2h in place of 5m before anybody is told',
    ]);
    expect(messagesOf(id, held(''), held('1m'))).toEqual([
      'Down has to hold for 1m in place of no time before anybody is told',
    ]);
    expect(messagesOf(id, held('2h'), held('5m'))).toEqual([]);
    expect(messagesOf(id, held('60m'), held('1h'))).toEqual([]);
    expect(messagesOf(id, held('5m'), held(''))).toEqual([]);
  });
});
