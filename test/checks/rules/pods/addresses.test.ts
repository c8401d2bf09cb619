import { all, configMap, findings, messages, service, verdicts, workload } from '../../judging';

const container = 'spec.template.spec.containers[0]';
const env = (name: string, value: string) => `env: [{ name: ${name}, value: '${value}' }]`;
const other = (namespace: string, name = 'api', spec = 'selector: { app: api }, ports: [{ port: 8080 }]') =>
  `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: ${namespace} }, spec: { ${spec} } }`;
const whole = (namespace: string) => `{ apiVersion: v1, kind: Namespace, metadata: { name: ${namespace} } }`;

describe('config-host-resolves', () => {
  const id = 'config-host-resolves';
  const asks = (text: string) => workload({ container: text });
  test('a Service of another namespace needs its namespace in the name', () => {
    expect(findings(id, all(other('back'), asks(env('BACKEND_URL', 'http://api:8080'))))).toEqual([
      `fail Deployment/shop/web ${container}.env[0].value = "api:8080"`,
    ]);
    expect(messages(id, all(other('back'), asks(env('BACKEND_URL', 'http://api:8080'))))[0]).toContain(
      'namespace shop has no Service api (back has)',
    );
    expect(verdicts(id, all(other('back'), asks("args: ['--backend-url=http://api:8080']")))).toEqual([
      `fail ${container}.args[0]`,
    ]);
    expect(verdicts(id, all(other('back'), asks(env('API_HOST', 'api'))))).toEqual([`fail ${container}.env[0].value`]);
    expect(verdicts(id, all(other('back'), asks("args: ['--upstream-addr=api:8080']")))).toEqual([
      `fail ${container}.args[0]`,
    ]);
  });
  test('init containers and the keys of ConfigMaps count', () => {
    const init = `initContainers: [{ name: wait, image: 'a:1', command: [sh, -c, 'until wget -q http://api:8080/; do sleep 1; done'] }]`;
    expect(verdicts(id, all(other('back'), workload({ kind: 'Job', pod: init })))).toEqual([
      'fail spec.template.spec.initContainers[0].command[2]',
    ]);
    const config = configMap('settings', "BACKEND_URL: 'http://api:8080'");
    const both = ['a', 'b'].map((name) =>
      workload({ name, container: 'envFrom: [{ configMapRef: { name: settings } }]' }),
    );
    expect(findings(id, all(other('back'), config, ...both))).toEqual([
      'fail ConfigMap/shop/settings data.BACKEND_URL = "api:8080"',
    ]);
  });
  test.each([
    'http://api.back:8080',
    'http://api.back.svc:8080',
    'api.back.svc.cluster.local:8080',
    'https://api.example.com',
  ])('%s is fine', (value) => expect(verdicts(id, all(other('back'), asks(env('BACKEND_URL', value))))).toEqual([]));
  test.each([
    ['a misspelt Service', 'http://ordres:8080', 'did you mean "orders"?'],
    ['a misspelt Service of a known namespace', 'http://ordres.shop.svc:8080', 'did you mean "orders"?'],
    ['a misspelt namespace', 'http://orders.shpo:8080', 'did you mean "orders.shop"?'],
    ['a misspelt namespace in full', 'http://orders.shpo.svc.cluster.local', 'did you mean "orders.shop"?'],
  ])('%s fails', (_, value, hint) => {
    const found = messages(id, all(other('shop', 'orders'), asks(env('ORDERS_URL', value))));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(hint);
  });
  test('a short name is misspelt by one letter, a longer one by two', () => {
    const asked = (known: string, host: string) =>
      verdicts(id, all(other('shop', known), asks(env('API_URL', `http://${host}:8080`)))).length;
    expect(asked('carts', 'cart')).toBe(1);
    expect(asked('carta', 'corts')).toBe(0);
    expect(asked('orders', 'ordrse')).toBe(1);
    expect(asked('orders', 'oderss')).toBe(1);
  });
  test('a Service of another namespace is not what a name of this one misspells', () =>
    expect(verdicts(id, all(other('back', 'orders'), asks(env('ORDERS_URL', 'http://ordres.shop.svc:8080'))))).toEqual(
      [],
    ));
  test.each(['localhost', 'api.localhost', 'host', 'hostname'])('%s is no Service', (host) =>
    expect(verdicts(id, all(whole('shop'), asks(env('API_URL', `http://${host}:8080`))))).toEqual([]),
  );
  test('names that differ in numbers are different on purpose', () =>
    expect(verdicts(id, all(other('shop', 'api-v1'), asks(env('API_URL', 'http://api-v2:8080'))))).toEqual([]));
  test('in a namespace that is known as a whole a Service is missing, and a bare name may be of another DNS', () => {
    const missing = (value: string) => verdicts(id, all(whole('shop'), asks(env('STORE_URL', value))));
    expect(missing('http://store.shop.svc:80')).toEqual([`fail ${container}.env[0].value`]);
    expect(missing('http://store')).toEqual([`unknown ${container}.env[0].value`]);
    // A namespace can be called as a top-level domain is.
    expect(missing('https://store.shop')).toEqual([]);
    expect(verdicts(id, asks(env('STORE_URL', 'http://store')))).toEqual([]);
  });
  test.each([
    ['aliases of the pod', 'hostAliases: [{ ip: 10.0.0.1, hostnames: [api] }]', 'API_URL', 'http://api:8080'],
    ['its own name', 'hostname: api', 'API_URL', 'http://api:8080'],
    ['origins', '', 'ALLOWED_ORIGINS', 'http://api:8080'],
    ['images', '', 'SIDECAR_IMAGE', 'api:8080'],
    ['proxies', '', 'HTTP_PROXY', 'http://proxy:3128'],
    ['schemes of files', '', 'MODEL', 's3://api/model'],
  ])('%s are no names of Services', (_, pod, name, value) =>
    expect(verdicts(id, all(other('back'), whole('shop'), workload({ pod, container: env(name, value) })))).toEqual([]),
  );
  test('a pod that asks the DNS of its node finds no Service', () => {
    const pod = (spec: string) =>
      workload({ kind: 'DaemonSet', pod: spec, container: env('API_URL', 'http://api:8080') });
    expect(verdicts(id, all(other('shop'), pod('hostNetwork: true')))).toEqual([`fail ${container}.env[0].value`]);
    expect(verdicts(id, all(other('shop'), pod('dnsPolicy: Default')))).toEqual([`fail ${container}.env[0].value`]);
    expect(verdicts(id, all(other('shop'), pod('hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet')))).toEqual([]);
  });
  test('the name of a pod is in the Service of its StatefulSet, and only pods that are there have one', () => {
    const set = workload({ kind: 'StatefulSet', name: 'es', spec: 'serviceName: es-peers\n  replicas: 2' });
    const peers = service('clusterIP: None, selector: { app: es }, ports: [{ port: 9200 }]', 'es-peers');
    const host = (value: string) => verdicts(id, all(set, peers, workload({ container: env('ES_URL', value) })));
    expect(host('http://es-1.es-peers:9200')).toEqual([]);
    expect(host('http://es-0.es-peers.shop.svc.cluster.local:9200')).toEqual([]);
    expect(host('http://es-0.es:9200')).toEqual([`fail ${container}.env[0].value`]);
    expect(host('http://es-2.es-peers:9200')).toEqual([`fail ${container}.env[0].value`]);
  });
});

