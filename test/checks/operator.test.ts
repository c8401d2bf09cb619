import { all, said, service, verdicts, workload } from './judging';

const GROUP = 'apiVersion: monitoring.coreos.com/v1';
const namespaceOf = (name: string, labels = '') =>
  `{ apiVersion: v1, kind: Namespace, metadata: { name: ${name}, labels: { ${labels} } } }`;
const object = (kind: string, spec: string, namespace = 'monitoring', name = 'main') =>
  `{ ${GROUP}, kind: ${kind}, metadata: { name: ${name}, namespace: ${namespace} }, spec: { ${spec} } }`;
const labelled = (kind: string, labels: string, namespace = 'monitoring') =>
  `{ ${GROUP}, kind: ${kind}, metadata: { name: web, namespace: ${namespace}, labels: { ${labels} } }, spec: {} }`;

describe('monitor-selected', () => {
  const judged = (...manifests: readonly string[]) =>
    verdicts('monitor-selected', all(namespaceOf('monitoring'), ...manifests));
  const FAIL = ['fail metadata.labels'];
  const UNKNOWN = ['unknown metadata.labels'];

  test.each([
    ['ServiceMonitor', 'Prometheus', 'serviceMonitorSelector'],
    ['PodMonitor', 'Prometheus', 'podMonitorSelector'],
    ['PodMonitor', 'PrometheusAgent', 'podMonitorSelector'],
    ['Probe', 'Prometheus', 'probeSelector'],
    ['ScrapeConfig', 'PrometheusAgent', 'scrapeConfigSelector'],
    ['PrometheusRule', 'Prometheus', 'ruleSelector'],
    ['PrometheusRule', 'ThanosRuler', 'ruleSelector'],
    ['AlertmanagerConfig', 'Alertmanager', 'alertmanagerConfigSelector'],
  ])('a %s is selected by its labels, by %s', (kind, by, field) => {
    const owner = object(by, `${field}: { matchLabels: { team: shop } }`);
    expect(judged(owner, labelled(kind, 'team: shop'))).toEqual([]);
    expect(judged(owner, labelled(kind, 'team: bank'))).toEqual(FAIL);
    expect(judged(owner, labelled(kind, ''))).toEqual(FAIL);
    expect(judged(object(by, `${field}: {}`), labelled(kind, ''))).toEqual([]);
  });
  test('without a selector nothing is selected, unless nothing at all is configured by objects', () => {
    expect(judged(object('Prometheus', 'ruleSelector: {}'), labelled('ServiceMonitor', ''))).toEqual(FAIL);
    expect(judged(object('Prometheus', 'podMonitorSelector: {}'), labelled('PrometheusRule', ''))).toEqual(FAIL);
    expect(judged(object('Prometheus', ''), labelled('ServiceMonitor', ''))).toEqual([]);
  });
  test('another namespace needs a namespace selector, which reads the labels of the Namespace', () => {
    const owner = (namespaces: string) => object('Prometheus', `ruleSelector: {}, ${namespaces}`);
    const rule = labelled('PrometheusRule', '', 'shop');
    const shop = namespaceOf('shop', 'monitored: yes-please');
    const matching = 'ruleNamespaceSelector: { matchLabels: { monitored: yes-please } }';
    expect(judged(owner(''), shop, rule)).toEqual(FAIL);
    expect(judged(owner('ruleNamespaceSelector: {}'), rule)).toEqual([]);
    expect(judged(owner(matching), shop, rule)).toEqual([]);
    expect(judged(owner(matching), namespaceOf('shop'), rule)).toEqual(FAIL);
    expect(judged(owner(matching), rule)).toEqual(UNKNOWN);
    expect(
      judged(
        owner(
          'ruleNamespaceSelector: { matchExpressions: [{ key: kubernetes.io/metadata.name, operator: In, values: [shop] }] }',
        ),
        rule,
      ),
    ).toEqual([]);
  });
  test('one of several is enough, and one that nobody showed may do as well', () => {
    const main = object('Prometheus', 'serviceMonitorSelector: { matchLabels: { team: shop } }');
    const other = object(
      'Prometheus',
      'serviceMonitorSelector: { matchLabels: { team: bank } }',
      'monitoring',
      'other',
    );
    const monitor = labelled('ServiceMonitor', 'team: bank');
    expect(judged(main, other, monitor)).toEqual([]);
    expect(judged(monitor)).toEqual([]);
    expect(verdicts('monitor-selected', all(main, monitor))).toEqual(UNKNOWN);
    expect(verdicts('monitor-selected', all(main, labelled('ServiceMonitor', 'team: shpo')))).toEqual(FAIL);
    expect(verdicts('monitor-selected', all(main, monitor), { declared: other })).toEqual([]);
  });
  test('an Alertmanager may name one configuration', () => {
    expect(
      judged(object('Alertmanager', 'alertmanagerConfiguration: { name: web }'), labelled('AlertmanagerConfig', '')),
    ).toEqual([]);
  });
  test('one that is not there is the cause, where the Alertmanager names its configuration', () => {
    const by = (name: string) => object('Alertmanager', `alertmanagerConfiguration: { name: ${name} }`);
    const [found] = said(
      'monitor-selected',
      all(namespaceOf('monitoring'), by('wbe'), labelled('AlertmanagerConfig', '')),
    );
    expect(found?.message).toContain('takes AlertmanagerConfig wbe of namespace monitoring alone');
    expect(found?.causedBy).toBe('monitoring-stack-complete Alertmanager/monitoring/main');
    const other = labelled('AlertmanagerConfig', '').replace('name: web', 'name: other');
    const [aside] = said(
      'monitor-selected',
      all(namespaceOf('monitoring'), by('web'), labelled('AlertmanagerConfig', ''), other),
    );
    expect([aside?.object, aside?.causedBy]).toEqual(['AlertmanagerConfig/monitoring/other', undefined]);
  });
  test('kinds of the same name in another group are not judged', () => {
    expect(
      judged(
        object('Prometheus', 'probeSelector: { matchLabels: { a: b } }'),
        labelled('Probe', '').replace('monitoring.coreos.com', 'example.com'),
      ),
    ).toEqual([]);
  });
});

