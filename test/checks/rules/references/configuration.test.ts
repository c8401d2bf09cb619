import { all, configMap, findings, messages, namespace, service, verdicts, workload } from '../../judging';

const container = 'Deployment/shop/web spec.template.spec.containers[0]';
const secret = (name: string, more = '') =>
  `{ apiVersion: v1, kind: Secret, metadata: { name: ${name}, namespace: shop }${more ? `, ${more}` : ''} }`;

describe('env-expansion-resolves', () => {
  const id = 'env-expansion-resolves';
  const judged = (spec: string, ...more: string[]) => findings(id, all(workload({ container: spec }), ...more));
  const message = (spec: string, ...more: string[]) => messages(id, all(workload({ container: spec }), ...more))[0];

  test('every word of command and args is expanded, with all variables', () => {
    expect(judged("command: [run, '$(A)'], args: ['$(B)']")).toEqual([
      `fail ${container}.args[0] = "$(B)"`,
      `fail ${container}.command[1] = "$(A)"`,
    ]);
    expect(judged("args: ['$(A)'], env: [{ name: A, value: a }]")).toEqual([]);
    expect(message("args: ['$(NAM)'], env: [{ name: NAME, value: a }]")).toBe(
      'no variable NAM is defined in this container: the program gets the literal text $(NAM); did you mean "NAME"?',
    );
  });
  test('env sees the variables above it, and those of envFrom', () => {
    expect(judged("env: [{ name: B, value: '$(A)' }, { name: A, value: a }]")).toEqual([
      `fail ${container}.env[0].value = "$(A)"`,
    ]);
    expect(message("env: [{ name: B, value: '$(A)' }, { name: A, value: a }]")).toContain(
      'A is defined below this entry',
    );
    expect(message("env: [{ name: A, value: '$(A)' }]")).toContain('A is defined by this entry itself');
    expect(message("env: [{ name: B, value: '$(A)' }]")).toContain('no variable A is defined');
    const from = 'envFrom: [{ configMapRef: { name: conf } }]';
    expect(judged(`${from}, env: [{ name: B, value: '$(A)' }]`, configMap('conf', 'A: a'))).toEqual([]);
  });
  test('unknown keys leave it open, unless the variable is defined below', () => {
    const from = 'envFrom: [{ configMapRef: { name: conf } }]';
    expect(judged(`${from}, env: [{ name: B, value: '$(A)' }]`)).toEqual([
      `unknown ${container}.env[0].value = "$(A)"`,
    ]);
    expect(message(`${from}, args: ['$(A)']`)).toContain('the keys of ConfigMap conf are not known');
    expect(judged(`${from}, env: [{ name: B, value: '$(A)' }, { name: A, value: a }]`)).toEqual([
      `fail ${container}.env[0].value = "$(A)"`,
    ]);
  });
  test('a subPathExpr that does not resolve keeps the container from starting', () => {
    const mount = "volumeMounts: [{ name: d, mountPath: /d, subPathExpr: '$(POD)' }]";
    expect(judged(mount)).toEqual([`fail ${container}.volumeMounts[0].subPathExpr = "$(POD)"`]);
    expect(message(mount)).toContain('the container does not start (CreateContainerConfigError)');
    expect(judged(`${mount}, env: [{ name: POD, value: a }]`)).toEqual([]);
    expect(judged('volumeMounts: [{ name: d, mountPath: /d, subPath: $(POD) }]')).toEqual([]);
  });
  test('lower case is a variable only if one differs in case alone, and no shell reads it', () => {
    const env = 'env: [{ name: Home, value: a }]';
    expect(judged(`args: ['$(home)'], ${env}`)).toHaveLength(1);
    expect(
      judged("args: ['$(home)'], envFrom: [{ configMapRef: { name: conf } }]", configMap('conf', 'Home: a')),
    ).toHaveLength(1);
    expect(judged(`args: ['$(house)'], ${env}`)).toEqual([]);
    expect(judged(`args: ['$(ho me)'], ${env}`)).toEqual([]);
    expect(judged(`args: ['$(home)'], env: [{ name: OTHER, value: b }]`)).toEqual([]);
    expect(judged(`command: [sh], args: ['$(home)'], ${env}`)).toEqual([]);
    expect(judged(`command: [/bin/bash], args: [1, '$(home)'], ${env}`)).toEqual([]);
    expect(judged(`args: [-ec, '$(home)'], ${env}`)).toEqual([]);
    expect(judged(`command: [fish-shell], args: ['$(home)'], ${env}`)).toHaveLength(1);
    // The kubelet expands env before any shell starts.
    expect(judged("command: [sh], env: [{ name: Home, value: a }, { name: B, value: '$(home)' }]")).toHaveLength(1);
  });
  test('an upper-case name is a variable in a shell as well', () =>
    expect(judged("command: [sh, -c, 'echo $(HOME_URL)']")).toHaveLength(1));
  test('a Service that is not judged may define the variable', () => {
    expect(message("args: ['$(REDIS_SERVICE_HOST)']")).toContain('would define it');
    expect(judged("args: ['$(REDIS_SERVICE_HOST)']", namespace)).toEqual([
      `fail ${container}.args[0] = "$(REDIS_SERVICE_HOST)"`,
    ]);
    expect(
      judged("args: ['$(REDIS_SERVICE_HOST)']", service('selector: { app: r }, ports: [{ port: 1 }]', 'redis')),
    ).toEqual([]);
  });
});

