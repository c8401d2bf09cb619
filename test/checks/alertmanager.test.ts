import { all, said, verdicts, workload } from './judging';

const ID = 'alertmanager-config-valid';
const GOOD = '{ route: { receiver: a }, receivers: [{ name: a }] }';
const BAD = '{ route: { receiver: b }, receivers: [{ name: a }] }';

/** An Alertmanager whose configuration stands in a volume. */
const running = (source: string, object: string, more = '') =>
  all(
    object,
    workload({
      name: 'alertmanager',
      kind: 'StatefulSet',
      pod: `volumes: [{ name: c, ${source} }]`,
      containers: `{ name: a, image: 'quay.io/prometheus/alertmanager:v0.28.1', ${more} volumeMounts: [{ name: c, mountPath: /etc/alertmanager }] }`,
    }),
  );
const configMap = (content: string, key = 'alertmanager.yml') =>
  `{ apiVersion: v1, kind: ConfigMap, metadata: { name: config, namespace: shop }, data: { ${key}: ${JSON.stringify(content)} } }`;
const secret = (content: string, field = 'stringData', name = 'config', key = 'alertmanager.yml') =>
  `{ apiVersion: v1, kind: Secret, metadata: { name: ${name}, namespace: shop }, ${field}: { ${key}: ${JSON.stringify(content)} } }`;
const custom = (kind: string, spec: string, version = 'v1') =>
  `{ apiVersion: monitoring.coreos.com/${version}, kind: ${kind}, metadata: { name: main, namespace: shop }, spec: { ${spec} } }`;

describe('the configuration of a workload', () => {
  test.each([
    [
      'a ConfigMap',
      (content: string) => running('configMap: { name: config }', configMap(content)),
      'data["alertmanager.yml"]',
    ],
    [
      'a Secret',
      (content: string) => running('secret: { secretName: config }', secret(content)),
      'stringData["alertmanager.yml"]',
    ],
    [
      'an encoded Secret',
      (content: string) =>
        running('secret: { secretName: config }', secret(Buffer.from(content).toString('base64'), 'data')),
      'data["alertmanager.yml"]',
    ],
    [
      'a projected Secret',
      (content: string) => running('projected: { sources: [{ secret: { name: config } }] }', secret(content)),
      'stringData["alertmanager.yml"]',
    ],
    [
      'another file, which an argument names',
      (content: string) =>
        running(
          'configMap: { name: config }',
          configMap(content, 'main.yml'),
          'args: [--config.file=/etc/alertmanager/main.yml],',
        ),
      'data["main.yml"]',
    ],
  ])('stands in %s', (_, manifests, place) => {
    expect(verdicts(ID, manifests(GOOD))).toEqual([]);
    expect(verdicts(ID, manifests(BAD))).toEqual([`fail ${place}`]);
  });
  test('a field that the version of the image lacks is refused', () => {
    const novel = '{ route: { receiver: a }, receivers: [{ name: a, smokesignal_configs: [] }] }';
    const manifests = running('configMap: { name: config }', configMap(novel));
    expect(verdicts(ID, manifests)).toEqual(['fail data["alertmanager.yml"]']);
    expect(verdicts(ID, manifests.replace(':v0.28.1', ''))).toEqual(['unknown data["alertmanager.yml"]']);
  });
  test('it is YAML, with one document', () => {
    const judged = (content: string) =>
      said(ID, running('configMap: { name: config }', configMap(content))).map(({ message }) => message);
    expect(judged('route: [')[0]).toContain('is not valid YAML');
    expect(judged(`route: { receiver: a }\nreceivers: [{ name: a }]\n---\n${GOOD}`)).toEqual([
      expect.stringContaining('more than one YAML document'),
    ]);
    expect(judged('')).toEqual([expect.stringContaining('has no route')]);
  });
  test('a token in a URL is not shown', () => {
    const content =
      "{ route: { receiver: a }, receivers: [{ name: a, webhook_configs: [{ url: 'ftp://x' }], slack_configs: [{ api_url: 'https://hooks:x/s3cr3t' }] }] }";
    const found = said(ID, running('secret: { secretName: config }', secret(content)));
    expect(found).toHaveLength(2);
    expect(JSON.stringify(found)).not.toContain('s3cr3t');
  });
  test('a file of another program is not judged', () => {
    expect(
      verdicts(ID, running('configMap: { name: config }', configMap(BAD)).replace('alertmanager:v0', 'other:v0')),
    ).toEqual([]);
  });
});