describe('operator-secret-exists', () => {
  const judged = (...manifests: readonly string[]) =>
    verdicts('operator-secret-exists', all(namespaceOf('monitoring'), ...manifests));
  const secret =
    '{ apiVersion: v1, kind: Secret, metadata: { name: known, namespace: monitoring }, stringData: { a: b } }';
  const config = secret.replace('Secret', 'ConfigMap').replace('stringData', 'data');

  test.each([
    [
      'ServiceMonitor',
      (ref: string) => `endpoints: [{ tlsConfig: { ca: { secret: ${ref} } } }]`,
      'endpoints[0].tlsConfig.ca.secret',
    ],
    [
      'PodMonitor',
      (ref: string) => `podMetricsEndpoints: [{ oauth2: { clientSecret: ${ref} } }]`,
      'podMetricsEndpoints[0].oauth2.clientSecret',
    ],
    ['Probe', (ref: string) => `bearerTokenSecret: ${ref}`, 'bearerTokenSecret'],
    ['ScrapeConfig', (ref: string) => `authorization: { credentials: ${ref} }`, 'authorization.credentials'],
    ['Prometheus', (ref: string) => `additionalScrapeConfigs: ${ref}`, 'additionalScrapeConfigs'],
    [
      'PrometheusAgent',
      (ref: string) => `remoteWrite: [{ url: a, basicAuth: { username: ${ref} } }]`,
      'remoteWrite[0].basicAuth.username',
    ],
    [
      'Alertmanager',
      (ref: string) =>
        `alertmanagerConfiguration: { global: { httpConfig: { authorization: { credentials: ${ref} } } } }`,
      'alertmanagerConfiguration.global.httpConfig.authorization.credentials',
    ],
    ['ThanosRuler', (ref: string) => `objectStorageConfig: ${ref}`, 'objectStorageConfig'],
  ])('what a %s reads is there, with its key', (kind, spec, path) => {
    expect(judged(object(kind, spec('{ name: known, key: a }')), secret)).toEqual([]);
    expect(judged(object(kind, spec('{ name: known, key: c }')), secret)).toEqual([`fail spec.${path}.key`]);
    expect(judged(object(kind, spec('{ name: other, key: a }')), secret)).toEqual([`fail spec.${path}.name`]);
    expect(judged(object(kind, spec('{ name: other, key: a, optional: true }')), secret)).toEqual([]);
  });

  test('a key below configMap is that of a ConfigMap', () => {
    const ca = 'endpoints: [{ tlsConfig: { ca: { configMap: { name: known, key: a } } } }]';
    expect(judged(object('ServiceMonitor', ca), config)).toEqual([]);
    expect(judged(object('ServiceMonitor', ca), secret)).toEqual([
      'fail spec.endpoints[0].tlsConfig.ca.configMap.name',
    ]);
  });

  test('what is mounted is there; pods that it changes are not asked for their own', () => {
    expect(judged(object('Prometheus', 'secrets: [known], configMaps: [known]'), secret, config)).toEqual([]);
    expect(judged(object('Prometheus', 'secrets: [other]'), secret)).toEqual(['fail spec.secrets[0]']);
    expect(judged(object('Prometheus', 'configMaps: [known]'), secret)).toEqual(['fail spec.configMaps[0]']);
    const own = 'containers: [{ name: a, env: [{ name: A, valueFrom: { secretKeyRef: { name: other, key: a } } }] }]';
    expect(judged(object('Prometheus', own))).toEqual([]);
  });

  test('what may be elsewhere cannot be told', () => {
    expect(verdicts('operator-secret-exists', object('Prometheus', 'secrets: [other]'))).toEqual([
      'unknown spec.secrets[0]',
    ]);
  });
});

