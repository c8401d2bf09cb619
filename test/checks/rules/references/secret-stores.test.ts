import { all, findings, messages, namespace, said } from '../../judging';

const id = 'secret-store-exists';
const GROUP = 'external-secrets.io';
const store = (name: string, { kind = 'SecretStore', place = 'shop', spec = '' } = {}) =>
  `{ apiVersion: ${GROUP}/v1, kind: ${kind}, metadata: { name: ${name}${kind === 'SecretStore' ? `, namespace: ${place}` : ''} }, spec: { ${spec} } }`;
const clusterStore = (name: string, spec = '') => store(name, { kind: 'ClusterSecretStore', spec });
const generator = (kind: string, name: string) =>
  `{ apiVersion: generators.${GROUP}/v1alpha1, kind: ${kind}, metadata: { name: ${name}${kind === 'ClusterGenerator' ? '' : ', namespace: shop'} } }`;
const external = (spec: string, { version = 'v1', place = ', namespace: shop' } = {}) =>
  `{ apiVersion: ${GROUP}/${version}, kind: ExternalSecret, metadata: { name: redis${place} }, spec: { ${spec} } }`;
const KEY = 'secretKey: A, remoteRef: { key: a }';
const reading = (ref: string, options = {}) => external(`secretStoreRef: { ${ref} }, data: [{ ${KEY} }]`, options);
const push = (spec: string) =>
  `{ apiVersion: ${GROUP}/v1alpha1, kind: PushSecret, metadata: { name: out, namespace: shop }, spec: { ${spec} } }`;
const at = 'ExternalSecret/shop/redis spec.secretStoreRef.name';

describe('a SecretStore', () => {
  test('stands in the namespace of what names it', () => {
    expect(findings(id, all(store('vault'), reading('name: vault')))).toEqual([]);
    expect(findings(id, all(store('vault'), reading('name: vault', { version: 'v1beta1' })))).toEqual([]);
    expect(findings(id, reading('name: vault'))).toEqual([`unknown ${at} = "vault"`]);
    expect(messages(id, reading('name: vault'))[0]).toContain('--declare a file that holds SecretStore/shop/vault');
    expect(findings(id, all(namespace, reading('name: vault')))).toEqual([`fail ${at} = "vault"`]);
    expect(findings(id, reading('name: vault'), { complete: true })).toEqual([`fail ${at} = "vault"`]);
    expect(findings(id, reading('name: vault'), { declared: store('vault') })).toEqual([]);
  });
  test('whose name is nearly that of one is meant', () => {
    const [finding] = said(id, all(store('aws-parameters'), reading('name: aws-paramters')));
    expect(finding).toMatchObject({ verdict: 'fail', repair: { do: 'replace', with: 'aws-parameters' } });
    expect(finding?.message).toContain('did you mean "aws-parameters"?');
  });
  test('of another namespace is pointed out, and serves that one alone', () => {
    const elsewhere = store('vault', { place: 'infra' });
    const [finding] = said(id, all(elsewhere, reading('name: vault')));
    expect(finding?.verdict).toBe('unknown');
    expect(finding?.message).toContain('SecretStore/infra/vault serves its own namespace alone');
    expect(findings(id, all(namespace, elsewhere, reading('name: vault')))).toEqual([`fail ${at} = "vault"`]);
    // Where it is applied to is not known.
    expect(messages(id, all(elsewhere, reading('name: vault', { place: '' })))[0]).not.toContain('serves its own');
  });
  test('may be what a chart of the namespace installs', () => {
    const chart =
      '{ apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: { name: vault, namespace: shop }, spec: {} }';
    expect(findings(id, all(namespace, chart, reading('name: vault')))).toEqual([`unknown ${at} = "vault"`]);
    expect(findings(id, all(chart, clusterStore('vault'), reading('name: vault')))).toEqual([
      `unknown ${at} = "vault"`,
    ]);
  });
});

describe('the kind of a store', () => {
  test('is SecretStore unless it says otherwise, so a ClusterSecretStore of the name is not found', () => {
    const [finding] = said(id, all(clusterStore('vault'), reading('name: vault')));
    expect(finding).toMatchObject({
      verdict: 'fail',
      message:
        'it names a SecretStore (the default of kind), and vault is a ClusterSecretStore, so its Secret is never written (SecretSyncedError)',
      fix: 'write kind: ClusterSecretStore',
      repair: { do: 'insert', key: 'kind', value: 'ClusterSecretStore', path: ['spec', 'secretStoreRef'] },
    });
    expect(findings(id, all(clusterStore('vault'), reading('name: vault, kind: ClusterSecretStore')))).toEqual([]);
  });
  test('is mistaken the other way round, too', () => {
    const [finding] = said(id, all(store('vault'), reading('name: vault, kind: ClusterSecretStore')));
    expect(finding).toMatchObject({
      verdict: 'fail',
      repair: { do: 'replace', from: 'ClusterSecretStore', with: 'SecretStore' },
    });
    expect(
      findings(id, all(store('vault', { place: 'infra' }), reading('name: vault, kind: ClusterSecretStore'))),
    ).toEqual([`unknown ${at} = "vault"`]);
  });
  test('may be right where a store of that kind stands in another namespace: teams name theirs alike', () => {
    const manifests = all(clusterStore('vault'), store('vault', { place: 'infra' }), reading('name: vault'));
    expect(findings(id, manifests)).toEqual([`unknown ${at} = "vault"`]);
    expect(messages(id, manifests)[0]).toContain('; a ClusterSecretStore of that name exists');
  });
});

