import { configuredNetwork } from '../../../simulate/network/configured-flows';
import { all, configMap, object, service, workload, workloadOf, worldOf } from '../../world/support';

/** Services of namespace shop that workloads with a port stand behind: api:80, redis:6379 and headless db. */
const targets = all(
  service('selector: { app: api }, ports: [{ port: 80, targetPort: 8080 }]', 'api'),
  workload({ name: 'api', container: 'ports: [{ containerPort: 8080 }]' }),
  service('selector: { app: redis }, ports: [{ port: 6379 }]', 'redis'),
  workload({ name: 'redis' }),
  service('clusterIP: None, selector: { app: db }', 'db'),
  workload({ name: 'db', kind: 'StatefulSet', container: 'ports: [{ containerPort: 5432 }]' }),
);
const secret = (name: string, fields: string) => object('v1', 'Secret', name, fields);

const networkOf = (web: string, ...more: string[]) => {
  const world = worldOf(all(targets, web, ...more));
  return configuredNetwork(world, workloadOf(world, 'web'));
};
/** `redis:6379/TCP at the field, as it was found`, for each connection of workload web. */
const flows = (web: string, ...more: string[]) =>
  networkOf(web, ...more).flows.map(
    ({ service: { name }, port, protocol, path, text }) =>
      `${name}:${port}/${protocol} ${path.slice(3).join('.')} ${text}`,
  );
const env = (...variables: string[]) => workload({ container: `env: [${variables.join(', ')}]` });
const variable = (name: string, value: string) => `{ name: ${name}, value: '${value}' }`;
const url = (value: string) => flows(env(variable('URL', value)));
const ports = (web: string, ...more: string[]) =>
  networkOf(web, ...more).flows.map(({ service: { name }, port }) => `${name}:${port}`);

describe('a URL', () => {
  test('names a Service and its port, or means the port of its scheme', () => {
    expect(url('http://api:80/x')).toEqual(['api:80/TCP containers.0.env.0 http://api:80']);
    expect(url('http://api.shop.svc.cluster.local./x')).toEqual([
      'api:80/TCP containers.0.env.0 http://api.shop.svc.cluster.local.',
    ]);
    expect(url('redis://user:secret@redis')).toEqual(['redis:6379/TCP containers.0.env.0 redis://redis']);
    expect(url('https://api')).toEqual([]);
    expect(url('unheard-of://api')).toEqual([]);
  });
  test.each([
    ['ws', 80],
    ['wss', 443],
    ['ftp', 21],
    ['ldap', 389],
    ['ldaps', 636],
    ['rediss', 6379],
    ['postgres', 5432],
    ['postgresql', 5432],
    ['mysql', 3306],
    ['mongodb', 27017],
    ['amqp', 5672],
    ['amqps', 5671],
    ['nats', 4222],
  ])('%s:// means port %d', (scheme, port) =>
    expect(
      ports(
        env(variable('URL', `${scheme.toUpperCase()}://other/x`)),
        service(`selector: { app: other }, ports: [{ port: ${port} }]`, 'other'),
        workload({ name: 'other' }),
      ),
    ).toEqual([`other:${port}`]),
  );
  test('may name several hosts, each with its port', () =>
    expect(ports(env(variable('URL', 'redis://u:p@redis:6379,api:80/0')))).toEqual(['redis:6379', 'api:80']));
  test('with an address instead of a name leads to no Service', () => {
    expect(url('http://10.0.0.1:80')).toEqual([]);
    expect(url('http://localhost:80')).toEqual([]);
  });
});

