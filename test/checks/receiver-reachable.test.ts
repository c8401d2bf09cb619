import { all, messages, namespace, verdicts, workload } from './judging';

const ID = 'receiver-reachable';
const secret = (name: string, keys: string) =>
  `{ apiVersion: v1, kind: Secret, metadata: { name: ${name}, namespace: shop }, stringData: { ${keys} } }`;
const judged = (...manifests: readonly string[]) => verdicts(ID, all(namespace, ...manifests));

describe('an AlertmanagerConfig', () => {
  const config = (receiver: string) =>
    `{ apiVersion: monitoring.coreos.com/v1alpha1, kind: AlertmanagerConfig, metadata: { name: team, namespace: shop }, spec: { receivers: [{ name: team, ${receiver} }] } }`;
  const slack = config('slackConfigs: [{ apiURL: { name: slack, key: url } }]');
  const PLACE = 'spec.receivers[0].slackConfigs[0].apiURL';
  test('names Secrets of its namespace, and keys of theirs', () => {
    expect(judged(slack, secret('slack', 'url: a'))).toEqual([]);
    expect(judged(slack, secret('slack', 'uri: a'))).toEqual([`fail ${PLACE}.key`]);
    expect(judged(slack)).toEqual([`fail ${PLACE}.name`]);
    expect(judged(slack, secret('slack', 'url: a').replace('shop', 'other'))).toEqual([`fail ${PLACE}.name`]);
    expect(messages(ID, all(namespace, slack, secret('slack', 'uri: a')))[0]).toContain('did you mean "uri"?');
  });
  test('may be read with what is not known', () => {
    expect(verdicts(ID, slack)).toEqual([`unknown ${PLACE}.name`]);
    expect(judged(slack, '{ apiVersion: v1, kind: Secret, metadata: { name: slack, namespace: shop } }')).toEqual([]);
  });
  test('may name them deep inside, also ConfigMaps, and what is no selector is none', () => {
    const webhook = (tls: string) =>
      config(`webhookConfigs: [{ url: 'http://x', httpConfig: { tlsConfig: { ca: { ${tls} } } } }]`);
    expect(judged(webhook('secret: { name: ca, key: a }'), secret('ca', 'b: c'))).toHaveLength(1);
    const map = '{ apiVersion: v1, kind: ConfigMap, metadata: { name: ca, namespace: shop }, data: { a: b } }';
    expect(judged(webhook('configMap: { name: ca, key: a }'), map)).toEqual([]);
    expect(judged(webhook('configMap: { name: ca, key: b }'), map)).toHaveLength(1);
    expect(judged(config('emailConfigs: [{ headers: [{ key: Subject, value: x }] }]'))).toEqual([]);
  });
});

const receiver = (file: string) =>
  `receivers: [{ name: team, slack_configs: [{ api_url_file: ${file} }] }, { name: other, slack_configs: [{ api_url_file: ${file} }] }]`;
const FAIL = ['fail stringData["alertmanager.yaml"]'];

describe('an Alertmanager object', () => {
  const alertmanager = (spec: string) =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: Alertmanager, metadata: { name: main, namespace: shop }, spec: { ${spec} } }`;
  const judge = (file: string, spec = 'secrets: [slack]', keys = 'url: a') =>
    judged(
      alertmanager(spec),
      secret('slack', keys),
      secret('alertmanager-main', `alertmanager.yaml: ${JSON.stringify(receiver(file))}`),
    );
  test('has the files of the Secrets that it lists', () => {
    expect(judge('/etc/alertmanager/secrets/slack/url')).toEqual([]);
    expect(judge('/etc/alertmanager/secrets/slack/uri')).toEqual(FAIL);
    expect(judge('/etc/alertmanager/secrets/slack/url', '')).toEqual(FAIL);
    expect(judge('/etc/alertmanager/secrets/other/url')).toEqual(FAIL);
    expect(judge('/etc/alertmanager/configmaps/slack/url')).toEqual(FAIL);
  });
  test('may have others that are not known', () => {
    expect(judge('/etc/elsewhere/url', '')).toEqual([]);
    expect(judge('/etc/alertmanager/secrets/slack/url', 'volumeMounts: []')).toEqual([]);
  });
});

test('a workload has the files that are mounted', () => {
  const judge = (file: string, keys = 'url: a') =>
    judged(
      secret('slack', keys),
      `{ apiVersion: v1, kind: ConfigMap, metadata: { name: config, namespace: shop }, data: { alertmanager.yml: ${JSON.stringify(receiver(file))} } }`,
      workload({
        name: 'alertmanager',
        pod: 'volumes: [{ name: c, configMap: { name: config } }, { name: s, secret: { secretName: slack } }]',
        containers:
          "{ name: a, image: 'prom/alertmanager:v0.28.1', volumeMounts: [{ name: c, mountPath: /etc/alertmanager }, { name: s, mountPath: /etc/slack }] }",
      }),
    );
  expect(judge('/etc/slack/url')).toEqual([]);
  expect(judge('/etc/slack/uri')).toEqual(['fail data["alertmanager.yml"]']);
  expect(judge('/etc/elsewhere/uri')).toEqual([]);
});
