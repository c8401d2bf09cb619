import { allOf, classed, messagesOf, worstClass } from './risks';

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

describe('admission-tightened and admission-loosened', () => {
  const [tightened, loosened] = ['admission-tightened', 'admission-loosened'];
  const RULE = "apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]";
  const hook = (more: string, rule = RULE, kind = 'ValidatingWebhookConfiguration') =>
    `{ apiVersion: admissionregistration.k8s.io/v1, kind: ${kind}, metadata: { name: w }, webhooks: [{ name: a.x.y, sideEffects: None, admissionReviewVersions: [v1], rules: [{ ${rule} }]${more} }] }`;
  const URL = ", clientConfig: { url: 'https://a' }";
  const mutating = (more: string) => hook(more, RULE, 'MutatingWebhookConfiguration');
  const policy = (spec: string, kind = 'ValidatingAdmissionPolicy') =>
    `{ apiVersion: admissionregistration.k8s.io/v1, kind: ${kind}, metadata: { name: p }, spec: { ${spec} } }`;
  const constrained = (more: string, rule = RULE) =>
    policy(`validations: [{ expression: a }], matchConstraints: { resourceRules: [{ ${rule} }]${more} }`);
  const bound = (more: string) =>
    policy(`policyName: p, validationActions: [Deny]${more}`, 'ValidatingAdmissionPolicyBinding');
  const kyverno = (...actions: readonly string[]) =>
    `{ apiVersion: kyverno.io/v1, kind: ClusterPolicy, metadata: { name: p }, spec: { rules: [${actions.map((action, i) => `{ name: r${i}, validate: { failureAction: ${action} } }`).join()}] } }`;
  const LABELS = '{ matchLabels: { a: b } }';
  test.each([
    ['an answer that is needed', hook(`${URL}, failurePolicy: Ignore`), hook(URL)],
    ['every namespace', hook(`${URL}, namespaceSelector: ${LABELS}`), hook(URL)],
    [
      'more namespaces',
      hook(`${URL}, namespaceSelector: { matchLabels: { a: b, c: d } }`),
      hook(`${URL}, namespaceSelector: ${LABELS}`),
    ],
    ['every object', mutating(`${URL}, objectSelector: ${LABELS}`), mutating(URL)],
    ['a condition less', hook(`${URL}, matchConditions: [{ name: c, expression: x }]`), hook(URL)],
    ['another operation', hook(URL), hook(URL, RULE.replace('CREATE', 'CREATE, UPDATE'))],
    ['a subresource', hook(URL), hook(URL, RULE.replace('pods', 'pods, pods/exec'))],
    ['another group', hook(URL), hook(URL, RULE.replace("['']", "['', apps]"))],
    ['what is of the cluster', hook(URL, `${RULE}, scope: Namespaced`), hook(URL)],
    ['other versions', hook(`${URL}, matchPolicy: Exact`), hook(URL)],
    ['a policy about every namespace', constrained(`, namespaceSelector: ${LABELS}`), constrained('')],
    ['a policy about more', constrained(''), constrained('', RULE.replace('pods', "'*'"))],
    [
      'a policy without what it left out',
      constrained(`, excludeResourceRules: [{ ${RULE}, resourceNames: [a] }]`),
      constrained(''),
    ],
    [
      'a policy that checks more',
      policy('validations: [{ expression: a }]'),
      policy('validations: [{ expression: a }, { expression: b }]'),
    ],
    ['a policy that cannot judge', policy('validations: [], failurePolicy: Ignore'), policy('validations: []')],
    ['a binding for every namespace', bound(`, matchResources: { namespaceSelector: ${LABELS} }`), bound('')],
    [
      'a binding for all that the policy is about',
      bound(`, matchResources: { resourceRules: [{ ${RULE} }] }`),
      bound(''),
    ],
    ['a binding that denies', bound('').replace('Deny', 'Audit'), bound('')],
    ['a rule of Kyverno', kyverno('Audit', 'Audit'), kyverno('Audit', 'Enforce')],
  ])('%s, and the way back', (_, before, after) => {
    expect(classed(tightened, before, after)).toHaveLength(1);
    expect(classed(loosened, before, after)).toEqual([]);
    expect(worstClass(before, after)).toBe('disruption');
    expect(classed(tightened, after, before)).toEqual([]);
    expect(classed(loosened, after, before)).toHaveLength(1);
    expect(worstClass(after, before)).toBe('privilege');
  });
  test.each([
    ['a longer wait', hook(`${URL}, timeoutSeconds: 5`), hook(URL), 'waits up to 10 s in place of 5 s'],
    [
      'somebody else',
      hook(', clientConfig: { service: { namespace: a, name: b } }'),
      hook(URL),
      'is https://a in place of Service a/b:443/',
    ],
    [
      'another path',
      hook(', clientConfig: { service: { namespace: a, name: b } }'),
      hook(', clientConfig: { service: { namespace: a, name: b, path: /x } }'),
      'Service a/b:443/x in place of',
    ],
    [
      'a new one',
      '',
      hook(URL),
      'CREATE of pods in every namespace, and may refuse it; while it does not answer, that is refused',
    ],
    ['other parameters', bound(''), bound(', paramRef: { name: a }'), 'paramRef'],
  ])('%s', (_, before, after, text) => {
    expect(messagesOf(tightened, before, after).join()).toContain(text);
  });
  test('what says the same, or is asked for less long', () => {
    for (const [before, after] of [
      [hook(`${URL}, timeoutSeconds: 20`), hook(`${URL}, timeoutSeconds: 5`)],
      [hook(URL), hook(`${URL}, failurePolicy: Fail, namespaceSelector: {}, timeoutSeconds: 10`)],
      [hook(URL), hook(URL, `${RULE}, scope: '*'`)],
      [
        hook(", clientConfig: { url: 'https://a', caBundle: YQ== }"),
        hook(", clientConfig: { url: 'https://a', caBundle: Yg== }"),
      ],
      ['', policy('validations: [{ expression: a }]')],
    ] as const) {
      expect(classed(tightened, before, after)).toEqual([]);
      expect(classed(loosened, before, after)).toEqual([]);
    }
  });
  test('a webhook for kinds that come with it', () => {
    const definition =
      '{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: a.example.com }, spec: { group: example.com, names: { kind: A, plural: a }, scope: Namespaced, versions: [] } }';
    const own = hook(URL, RULE.replace("['']", '[example.com]'));
    expect(classed(tightened, '', allOf(definition, own))).toEqual([]);
    expect(classed(tightened, definition, allOf(definition, own))).toHaveLength(1);
  });
});