describe('host and port in a text', () => {
  test.each(['api:80', 'connect to api:80, please', '--upstream=api:80', 'a,api:80'])('%s', (value) =>
    expect(ports(env(variable('TEXT', value)))).toEqual(['api:80']),
  );
  test.each(['api:81', 'my@api:80', '/api:80', 'api:80:90', 'api:80.1', 'x-api:80', 'api:800000', 'api'])(
    '%s is none',
    (value) => expect(ports(env(variable('TEXT', value)))).toEqual([]),
  );
  test.each(['_PORT', 'PORT', '_port', 'port'])('a pair of variables, the second of which ends in %s', (suffix) => {
    expect(flows(env(variable('API_HOST', 'api'), variable(`API${suffix}`, '80')))).toEqual([
      `api:80/TCP containers.0.env.0 API_HOST=api with API${suffix}=80`,
    ]);
    expect(ports(env(variable('API_HOSTNAME', 'api'), variable(`API${suffix}`, '80')))).toEqual(['api:80']);
    expect(ports(env(variable('APIHOST', 'api'), variable(`API${suffix}`, '80')))).toEqual(['api:80']);
  });
  test('a pair needs a host name and a number', () => {
    expect(ports(env(variable('API_HOST', 'api'), variable('API_PORT', '80a')))).toEqual([]);
    expect(ports(env(variable('API_HOST', 'api'), variable('OTHER_PORT', '80')))).toEqual([]);
    expect(ports(env(variable('API_HOSTS', 'api'), variable('API_PORT', '80')))).toEqual([]);
    expect(ports(env(variable('API_HOST', 'api!'), variable('API_PORT', '80')))).toEqual([]);
  });
  test('a headless Service leads to the ports of its pods', () => {
    expect(ports(env(variable('A', 'db:5432')))).toEqual(['db:5432']);
    expect(ports(env(variable('A', 'db-0.db:5432')))).toEqual(['db:5432']);
    expect(ports(env(variable('A', 'db:15')))).toEqual([]);
    const second = workload({ name: 'replica', labels: 'app: db' });
    expect(ports(env(variable('A', 'db:5432')), second)).toEqual(['db:5432']);
  });
  test('what it says of itself is what it tells others', () => {
    const own = service('selector: { app: web }, ports: [{ port: 80 }]');
    expect(ports(env(variable('A', 'web:80')), own)).toEqual([]);
    const shared = service('selector: { part: all }, ports: [{ port: 80 }]', 'shared');
    const both = [workload({ labels: 'part: all', container: `env: [${variable('A', 'shared:80')}]` }), shared];
    expect(ports(all(...both))).toEqual([]);
    expect(ports(all(...both), workload({ name: 'other', labels: 'part: all' }))).toEqual(['shared:80']);
  });
  test('an alias of the pod, and a Service that has no pods of its own, are no matter of policies', () => {
    const pod = 'hostAliases: [{ ip: 10.0.0.1, hostnames: [api] }]';
    expect(
      ports(workload({ pod, container: `env: [${variable('A', 'api:80')}, ${variable('B', 'redis:6379')}]` })),
    ).toEqual(['redis:6379']);
    expect(ports(env(variable('A', 'ext:80')), service('ports: [{ port: 80 }]', 'ext'))).toEqual([]);
  });
  test('of a port of UDP the protocol is told', () =>
    expect(
      flows(
        env(variable('A', 'log:514')),
        service('selector: { app: log }, ports: [{ port: 514, protocol: UDP }]', 'log'),
        workload({ name: 'log' }),
      ),
    ).toEqual(['log:514/UDP containers.0.env.0 log:514']));
  test('the pods that it ends at are told', () =>
    expect(networkOf(env(variable('A', 'api:80'))).flows[0]!.targets.map(({ number }) => number)).toEqual([8080]));
});