describe('optional-config-exists', () => {
  const id = 'optional-config-exists';
  const from = (name: string, field = 'configMapRef') =>
    workload({ container: `envFrom: [{ ${field}: { name: ${name}, optional: true } }]` });
  const key = (name: string, field = 'configMapKeyRef', more = '') =>
    workload({
      container: `env: [${more}{ name: A, valueFrom: { ${field}: { name: flags, key: ${name}, optional: true } } }]`,
    });
  test('a name within two edits of another one is a typo', () => {
    const settings = configMap('settings', 'A: a');
    expect(findings(id, all(namespace, settings, from('setting')))).toEqual([
      `fail ${container}.envFrom[0].configMapRef.name = "setting"`,
    ]);
    expect(messages(id, all(namespace, settings, from('setting')))[0]).toBe(
      'namespace shop has no ConfigMap setting; the reference is optional, so the pod starts without it and no error is reported; did you mean "settings"?',
    );
    expect(findings(id, all(namespace, settings, from('overrides')))).toEqual([]);
    expect(findings(id, all(namespace, settings, from('settings-b')))).toEqual([
      `fail ${container}.envFrom[0].configMapRef.name = "settings-b"`,
    ]);
    expect(findings(id, all(namespace, settings, from('settings-bc')))).toEqual([]);
  });
  test('the kind matters, and whether the namespace is complete', () => {
    expect(findings(id, all(namespace, secret('settings', 'data: { A: YQ== }'), from('setting')))).toEqual([]);
    expect(
      findings(id, all(namespace, secret('settings', 'data: { A: YQ== }'), from('setting', 'secretRef'))),
    ).toHaveLength(1);
    expect(findings(id, all(configMap('settings', 'A: a'), from('options')))).toEqual([]);
  });
  test('a name that the pod uses besides is another one on purpose', () => {
    const both = workload({
      container: 'envFrom: [{ configMapRef: { name: web } }, { configMapRef: { name: web2, optional: true } }]',
    });
    expect(findings(id, all(namespace, configMap('web', 'A: a'), both))).toEqual([]);
  });
  test('the same holds for keys', () => {
    const flags = configMap('flags', 'CHECKOUT: "1"');
    expect(findings(id, all(flags, key('CHEKOUT')))).toEqual([
      `fail ${container}.env[0].valueFrom.configMapKeyRef.key = "CHEKOUT"`,
    ]);
    expect(messages(id, all(flags, key('CHEKOUT')))[0]).toContain('ConfigMap flags has no key CHEKOUT; the reference');
    expect(findings(id, all(flags, key('SEARCH')))).toEqual([]);
    const used = '{ name: B, valueFrom: { configMapKeyRef: { name: flags, key: CHECKOUT } } }, ';
    expect(findings(id, all(flags, key('CHECKOUT2', 'configMapKeyRef', used)))).toEqual([]);
    expect(findings(id, all(secret('flags'), key('CHEKOUT', 'secretKeyRef')))).toEqual([]);
  });
  test('references that are not optional are reported elsewhere', () => {
    const required = workload({ container: 'envFrom: [{ configMapRef: { name: setting } }]' });
    expect(findings(id, all(namespace, configMap('settings', 'A: a'), required))).toEqual([]);
  });
  test('a key that the pod uses of another object may still be meant', () => {
    const flags = all(configMap('flags', 'CHECKOUT: "1"'), configMap('other', 'CHECKOUT: "1"'));
    const used = '{ name: B, valueFrom: { configMapKeyRef: { name: other, key: CHECKOUT } } }, ';
    expect(findings(id, all(flags, key('CHEKOUT', 'configMapKeyRef', used)))).toEqual([
      `fail ${container}.env[1].valueFrom.configMapKeyRef.key = "CHEKOUT"`,
    ]);
  });
});

