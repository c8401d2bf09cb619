import { AUTHENTICATION_SETTINGS } from '../../diff/risk/server-authentication';
import { allOf, classed, messagesOf, workloadOf, worstClass } from './risks';

const id = 'authentication-removed';
const program = (image: string, more: string, pod = '') =>
  workloadOf({ pod, container: more }).replace('example.com/web:1.4.0', `example.com/${image}:1.4.0`);
const args =
  (image: string) =>
  (...words: readonly string[]) =>
    program(image, `args: [${words.map((word) => `'${word}'`).join()}]`);
const env = (image: string) => (variables: string) =>
  program(image, `env: [{ name: A, value: b }${variables && `, ${variables}`}]`);
const file = (image: string, at: string) => (text: string) =>
  allOf(
    program(
      image,
      `args: ['/etc/app/${at}'], volumeMounts: [{ name: c, mountPath: /etc/app }]`,
      'volumes: [{ name: c, configMap: { name: c } }]',
    ),
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: c, namespace: shop }, data: { ${at}: ${JSON.stringify(text)} } }`,
  );
const [redis, redisFile] = [args('redis'), file('redis', 'redis.conf')];
const PASSWORD = '{ name: REDIS_PASSWORD, valueFrom: { secretKeyRef: { name: r, key: p } } }';

test.each([
  ['Redis, by an argument', redis('--requirepass', 'abc'), redis('--appendonly', 'yes')],
  ['Redis, by a shell', redis('exec redis-server --requirepass "$PW"'), redis('exec redis-server')],
  ['Redis, by its file', redisFile('requirepass a\n'), redisFile('appendonly yes\n')],
  ['Redis, by its ACL', redisFile('aclfile /etc/users.acl\n'), redisFile('appendonly yes\n')],
  ['Redis, an empty password', redis('--requirepass', 'abc'), redis('--requirepass', '')],
  ['Redis that refused others', redis(), redis('--protected-mode', 'no')],
  ['Redis of Bitnami', env('redis')(PASSWORD), env('redis')('')],
  ['an exporter', args('node-exporter')('--web.config.file=/a'), args('node-exporter')('--path.procfs=/a')],
  ['Grafana, by a variable', env('grafana')(''), env('grafana')('{ name: GF_AUTH_ANONYMOUS_ENABLED, value: "true" }')],
  [
    'Grafana, by its file',
    file('grafana', 'grafana.ini')('[auth.anonymous]\nenabled = false\n'),
    file('grafana', 'grafana.ini')('[auth.anonymous]\nenabled = true\n'),
  ],
  [
    'kube-rbac-proxy',
    args('kube-rbac-proxy')('--upstream=http://a'),
    args('kube-rbac-proxy')('--ignore-paths=/metrics'),
  ],
  [
    'kube-rbac-proxy, one path more',
    args('kube-rbac-proxy')('--ignore-paths=/healthz'),
    args('kube-rbac-proxy')('--ignore-paths=/healthz,/metrics'),
  ],
  ['oauth2-proxy', args('oauth2-proxy')('--email-domain=example.com'), args('oauth2-proxy')('--email-domain=*')],
  ['the API server', args('kube-apiserver')('--anonymous-auth=false'), args('kube-apiserver')('--anonymous-auth=true')],
  ['the API server by default', args('kube-apiserver')('--anonymous-auth=false'), args('kube-apiserver')('--v=2')],
  ['the kubelet', args('kubelet')('--authorization-mode=Webhook'), args('kubelet')('--authorization-mode=AlwaysAllow')],
  ['etcd', args('etcd')('--client-cert-auth'), args('etcd')('--name=a')],
  ['MongoDB, by an argument', args('mongo')('--auth'), args('mongo')('--quiet')],
  ['MongoDB, by the key of its members', args('mongo')('--keyFile', '/k'), args('mongo')('--quiet')],
  [
    'MongoDB, by its file',
    file('mongo', 'mongod.conf')('security:\n  authorization: enabled\n'),
    file('mongo', 'mongod.conf')('security:\n  authorization: disabled\n'),
  ],
  [
    'Elasticsearch',
    env('elasticsearch')('{ name: xpack.security.enabled, value: "true" }'),
    env('elasticsearch')('{ name: xpack.security.enabled, value: "false" }'),
  ],
  [
    'Elasticsearch, by its file',
    file('elasticsearch', 'elasticsearch.yml')('a: b\n'),
    file('elasticsearch', 'elasticsearch.yml')('xpack.security.enabled: false\n'),
  ],
  ['Postgres', env('postgres')(''), env('postgres')('{ name: POSTGRES_HOST_AUTH_METHOD, value: trust }')],
  ['MySQL', args('mysql')('--datadir=/a'), args('mysql')('--skip-grant-tables')],
  ['Traefik', args('traefik')('--api'), args('traefik')('--api', '--api.insecure=true')],
  ['a registry', env('registry')('{ name: REGISTRY_AUTH, value: htpasswd }'), env('registry')('')],
])('%s, and the way back', (_, before, after) => {
  expect(classed(id, before, after)).toHaveLength(1);
  expect(worstClass(before, after)).toBe('exposure');
  expect(classed(id, after, before)).toEqual([]);
});

test.each([
  ['another password', redis('--requirepass', 'a'), redis('--requirepass', 'b')],
  ['a password by its file in place of an argument', redis('--requirepass', 'a'), redisFile('requirepass a\n')],
  [
    'what nobody asks where there is a password',
    redis('--requirepass', 'a'),
    redis('--requirepass', 'a', '--protected-mode', 'no'),
  ],
  ['a key beside --auth that goes', args('mongo')('--auth', '--keyFile', '/k'), args('mongo')('--auth')],
  ['--auth beside a key', args('mongo')('--auth', '--keyFile', '/k'), args('mongo')('--keyFile', '/k')],
  ['a flag of another program', args('other')('--auth'), args('other')('--quiet')],
  [
    'a variable that comes from elsewhere',
    env('registry')('{ name: REGISTRY_AUTH, value: htpasswd }'),
    program('registry', 'env: [{ name: A, value: b }], envFrom: [{ secretRef: { name: r } }]'),
  ],
])('nothing of %s', (_, before, after) => {
  expect(classed(id, before, after)).toEqual([]);
});

test('the proxy before a program goes', () => {
  const proxy = '{ name: proxy, image: "quay.io/brancz/kube-rbac-proxy:v0.19.0" }';
  const [before, after] = [workloadOf({ more: proxy }), workloadOf()];
  expect(classed(id, before, after)).toEqual(['exposure Deployment/shop/web spec.template.spec.containers[proxy]']);
  expect(classed(id, after, before)).toEqual([]);
  expect(classed(id, before, workloadOf({ more: proxy.replace('v0.19.0', 'v0.20.0') }))).toEqual([]);
});

test('a Secret that holds it is not shown', () => {
  const [before, after] = [redis('--requirepass', 'hidden'), redis('--port', '6379')];
  expect(messagesOf(id, before, after).join()).not.toContain('hidden');
});

test('each setting says where it is written', () => {
  for (const { source, flag, variable, key } of AUTHENTICATION_SETTINGS) {
    expect(source).toMatch(/^https:\/\//);
    expect([flag, variable, key].filter((each) => each !== undefined)).toHaveLength(1);
  }
});

test('a password that is asked for from now on is said so, and what held until now', () => {
  expect(messagesOf('authentication-asked', redis('--appendonly', 'yes'), redis('--requirepass', 'abc'))).toEqual([
    expect.stringContaining('it asks from now on; until now: whoever reaches it is asked for no password'),
  ]);
});