describe('a setting stands in', () => {
  const to = (container: string, ...more: string[]) => flows(workload({ container }), ...more);
  const config = configMap('cfg', "A: 'api:80', B: 'redis:6379'");
  const auth = secret('auth', 'data: { A: YXBpOjgw }, stringData: { B: "redis:6379" }');
  test('the command or its arguments, variables put in', () => {
    expect(to("command: [run, 'api:80'], args: [1, 'redis:6379']")).toEqual([
      'api:80/TCP containers.0.command.1 api:80',
      'redis:6379/TCP containers.0.args.1 redis:6379',
    ]);
    expect(to(`env: [${variable('H', 'api')}], args: ['$(H):80', '$(NO):6379']`)).toEqual([
      'api:80/TCP containers.0.args.0 api:80',
    ]);
  });
  test('variables that build on those before them', () => {
    expect(ports(env(variable('H', 'api'), variable('U', 'http://$(H)')))).toEqual(['api:80']);
    expect(ports(env(variable('U', 'http://$(H)'), variable('H', 'api')))).toEqual([]);
  });
  test('a key of a ConfigMap or of a Secret, encoded or not', () => {
    const key = (kind: string, name: string, one: string) =>
      `env: [{ name: X, valueFrom: { ${kind}KeyRef: { name: ${name}, key: ${one} } } }]`;
    expect(to(key('configMap', 'cfg', 'B'), config)).toEqual(['redis:6379/TCP containers.0.env.0 redis:6379']);
    expect(to(key('secret', 'auth', 'A'), auth)).toEqual(['api:80/TCP containers.0.env.0 api:80']);
    expect(to(key('secret', 'auth', 'B'), auth)).toEqual(['redis:6379/TCP containers.0.env.0 redis:6379']);
    expect(to(key('configMap', 'cfg', 'C'), config)).toEqual([]);
    expect(to(key('configMap', 'gone', 'A'), config)).toEqual([]);
  });
  test('all the keys of one, with a prefix or not', () => {
    expect(to('envFrom: [{ configMapRef: { name: cfg } }]', config)).toEqual([
      'api:80/TCP containers.0.envFrom.0 api:80',
      'redis:6379/TCP containers.0.envFrom.0 redis:6379',
    ]);
    expect(to('envFrom: [{ secretRef: { name: auth } }]', auth)).toHaveLength(2);
    const pair = configMap('cfg', "HOST: api, PORT: '80'");
    expect(to('envFrom: [{ prefix: A_, configMapRef: { name: cfg } }]', pair)).toEqual([
      'api:80/TCP containers.0.envFrom.0 A_HOST=api with A_PORT=80',
    ]);
    expect(
      to(
        'envFrom: [{ configMapRef: { name: cfg } }], env: [{ name: A, value: none }, { name: B, valueFrom: {} }]',
        config,
      ),
    ).toEqual([]);
  });
  test('files, comments left out', () => {
    const files = configMap('files', '"app.conf": "host api:80\\n# redis:6379\\n  // db:5432\\n; db:5432"');
    const mounting = (volume: string) =>
      workload({ pod: `volumes: [{ name: v, emptyDir: {} }, { name: f, ${volume} }]` });
    const found = ['api:80/TCP volumes.1 api:80'];
    expect(flows(mounting('configMap: { name: files }'), files)).toEqual(found);
    expect(flows(mounting('projected: { sources: [{ configMap: { name: files } }] }'), files)).toEqual(found);
    const asSecret = secret('files', 'stringData: { a: "api:80" }');
    expect(flows(mounting('secret: { secretName: files }'), asSecret)).toEqual(found);
    expect(flows(mounting('projected: { sources: [{ secret: { name: files } }] }'), asSecret)).toEqual(found);
    expect(flows(mounting('secret: { secretName: gone }'), asSecret)).toEqual([]);
  });
  test('a text of more than 200,000 characters, which is not looked through', () =>
    expect(
      ports(
        workload({ pod: 'volumes: [{ name: f, configMap: { name: files } }]' }),
        configMap('files', `a: '${'x '.repeat(100_001)} api:80'`),
      ),
    ).toEqual([]));
});