describe('ConfigMaps and Secrets that pods use', () => {
  const optional = (ref: string) => workload({ container: `envFrom: [{ ${ref} }]` });
  test('only the kind, and only what is required, is reported', () => {
    expect(findings('configmap-exists', all(namespace, optional('secretRef: { name: a }')))).toEqual([]);
    expect(findings('secret-exists', all(namespace, optional('configMapRef: { name: a }')))).toEqual([]);
    expect(findings('configmap-exists', all(namespace, optional('configMapRef: { name: a, optional: true }')))).toEqual(
      [],
    );
    expect(findings('secret-exists', all(namespace, optional('secretRef: { name: a, optional: true }')))).toEqual([]);
    expect(findings('secret-exists', all(namespace, optional('secretRef: { name: a }')))).toEqual([
      `fail ${container}.envFrom[0].secretRef.name = "a"`,
    ]);
  });
  test('a missing key of a volume is reported once, by its own check', () => {
    const volume = (optionalVolume: boolean) =>
      workload({
        pod: `volumes: [{ name: v, configMap: { name: conf, optional: ${optionalVolume}, items: [{ key: b, path: b }] } }]`,
      });
    const at = 'Deployment/shop/web spec.template.spec.volumes[0].configMap.items[0].key';
    expect(findings('volume-item-key-exists', all(configMap('conf', 'a: a'), volume(false)))).toEqual([
      `fail ${at} = "b"`,
    ]);
    expect(findings('volume-item-key-exists', all(configMap('conf', 'a: a'), volume(true)))).toEqual([]);
    expect(findings('configmap-key-exists', all(configMap('conf', 'a: a'), volume(false)))).toEqual([]);
  });
  test('a missing key of an optional reference is no failure', () => {
    const env = (kind: string, more = '') =>
      workload({ container: `env: [{ name: A, valueFrom: { ${kind}KeyRef: { name: conf, key: b${more} } } }]` });
    const conf = configMap('conf', 'a: a');
    const filled = secret('conf', 'stringData: { a: a }');
    expect(verdicts('configmap-key-exists', all(conf, env('configMap')))).toHaveLength(1);
    expect(verdicts('configmap-key-exists', all(conf, env('configMap', ', optional: true')))).toEqual([]);
    expect(verdicts('configmap-key-exists', all(filled, env('secret')))).toEqual([]);
    expect(verdicts('secret-key-exists', all(filled, env('secret')))).toHaveLength(1);
    expect(verdicts('secret-key-exists', all(filled, env('secret', ', optional: true')))).toEqual([]);
    expect(verdicts('secret-key-exists', all(conf, env('configMap')))).toEqual([]);
  });
  test('one that is missing is reported once, however many of its keys a volume names', () => {
    const volume = (kind: string, name: string) =>
      workload({
        pod: `volumes: [{ name: v, ${kind}: { ${name}: gone, items: [{ key: a, path: a }, { key: b, path: b }] } }]`,
      });
    expect(verdicts('configmap-exists', all(namespace, volume('configMap', 'name')))).toHaveLength(1);
    expect(verdicts('secret-exists', all(namespace, volume('secret', 'secretName')))).toHaveLength(1);
  });
});