describe('config-port-exists', () => {
  const id = 'config-port-exists';
  const api = (spec = 'selector: { app: api }, ports: [{ name: http, port: 80 }]') => service(spec, 'api');
  const asks = (name: string, value: string, backend = api()) =>
    verdicts(id, all(backend, workload({ container: env(name, value) })));
  test.each([
    ['API_URL', 'http://api:8080/v1'],
    ['API_URL', 'https://user:secret@api.shop.svc:8443'],
    ['API_ADDR', 'api:9090'],
  ])('%s=%s names a port that the Service does not have', (name, value) =>
    expect(asks(name, value)).toEqual([`fail ${container}.env[0].value`]),
  );
  test('REDIS_HOST and REDIS_PORT are one address', () => {
    const pair = "env: [{ name: API_HOST, value: api }, { name: API_PORT, value: '8080' }]";
    expect(messages(id, all(api(), workload({ container: pair })))).toEqual([
      'Service api has no port 8080 (it has: http (80)), so every connection to api:8080 fails',
    ]);
  });
  test('what a scheme means is a port too, unless the program adds one', () => {
    expect(asks('API_URL', 'http://api')).toEqual([]);
    expect(asks('API_URL', 'https://api')).toEqual([`unknown ${container}.env[0].value`]);
  });
  test.each([
    ['a port of the Service', 'API_URL', 'http://api:80', api()],
    ['an image', 'API_IMAGE', 'api:2024', api()],
    ['a tag', 'BASE', 'api:16', api()],
    [
      'a Service without addresses of its own',
      'API_URL',
      'http://api:8080',
      api('clusterIP: None, selector: { app: api }, ports: [{ port: 80 }]'),
    ],
    ['an external name', 'API_URL', 'http://api:8080', api('type: ExternalName, externalName: api.example.com')],
    ['its own Service', 'API_URL', 'http://api:8080', api('selector: { app: web }, ports: [{ port: 80 }]')],
  ])('%s is fine', (_, name, value, backend) => expect(asks(name, value, backend)).toEqual([]));
});