describe('monitoring-stack-complete', () => {
  const judged = (...manifests: readonly string[]) =>
    verdicts('monitoring-stack-complete', all(namespaceOf('monitoring'), ...manifests));
  const alertmanagers = (entry: string) => object('Prometheus', `alerting: { alertmanagers: [{ ${entry} }] }`);
  const alerting = service('selector: { app: a }, ports: [{ name: web, port: 9093 }]', 'alerts').replace(
    'shop',
    'monitoring',
  );

  test.each(['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler'])(
    'the ServiceAccount of a %s exists',
    (kind) => {
      const account = '{ apiVersion: v1, kind: ServiceAccount, metadata: { name: account, namespace: monitoring } }';
      expect(judged(object(kind, 'serviceAccountName: account'), account)).toEqual([]);
      expect(judged(object(kind, 'serviceAccountName: other'), account)).toEqual(['fail spec.serviceAccountName']);
      expect(judged(object(kind, ''), account)).toEqual([]);
      expect(verdicts('monitoring-stack-complete', object(kind, 'serviceAccountName: other'))).toEqual([
        'unknown spec.serviceAccountName',
      ]);
    },
  );
  test('the AlertmanagerConfig that an Alertmanager names is of its namespace', () => {
    const by = object('Alertmanager', 'alertmanagerConfiguration: { name: web }');
    const FAIL = ['fail spec.alertmanagerConfiguration.name'];
    expect(judged(by, labelled('AlertmanagerConfig', ''))).toEqual([]);
    expect(judged(by)).toEqual(FAIL);
    expect(judged(by, labelled('AlertmanagerConfig', '', 'shop'))).toEqual(FAIL);
    expect(
      judged(object('Alertmanager', 'alertmanagerConfiguration: { name: wbe }'), labelled('AlertmanagerConfig', '')),
    ).toEqual(FAIL);
    expect(judged(object('Alertmanager', 'alertmanagerConfigSelector: {}'))).toEqual([]);
    expect(verdicts('monitoring-stack-complete', by)).toEqual(['unknown spec.alertmanagerConfiguration.name']);
  });
  test('alerts go to a Service, at a port of it', () => {
    expect(judged(alertmanagers('name: alerts, namespace: monitoring, port: web'), alerting)).toEqual([]);
    expect(judged(alertmanagers('name: alerts, port: 9093'), alerting)).toEqual([]);
    expect(judged(alertmanagers('name: alert, port: web'), alerting)).toEqual([
      'fail spec.alerting.alertmanagers[0].name',
    ]);
    expect(judged(alertmanagers('name: alerts, port: http'), alerting)).toEqual([
      'fail spec.alerting.alertmanagers[0].port',
    ]);
    expect(judged(alertmanagers('name: alerts, namespace: shop, port: web'), alerting)).toEqual([
      'unknown spec.alerting.alertmanagers[0].name',
    ]);
    expect(judged(alertmanagers('name: alerts, namespace: shop, port: web'), namespaceOf('shop'), alerting)).toEqual([
      'fail spec.alerting.alertmanagers[0].name',
    ]);
  });
  test('the Service that the operator makes of an Alertmanager is there', () => {
    const wanted = alertmanagers('name: alertmanager-operated, port: web');
    expect(judged(wanted, object('Alertmanager', ''))).toEqual([]);
    expect(judged(wanted)).toEqual(['fail spec.alerting.alertmanagers[0].name']);
  });
  test('a port of a container serves as a number too', () => {
    const targeted = service(
      'selector: { app: alerts }, ports: [{ name: web, port: 80, targetPort: 9093 }]',
      'alerts',
    ).replace('shop', 'monitoring');
    const pods = workload({ name: 'alerts', container: 'ports: [{ containerPort: 9093 }]' }).replaceAll(
      'namespace: shop',
      'namespace: monitoring',
    );
    expect(judged(alertmanagers('name: alerts, port: 9093'), targeted, pods)).toEqual([]);
    expect(
      said('monitoring-stack-complete', all(alertmanagers('name: alerts, port: 9094'), targeted, pods))[0]?.message,
    ).toContain('declares 9094');
  });
});