describe('imagepullsecret-exists', () => {
  const id = 'imagepullsecret-exists';
  const pulls = (name = 'login', workloadName = 'web') =>
    workload({ name: workloadName, pod: `imagePullSecrets: [{ name: ${name} }]` });
  const at = 'spec.template.spec.imagePullSecrets[0].name';
  test.each(['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg'])('type %s holds credentials', (type) =>
    expect(findings(id, all(namespace, secret('login', `type: ${type}`), pulls()))).toEqual([]),
  );
  test('any other type does not', () => {
    expect(findings(id, all(namespace, secret('login', 'type: Opaque'), pulls()))).toEqual([
      `fail Deployment/shop/web ${at} = "login"`,
    ]);
    expect(messages(id, all(namespace, secret('login'), pulls()))[0]).toContain('has type Opaque');
  });
  test('it is reported once for all pods of a namespace, and for each ServiceAccount', () => {
    const account =
      '{ apiVersion: v1, kind: ServiceAccount, metadata: { name: web, namespace: shop }, imagePullSecrets: [{ name: login }, {}] }';
    expect(findings(id, all(namespace, pulls(), pulls('login', 'b'), account))).toEqual([
      `fail Deployment/shop/web ${at} = "login"`,
      'fail ServiceAccount/shop/web imagePullSecrets[0].name = "login"',
    ]);
  });
});

describe('unused-config', () => {
  const id = 'unused-config';
  const settings = (metadata = '', kind = 'ConfigMap', more = '') =>
    `{ apiVersion: v1, kind: ${kind}, metadata: { name: settings, namespace: shop${metadata} }${more} }`;
  const web = workload();
  test('one that nothing uses is reported', () => {
    expect(findings(id, all(web, settings()))).toEqual(['fail ConfigMap/shop/settings metadata.name = "settings"']);
    expect(findings(id, all(web, settings('', 'Secret')))).toEqual([
      'fail Secret/shop/settings metadata.name = "settings"',
    ]);
  });
  test.each([
    ['no workload', settings()],
    ['workloads of another namespace only', all(web, settings().replace('namespace: shop', 'namespace: other'))],
    ['a pod that uses it', all(workload({ container: 'envFrom: [{ configMapRef: { name: settings } }]' }), settings())],
    [
      'a pod that uses the Secret',
      all(workload({ container: 'envFrom: [{ secretRef: { name: settings } }]' }), settings('', 'Secret')),
    ],
    [
      'an object that mentions it',
      all(
        web,
        '{ apiVersion: example.com/v1, kind: Thing, metadata: { name: t, namespace: shop }, spec: { config: settings } }',
        settings(),
      ),
    ],
    ['a string that mentions it', all(workload({ container: "args: ['--config=shop/settings']" }), settings())],
    [
      'an annotation that mentions it',
      all(workload().replace('namespace: shop', 'namespace: shop, annotations: { reads: settings }'), settings()),
    ],
    ['an earlier revision', all(web, settings(', annotations: { strata/config-superseded: "1" }'))],
    ['a label that a program selects by', all(web, settings(', labels: { grafana_dashboard: "1" }'))],
    ['a Secret of Helm', all(web, settings('', 'Secret', ', type: helm.sh/release.v1'))],
    ['a bootstrap token', all(web, settings('', 'Secret', ', type: bootstrap.kubernetes.io/token'))],
    ['the token of a ServiceAccount', all(web, settings('', 'Secret', ', type: kubernetes.io/service-account-token'))],
    ["the cluster's certificate", all(web, configMap('kube-root-ca.crt', 'ca.crt: a'))],
  ])('%s: not reported', (_, manifests) => expect(findings(id, manifests)).toEqual([]));
  test.each([
    ['the other kind', all(workload({ container: 'envFrom: [{ secretRef: { name: other } }]' }), settings())],
    ['a longer name', all(workload({ container: "args: ['my-settings-2']" }), settings())],
    [
      'the usual labels',
      all(
        web,
        settings(', labels: { app: web, app.kubernetes.io/part-of: shop, helm.sh/chart: a, name: b, component: c }'),
      ),
    ],
    [
      'a label that other objects have',
      all(web.replace('namespace: shop', 'namespace: shop, labels: { team: a }'), settings(', labels: { team: a }')),
    ],
    [
      'a CustomResourceDefinition that mentions it',
      all(
        web,
        '{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: settings }, spec: { names: { kind: settings } } }',
        settings(),
      ),
    ],
    ['a Secret of type Opaque', all(web, settings('', 'Secret', ', type: Opaque'))],
  ])('%s: reported', (_, manifests) => expect(findings(id, manifests)).toHaveLength(1));
});