describe('config-localhost-listens', () => {
  const id = 'config-localhost-listens';
  const more = (sidecar: string, text = env('REDIS_URL', 'redis://localhost:6379')) =>
    verdicts(id, workload({ containers: `{ name: web, image: 'shop/web:1', ${text} }${sidecar}` }));
  test.each([
    env('REDIS_URL', 'redis://localhost:6379/0'),
    env('REDIS_ADDR', 'localhost:6379'),
    env('DATABASE_URL', 'postgres://app@127.0.0.1/app'),
    "args: ['--redis.addr=localhost:6379']",
  ])('%s finds nobody in a pod without such a server', (text) => expect(more('', text)).toHaveLength(1));
  test('a variable for the host and one for the port are one address', () =>
    expect(more('', "env: [{ name: REDIS_HOST, value: localhost }, { name: REDIS_PORT, value: '6379' }]")).toEqual([
      `fail ${container}.env[0].value`,
    ]));
  test('a container that declares no port may be the one that listens', () => {
    expect(more(", { name: proxy, image: 'proxy:1' }")).toEqual([`unknown ${container}.env[0].value`]);
    expect(more(", { name: proxy, image: 'proxy:1', ports: [{ containerPort: 80 }] }")).toEqual([
      `fail ${container}.env[0].value`,
    ]);
  });
  test.each([
    ['a container with the port', more(", { name: cache, image: 'cache:1', ports: [{ containerPort: 6379 }] }")],
    ['a container that is told of the port', more(", { name: cache, image: 'cache:1', args: ['--port', '6379'] }")],
    ['a container of such an image', more(", { name: cache, image: 'ghcr.io/valkey/valkey:8' }")],
    ['an address to listen on', more('', "args: ['--listen=localhost:6379']")],
    ['a page of its own', more('', env('BASE_URL', 'http://localhost:3000'))],
  ])('%s is fine', (_, found) => expect(found).toEqual([]));
  test('a pod in the network of the node shares it with what is not known', () =>
    expect(
      verdicts(id, workload({ pod: 'hostNetwork: true', container: env('REDIS_URL', 'redis://localhost') })),
    ).toEqual([]));
  test('an exporter is not what it watches', () =>
    expect(
      verdicts(
        id,
        workload({
          containers:
            "{ name: exporter, image: 'oliver/redis_exporter:1', args: ['--redis.addr=redis://localhost:6379'] }",
        }),
      ),
    ).toEqual([`fail ${container}.args[0]`]));
});