describe('each place that names a store', () => {
  test.each([
    [`data: [{ ${KEY}, sourceRef: { storeRef: { name: vautl } } }]`, 'spec.data[0].sourceRef.storeRef.name'],
    [
      'dataFrom: [{ extract: { key: a }, sourceRef: { storeRef: { name: vautl } } }]',
      'spec.dataFrom[0].sourceRef.storeRef.name',
    ],
    ['secretStoreRef: { name: vautl }, dataFrom: [{ find: { name: { regexp: a } } }]', 'spec.secretStoreRef.name'],
  ])('%s', (spec, path) => {
    expect(findings(id, all(store('vault'), external(spec)))).toEqual([
      `fail ExternalSecret/shop/redis ${path} = "vautl"`,
    ]);
    expect(findings(id, all(store('vault'), external(spec.replace('vautl', 'vault'))))).toEqual([]);
  });
  test('what no entry takes is not asked for', () => {
    const overridden = `data: [{ ${KEY}, sourceRef: { storeRef: { name: vault } } }]`;
    expect(findings(id, all(store('vault'), external(`secretStoreRef: { name: vautl }, ${overridden}`)))).toEqual([]);
    expect(findings(id, all(store('vault'), external(overridden)))).toEqual([]);
  });
  test('names one', () => {
    expect(findings(id, external(`data: [{ ${KEY} }]`))).toEqual([
      'fail ExternalSecret/shop/redis spec.secretStoreRef = null',
    ]);
    expect(findings(id, external(`secretStoreRef: { kind: SecretStore }, data: [{ ${KEY} }]`))).toHaveLength(1);
    expect(findings(id, push('secretStoreRefs: [{ kind: SecretStore }]'))).toEqual([
      'fail PushSecret/shop/out spec.secretStoreRefs[0] = {"kind":"SecretStore"}',
    ]);
  });
  test('an ExternalSecret of another product names none of these', () => {
    expect(
      findings(id, all(namespace, reading('name: vault').replace('external-secrets.io/v1', 'kubernetes-client.io/v1'))),
    ).toEqual([]);
  });
});

describe('a generator', () => {
  const generated = (ref: string) => external(`dataFrom: [{ sourceRef: { generatorRef: { ${ref} } } }]`);
  const path = 'ExternalSecret/shop/redis spec.dataFrom[0].sourceRef.generatorRef';
  test.each(['Password', 'ECRAuthorizationToken', 'ClusterGenerator'])('%s exists', (kind) => {
    const version = 'apiVersion: generators.external-secrets.io/v1alpha1, ';
    expect(
      findings(id, all(generator(kind, 'redis-password'), generated(`${version}kind: ${kind}, name: redis-passwrd`))),
    ).toEqual([`fail ${path}.name = "redis-passwrd"`]);
    expect(
      findings(id, all(generator(kind, 'redis-password'), generated(`kind: ${kind}, name: redis-password`))),
    ).toEqual([]);
    expect(findings(id, generated(`kind: ${kind}, name: redis-password`))).toEqual([
      `unknown ${path}.name = "redis-password"`,
    ]);
  });
  test('is of the group of generators', () => {
    expect(
      findings(
        id,
        all(generator('Password', 'p'), generated('apiVersion: external-secrets.io/v1, kind: Password, name: p')),
      ),
    ).toEqual([`fail ${path}.apiVersion = "external-secrets.io/v1"`]);
  });
  test('of a PushSecret exists', () => {
    const spec = 'secretStoreRefs: [{ name: vault }], selector: { generatorRef: { kind: Password, name: p } }';
    expect(findings(id, all(namespace, store('vault'), push(spec)))).toEqual([
      'fail PushSecret/shop/out spec.selector.generatorRef.name = "p"',
    ]);
    expect(findings(id, all(namespace, store('vault'), generator('Password', 'p'), push(spec)))).toEqual([]);
  });
});

describe('a PushSecret', () => {
  const secret = '{ apiVersion: v1, kind: Secret, metadata: { name: login, namespace: shop } }';
  const pushing = (stores: string, name = 'login') =>
    push(`secretStoreRefs: [${stores}], selector: { secret: { name: ${name} } }`);
  test('names stores that exist, each of them', () => {
    expect(
      findings(id, all(secret, store('vault'), clusterStore('backup'), pushing('{ name: vault }, { name: backup }'))),
    ).toEqual(['fail PushSecret/shop/out spec.secretStoreRefs[1].name = "backup"']);
    expect(
      findings(
        id,
        all(
          secret,
          store('vault'),
          clusterStore('backup'),
          pushing('{ name: vault }, { name: backup, kind: ClusterSecretStore }'),
        ),
      ),
    ).toEqual([]);
    expect(findings(id, all(namespace, secret, pushing('{ labelSelector: { matchLabels: { a: b } } }')))).toEqual([]);
  });
  test('pushes a Secret that exists', () => {
    expect(findings(id, all(namespace, secret, store('vault'), pushing('{ name: vault }', 'logon')))).toEqual([
      'fail PushSecret/shop/out spec.selector.secret.name = "logon"',
    ]);
    const made = '{ apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: { name: logon, namespace: shop } }';
    expect(findings(id, all(namespace, made, store('vault'), pushing('{ name: vault }', 'logon')))).toEqual([]);
  });
});