test('the operator reads the Secret of the Alertmanager object, by its name or as configSecret', () => {
  const place = ['fail stringData["alertmanager.yaml"]'];
  const named = secret(BAD, 'stringData', 'alertmanager-main', 'alertmanager.yaml');
  expect(verdicts(ID, all(custom('Alertmanager', ''), named))).toEqual(place);
  const chosen = secret(BAD, 'stringData', 'other', 'alertmanager.yaml');
  expect(verdicts(ID, all(custom('Alertmanager', 'configSecret: other'), chosen))).toEqual(place);
  expect(verdicts(ID, all(custom('Alertmanager', 'configSecret: other'), chosen, named))).toEqual(place);
  expect(verdicts(ID, all(custom('Alertmanager', ''), chosen))).toEqual([]);
});

describe('an AlertmanagerConfig', () => {
  const judged = (spec: string, version = 'v1alpha1') => verdicts(ID, custom('AlertmanagerConfig', spec, version));
  const receivers = "receivers: [{ name: a, webhookConfigs: [{ url: 'http://a' }] }]";
  test('is taken with what it needs', () => {
    expect(
      judged(
        `route: { receiver: a, groupBy: [job], routes: [{ receiver: a, matchers: [{ name: x, value: 'y|z', matchType: =~ }], muteTimeIntervals: [nights] }] }, ${receivers}, muteTimeIntervals: [{ name: nights }]`,
      ),
    ).toEqual([]);
    expect(
      judged(
        `route: { receiver: a, activeTimeIntervals: [nights] }, ${receivers}, timeIntervals: [{ name: nights }]`,
        'v1beta1',
      ),
    ).toEqual([]);
  });
  test.each([
    [`route: { receiver: b }, ${receivers}`, 'spec.route.receiver'],
    [`route: { groupBy: [job] }, ${receivers}`, 'spec.route'],
    [
      `route: { receiver: a, routes: [{ routes: [{ receiver: c }] }] }, ${receivers}`,
      'spec.route.routes[0].routes[0].receiver',
    ],
    [`route: { receiver: a, muteTimeIntervals: [nights] }, ${receivers}`, 'spec.route.muteTimeIntervals[0]'],
    [`route: { receiver: a, groupBy: [job, job] }, ${receivers}`, 'spec.route.groupBy'],
    [`route: { receiver: a, repeatInterval: 4 hours }, ${receivers}`, 'spec.route.repeatInterval'],
    [
      `route: { receiver: a, matchers: [{ name: b, value: '(', matchType: =~ }] }, ${receivers}`,
      'spec.route.matchers[0].value',
    ],
    ['receivers: [{ name: a }, { name: a }]', 'spec.receivers[1].name'],
    ['receivers: [{ name: a, webhookConfigs: [{}] }]', 'spec.receivers[0].webhookConfigs[0]'],
    ['receivers: [{ name: a, webhookConfigs: [{ url: a:80 }] }]', 'spec.receivers[0].webhookConfigs[0].url'],
    [
      'receivers: [{ name: a, telegramConfigs: [{ botToken: { name: a, key: b } }] }]',
      'spec.receivers[0].telegramConfigs[0]',
    ],
    [
      `inhibitRules: [{ sourceMatch: [{ name: a, value: 'x(', regex: true }] }], ${receivers}`,
      'spec.inhibitRules[0].sourceMatch[0].value',
    ],
  ])('{ %s } is rejected at %s', (spec, place) => expect(judged(spec)).toEqual([`fail ${place}`]));
});
