import { allOf, classed, messagesOf } from './risks';

describe('admission-blocks', () => {
  const id = 'admission-blocks';
  const NAMESPACE = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
  const SERVICE =
    '{ apiVersion: v1, kind: Service, metadata: { name: hook, namespace: shop }, spec: { ports: [{ port: 443 }] } }';
  const hook = (resources: string, policy: string, kind = 'MutatingWebhookConfiguration') =>
    `{ apiVersion: admissionregistration.k8s.io/v1, kind: ${kind}, metadata: { name: q }, webhooks: [{ name: a.b.c, ${policy} sideEffects: None, admissionReviewVersions: [v1], clientConfig: { service: { name: hook, namespace: shop } }, rules: [{ apiGroups: ['*'], apiVersions: [v1], resources: [${resources}], operations: [CREATE] }] }] }`;
  test('a new one about everything, by the default policy', () => {
    const before = allOf(NAMESPACE, SERVICE);
    expect(messagesOf(id, before, allOf(before, hook("'*/*'", '')))).toEqual([
      'a.b.c: while it does not answer, the API server refuses every change of every resource',
    ]);
    expect(classed(id, before, allOf(before, hook('deployments', '')))).toEqual([]);
  });
  test('one whose Service goes, or never was there', () => {
    const narrow = hook('pods', 'failurePolicy: Fail,', 'ValidatingWebhookConfiguration');
    expect(classed(id, NAMESPACE, allOf(NAMESPACE, narrow))).toEqual(['disruption ValidatingWebhookConfiguration/q']);
    expect(classed(id, NAMESPACE, allOf(NAMESPACE, hook('pods', 'failurePolicy: Ignore,')))).toEqual([]);
    expect(classed(id, allOf(NAMESPACE, narrow), allOf(NAMESPACE, narrow.replace('CREATE', 'UPDATE')))).toEqual([]);
  });
});

describe('retention-shortened', () => {
  const id = 'retention-shortened';
  const of = (api: string, kind: string, rest: string) =>
    `{ apiVersion: ${api}, kind: ${kind}, metadata: { name: a, namespace: shop }, ${rest} }`;
  test.each([
    [
      'a topic',
      (v: string) => of('kafka.strimzi.io/v1beta2', 'KafkaTopic', `spec: { config: { retention.ms: ${v} } }`),
      '-1',
      '60000',
    ],
    [
      'backups of a database',
      (v: string) => of('postgresql.cnpg.io/v1', 'Cluster', `spec: { backup: { retentionPolicy: ${v} } }`),
      '2m',
      '30d',
    ],
    [
      'logs, in a file',
      (v: string) => of('v1', 'ConfigMap', `data: { loki.yaml: 'limits_config: { retention_period: ${v} }' }`),
      '0s',
      '24h',
    ],
    [
      'the shortest of several',
      (v: string) =>
        of('v1', 'ConfigMap', `data: { a.yaml: 'retention_period: 9000h, b: { retention_period: "${v}" }' }`),
      '744h',
      '7d',
    ],
  ])('%s', (_, written, long, short) => {
    expect(classed(id, written(long), written(short))).toHaveLength(1);
    expect(classed(id, written(short), written(long))).toEqual([]);
  });
});