describe('what another workload is given as a whole, too', () => {
  const config = configMap('cfg', "A: 'api:80'");
  const auth = secret('auth', "stringData: { A: 'api:80' }");
  const certain = (...more: string[]) => networkOf(all(...more)).flows.map(({ isCertain }) => isCertain);
  const taking = (from: string, name?: string) =>
    workload({ ...(name ? { name } : {}), container: `envFrom: [{ ${from} }]` });
  const mounting = (volume: string, name?: string) =>
    workload({ ...(name ? { name } : {}), pod: `volumes: [{ name: v, ${volume} }]` });
  test('is certain for neither', () => {
    expect(certain(taking('configMapRef: { name: cfg }'), config)).toEqual([true]);
    expect(certain(taking('configMapRef: { name: cfg }'), taking('configMapRef: { name: cfg }', 'b'), config)).toEqual([
      false,
    ]);
    expect(certain(taking('configMapRef: { name: cfg }'), taking('secretRef: { name: cfg }', 'b'), config)).toEqual([
      true,
    ]);
    expect(certain(taking('secretRef: { name: auth }'), taking('secretRef: { name: auth }', 'b'), auth)).toEqual([
      false,
    ]);
    expect(certain(taking('configMapRef: { name: cfg }'), mounting('configMap: { name: cfg }', 'b'), config)).toEqual([
      false,
    ]);
    expect(certain(mounting('configMap: { name: cfg }'), mounting('configMap: { name: cfg }', 'b'), config)).toEqual([
      false,
    ]);
    expect(
      certain(mounting('secret: { secretName: auth }'), mounting('secret: { secretName: auth }', 'b'), auth),
    ).toEqual([false]);
    const other = taking('configMapRef: { name: cfg }', 'b').replace('namespace: shop', 'namespace: other');
    expect(certain(taking('configMapRef: { name: cfg }'), other, config)).toEqual([true]);
  });
  test('is certain where it names the connection elsewhere, too', () => {
    const both = workload({ container: "envFrom: [{ configMapRef: { name: cfg } }], args: ['api:80']" });
    expect(certain(both, taking('configMapRef: { name: cfg }', 'b'), config)).toEqual([true]);
  });
});

describe('a name that the pod must look up', () => {
  const said = (web: string, ...more: string[]) => networkOf(web, ...more).hostName?.said;
  test('is a Service, or the host of a URL', () => {
    expect(said(env(variable('A_HOST', 'api')))).toBe('A_HOST=api');
    expect(said(env(variable('A', 'api')))).toBeUndefined();
    expect(said(env(variable('A', 'https://api.example.com/x')))).toBe('https://api.example.com');
    expect(said(env(variable('A', 'https://api.example.com'), variable('B', 'https://b.example.com')))).toBe(
      'https://api.example.com',
    );
  });
  test.each(['https://10.0.0.1', 'https://intranet', 'api.example.com:443', 'http://localhost:80'])(
    'is none in %s',
    (value) => expect(said(env(variable('A', value)))).toBeUndefined(),
  );
  test('is none that the pod knows by an alias', () =>
    expect(
      said(
        workload({
          pod: 'hostAliases: [{ ip: 10.0.0.1, hostnames: [api.example.com] }]',
          container: `env: [${variable('A', 'https://api.example.com')}]`,
        }),
      ),
    ).toBeUndefined());
  test('is none in files, which name much that is not connected to, nor where others may mean it', () => {
    const config = configMap('cfg', "A: 'https://api.example.com'");
    expect(said(workload({ pod: 'volumes: [{ name: v, configMap: { name: cfg } }]' }), config)).toBeUndefined();
    const taking = (name: string) => workload({ name, container: 'envFrom: [{ configMapRef: { name: cfg } }]' });
    expect(said(taking('web'), config)).toBe('https://api.example.com');
    expect(said(taking('web'), taking('b'), config)).toBeUndefined();
  });
  test('is a target of Prometheus', () => {
    const scraping = (target: string, pod = '') =>
      said(
        workload({
          pod: `${pod}volumes: [{ name: c, configMap: { name: cfg } }]`,
          containers:
            "{ name: p, image: 'prom/prometheus:v3.5.0', volumeMounts: [{ name: c, mountPath: /etc/prometheus }] }",
        }),
        configMap('cfg', `prometheus.yml: "{ scrape_configs: [{ static_configs: [{ targets: ['${target}'] }] }] }"`),
      );
    expect(scraping('a.example.com:80')).toBe('a.example.com:80');
    expect(scraping('10.0.0.1:80')).toBeUndefined();
    expect(scraping('localhost:80')).toBeUndefined();
    expect(
      scraping('a.example.com:80', 'hostAliases: [{ ip: 10.0.0.1, hostnames: [a.example.com] }], '),
    ).toBeUndefined();
    // A flow of another kind: scrapes are judged by themselves.
    expect(networkOf(env()).flows).toEqual([]);
  });
});