describe('what stands for many namespaces', () => {
  const inAll = (ref: string, more = 'namespaces: [shop]') =>
    `{ apiVersion: ${GROUP}/v1, kind: ClusterExternalSecret, metadata: { name: pull }, spec: { ${more}, externalSecretSpec: { secretStoreRef: { ${ref} }, data: [{ ${KEY} }] } } }`;
  const path = 'ClusterExternalSecret/pull spec.externalSecretSpec.secretStoreRef.name';
  test('names a store of each of them, or of the cluster', () => {
    expect(findings(id, all(store('vault'), inAll('name: vault')))).toEqual([]);
    expect(findings(id, all(namespace, store('vault', { place: 'infra' }), inAll('name: vault')))).toEqual([
      `fail ${path} = "vault"`,
    ]);
    expect(findings(id, all(store('vault'), inAll('name: vault', 'namespaces: [shop, front]')))).toEqual([
      `unknown ${path} = "vault"`,
    ]);
    expect(findings(id, all(clusterStore('vault'), inAll('name: vault, kind: ClusterSecretStore')))).toEqual([]);
    expect(findings(id, all(clusterStore('vault'), inAll('name: vautl, kind: ClusterSecretStore')))).toEqual([
      `fail ${path} = "vautl"`,
    ]);
  });
  test('selects namespaces by their labels', () => {
    const labelled = namespace.replace('name: shop', 'name: shop, labels: { team: a }');
    const selecting = (team: string) => `namespaceSelectors: [{ matchLabels: { team: ${team} } }]`;
    expect(findings(id, all(labelled, inAll('name: vault', selecting('a'))))).toEqual([`fail ${path} = "vault"`]);
    expect(findings(id, all(labelled, inAll('name: vault', selecting('b'))))).toEqual([`unknown ${path} = "vault"`]);
    expect(findings(id, all(labelled, store('vault'), inAll('name: vault', selecting('a'))))).toEqual([]);
  });
  test('a ClusterPushSecret names stores as well', () => {
    const cluster = (name: string) =>
      `{ apiVersion: ${GROUP}/v1alpha1, kind: ClusterPushSecret, metadata: { name: out }, spec: { pushSecretSpec: { secretStoreRefs: [{ name: ${name}, kind: ClusterSecretStore }], selector: { generatorRef: { kind: ClusterGenerator, name: token } } } } }`;
    expect(findings(id, all(clusterStore('vault'), generator('ClusterGenerator', 'token'), cluster('vualt')))).toEqual([
      'fail ClusterPushSecret/out spec.pushSecretSpec.secretStoreRefs[0].name = "vualt"',
    ]);
    expect(findings(id, all(clusterStore('vault'), generator('ClusterGenerator', 'token'), cluster('vault')))).toEqual(
      [],
    );
  });
});

describe('the conditions of a ClusterSecretStore', () => {
  const conditioned = (conditions: string, ...others: readonly string[]) =>
    findings(
      id,
      all(
        ...others,
        clusterStore('vault', `conditions: [${conditions}]`),
        reading('name: vault, kind: ClusterSecretStore'),
      ),
    );
  const refusal = [`fail ${at} = "vault"`];
  test.each([
    ['{ namespaces: [front, back] }', refusal],
    ['{ namespaces: [front] }, { namespaces: [shop] }', []],
    ["{ namespaceRegexes: ['^team-'] }", refusal],
    ["{ namespaceRegexes: ['ho'] }", []],
    ['{}', refusal],
    // Nobody knows the labels of the namespace, but for its name.
    ['{ namespaceSelector: { matchLabels: { team: a } } }', []],
    ['{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: front } } }', refusal],
  ])('%s', (conditions, expected) => expect(conditioned(conditions)).toEqual(expected));
  test('select by labels that are known', () => {
    const labelled = namespace.replace('name: shop', 'name: shop, labels: { team: a }');
    expect(conditioned('{ namespaceSelector: { matchLabels: { team: b } } }', labelled)).toEqual(refusal);
    expect(conditioned('{ namespaceSelector: { matchLabels: { team: a } } }', labelled)).toEqual([]);
  });
  test('say nothing of an object whose namespace nobody stated', () => {
    expect(
      findings(
        id,
        all(
          clusterStore('vault', 'conditions: [{ namespaces: [shop] }]'),
          reading('name: vault, kind: ClusterSecretStore', { place: '' }),
        ),
      ),
    ).toEqual([]);
  });
});
