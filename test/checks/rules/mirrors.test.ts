import { all, messages, namespace, verdicts } from '../judging';

const ID = 'mirror-is-harmless';

/** A Deployment with its Service; `env` and `pod` are flow mappings without their braces. */
const version = (name: string, env: string, { container = '', pod = '', image = 'shop/web:1.4.2' } = {}) =>
  all(
    `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: shop }, spec: { selector: { app: ${name} }, ports: [{ port: 80 }] } }`,
    `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: ${name}, namespace: shop }, spec: { selector: { matchLabels: { app: ${name} } }, template: { metadata: { labels: { app: ${name} } }, spec: { ${pod} containers: [{ name: web, image: '${image}', env: [${env}], ${container} }] } } } }`,
  );
const redis = all(
  '{ apiVersion: v1, kind: Service, metadata: { name: redis, namespace: shop }, spec: { selector: { app: redis }, ports: [{ port: 6379 }] } }',
  "{ apiVersion: apps/v1, kind: Deployment, metadata: { name: redis, namespace: shop }, spec: { selector: { matchLabels: { app: redis } }, template: { metadata: { labels: { app: redis } }, spec: { containers: [{ name: redis, image: 'redis:7.4.1' }] } } } }",
);
const variable = (name: string, value: string) => `{ name: ${name}, value: '${value}' }`;
const REDIS = variable('REDIS_HOST', 'redis');
const both = (one: string, other = one) => all(namespace, redis, version('web', one), version('next', other));

const route = (rule: string) =>
  `{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: web, namespace: shop }, spec: { parentRefs: [{ name: edge }], rules: [{ ${rule} }] } }`;
const mirror = (more = '', to = 'next') =>
  `filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: ${to}, port: 80 }${more} } }]`;
const web = 'backendRefs: [{ name: web, port: 80 }]';
const copied = route(`${mirror()}, ${web}`);
const FOUND = ['fail spec.rules[0].filters[0].requestMirror.backendRef.name'];
const judged = (...texts: readonly string[]) => verdicts(ID, all(...texts));

describe('stores', () => {
  test('the same one is written twice', () => {
    expect(judged(both(REDIS), copied)).toEqual(FOUND);
    expect(messages(ID, all(both(REDIS), copied))).toEqual([
      'copies of requests of every method go to Deployment next, which is told of the same Redis (redis:6379) as Deployment web: what such a request writes is written twice',
    ]);
    // Outside of the cluster as well, by what the address is called.
    const database = variable('DATABASE_URL', 'postgres://db.example.com/shop');
    expect(judged(both(database), copied)).toEqual(FOUND);
  });

  test.each([
    ['another store', REDIS, variable('REDIS_HOST', 'redis-next.example.com')],
    ['none', REDIS, variable('GREETING', 'hello')],
    [
      'another database of it',
      variable('REDIS_URL', 'redis://redis:6379/0'),
      variable('REDIS_URL', 'redis://redis:6379/1'),
    ],
    ['another database by name', `${REDIS}, ${variable('REDIS_DB', '0')}`, `${REDIS}, ${variable('REDIS_DB', '1')}`],
    ['a prefix of its own', `${REDIS}, ${variable('KEY_PREFIX', 'a:')}`, `${REDIS}, ${variable('KEY_PREFIX', 'b:')}`],
    [
      'a program that keeps nothing',
      variable('API_URL', 'http://prices:8080'),
      variable('API_URL', 'http://prices:8080'),
    ],
  ])('%s is no finding', (_, one, other) => expect(judged(both(one, other), copied)).toEqual([]));

  test('pods at the port of a store that run another program are none', () => {
    const gate = all(
      namespace,
      version('web', REDIS),
      version('next', REDIS),
      redis.replace('redis:7.4.1', 'shop/gate:1.0.0'),
    );
    expect(judged(gate, copied)).toEqual([]);
  });

  test('a setting that may keep it apart is unknown, one that says the version alone is not', () => {
    const other = (more: string) =>
      both(`${REDIS}, ${variable('STUDENT', 'a')}, ${variable('VERSION', '1')}`, `${REDIS}, ${more}`);
    expect(judged(other(`${variable('STUDENT', 'b')}, ${variable('VERSION', '1')}`), copied)).toEqual([
      FOUND[0]!.replace('fail', 'unknown'),
    ]);
    expect(judged(other(`${variable('STUDENT', 'a')}, ${variable('VERSION', '2')}`), copied)).toEqual(FOUND);
    expect(messages(ID, all(other(variable('STUDENT', 'b')), copied))[0]).toContain(
      'unless STUDENT, which differs, keeps apart what they write',
    );
  });

  test('what policies keep the copies from is not written', () => {
    const policy = (client: string) =>
      `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: redis, namespace: shop }, spec: { podSelector: { matchLabels: { app: redis } }, ingress: [{ from: [{ podSelector: { matchExpressions: [{ key: app, operator: In, values: [${client}] }] } }] }] } }`;
    const told = `${REDIS}, ${variable('REDIS_PORT', '6379')}`;
    expect(judged(both(told), copied, policy('web'))).toEqual([]);
    expect(judged(both(told), copied, policy('web, next'))).toEqual(FOUND);
  });

  test('a volume that both write is one, too', () => {
    const claim = (readOnly = false) => ({
      container: `volumeMounts: [{ name: data, mountPath: /data, readOnly: ${readOnly} }]`,
      pod: 'volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }],',
    });
    const with_ = (one: ReturnType<typeof claim>, other: ReturnType<typeof claim>) =>
      judged(namespace, version('web', '', one), version('next', '', other), copied);
    expect(with_(claim(), claim())).toEqual(FOUND);
    expect(with_(claim(), claim(true))).toEqual([]);
  });

  test('somebody may say at the workload that gets the copies why it does no harm', () => {
    const said = (name: string, reason: string) =>
      both(REDIS).replace(
        `kind: Deployment, metadata: { name: ${name}, `,
        `kind: Deployment, metadata: { name: ${name}, annotations: { strata/mirrored-state: '${reason}' }, `,
      );
    expect(judged(said('next', 'counters alone'), copied)).toEqual([]);
    expect(judged(said('next', ' '), copied)).toEqual(FOUND);
    expect(judged(said('web', 'counters alone'), copied)).toEqual(FOUND);
  });

  test('copies to the very pods that answer', () => {
    const itself = all(namespace, redis, version('web', REDIS), route(`${mirror('', 'web')}, ${web}`));
    expect(messages(ID, itself)).toEqual([
      'copies of requests of every method go to Deployment web, which answers them already: what such a request writes is written twice',
    ]);
  });
});

describe('requests', () => {
  const matching = (...methods: readonly string[]) =>
    route(`matches: [${methods.map((method) => `{ method: ${method} }`).join()}], ${mirror()}, ${web}`);
  test.each([
    [['POST'], FOUND],
    [['GET', 'PUT'], FOUND],
    [['GET', 'HEAD'], []],
  ] as const)('of methods %j', (methods, found) => expect(judged(both(REDIS), matching(...methods))).toEqual(found));

  test.each([
    [`${mirror(', percent: 0')}, ${web}`, []],
    [`${mirror(', fraction: { numerator: 0 }')}, ${web}`, []],
    [`${mirror(', percent: 5')}, ${web}`, FOUND],
    [
      `backendRefs: [{ name: web, port: 80, ${mirror()} }]`,
      ['fail spec.rules[0].backendRefs[0].filters[0].requestMirror.backendRef.name'],
    ],
    // Who gets no requests has none copied.
    [`${mirror()}, backendRefs: [{ name: web, port: 80, weight: 0 }]`, []],
  ])('by a filter: %s', (rule, found) => expect(judged(both(REDIS), route(rule))).toEqual(found));

  const traefik = (percent: string, main = 'name: web, port: 80') =>
    `{ apiVersion: traefik.io/v1alpha1, kind: TraefikService, metadata: { name: copies, namespace: shop }, spec: { mirroring: { ${main}, mirrors: [{ name: next, port: 80${percent} }] } } }`;
  const toTraefik = (match = '') =>
    route(`${match}backendRefs: [{ group: traefik.io, kind: TraefikService, name: copies }]`);
  const MIRRORING = ['fail spec.mirroring.mirrors[0].name'];
  test('by a TraefikService, which copies none without a percentage', () => {
    expect(judged(both(REDIS), traefik(', percent: 20'), toTraefik())).toEqual(MIRRORING);
    expect(judged(both(REDIS), traefik(''), toTraefik())).toEqual([]);
    expect(judged(both(REDIS), traefik(', percent: 0'), toTraefik())).toEqual([]);
    expect(judged(both(REDIS), traefik(', percent: 20'), toTraefik('matches: [{ method: GET }], '))).toEqual([]);
    // Another way to it may bring other methods.
    const ingressRoute =
      '{ apiVersion: traefik.io/v1alpha1, kind: IngressRoute, metadata: { name: web, namespace: shop }, spec: { routes: [{ kind: Rule, match: "PathPrefix(`/`)", services: [{ kind: TraefikService, name: copies }] }] } }';
    expect(
      judged(both(REDIS), traefik(', percent: 20'), toTraefik('matches: [{ method: GET }], '), ingressRoute),
    ).toEqual(MIRRORING);
    const read = [both(REDIS), traefik(', percent: 20'), toTraefik('matches: [{ method: GET }], ')];
    const named = (kind: string, name: string, spec: string, place = 'shop') =>
      `{ apiVersion: traefik.io/v1alpha1, kind: ${kind}, metadata: { name: ${name}, namespace: ${place} }, spec: { ${spec} } }`;
    const entry = 'kind: TraefikService, name: copies';
    const others: readonly (readonly [string, readonly string[]])[] = [
      // Whatever its own name is.
      [named('IngressRoute', 'copies', `routes: [{ services: [{ ${entry} }] }]`), MIRRORING],
      [named('IngressRoute', 'any', `routes: [{ services: [{ ${entry}, namespace: shop }] }]`, 'other'), MIRRORING],
      [
        named('TraefikService', 'copies', `weighted: { services: [{ ${entry}, namespace: shop }] }`, 'other'),
        MIRRORING,
      ],
      [named('Middleware', 'copies', `errors: { status: ['500'], service: { ${entry} } }`), MIRRORING],
      // Others of the same name.
      [named('IngressRoute', 'any', `routes: [{ services: [{ ${entry} }] }]`, 'other'), []],
      [named('IngressRoute', 'any', 'routes: [{ services: [{ kind: Service, name: copies, port: 80 }] }]'), []],
      [
        named(
          'IngressRoute',
          'any',
          'routes: [{ middlewares: [{ name: copies }], services: [{ name: web, port: 80 }] }]',
        ),
        [],
      ],
    ];
    for (const [other, found] of others) expect([other, judged(...read, other)]).toEqual([other, found]);
    const weighted =
      '{ apiVersion: traefik.io/v1alpha1, kind: TraefikService, metadata: { name: shares, namespace: shop }, spec: { weighted: { services: [{ name: web, port: 80 }] } } }';
    expect(
      judged(both(REDIS), weighted, traefik(', percent: 20', 'kind: TraefikService, name: shares'), toTraefik()),
    ).toEqual(MIRRORING);
  });

  test('by TraefikServices that lead through others, in a circle too', () => {
    const service = (name: string, spec: string, group = 'traefik.io', place = 'shop') =>
      `{ apiVersion: ${group}/v1alpha1, kind: TraefikService, metadata: { name: ${name}, namespace: ${place} }, spec: { ${spec} } }`;
    const copies = (main: string) => traefik(', percent: 20', main);
    const through = (...services: string[]) =>
      judged(both(REDIS), copies('kind: TraefikService, name: inner'), toTraefik(), ...services);
    const web = 'services: [{ name: web, port: 80 }]';
    expect(through(service('inner', `weighted: { ${web} }`))).toEqual(MIRRORING);
    expect(through(service('inner', `highestRandomWeight: { ${web} }`))).toEqual(MIRRORING);
    expect(through(service('inner', 'mirroring: { name: web, port: 80 }'))).toEqual(MIRRORING);
    expect(through(service('inner', 'weighted: { services: [{ name: web, port: 80, weight: 0 }] }'))).toEqual([]);
    expect(through()).toEqual([]);
    const round = (name: string) =>
      `weighted: { services: [{ kind: TraefikService, name: ${name} }, { name: web, port: 80 }] }`;
    expect(through(service('inner', round('second')), service('second', round('inner')))).toEqual(MIRRORING);
    expect(through(service('inner', round('inner').replace(', { name: web, port: 80 }', '')))).toEqual([]);
    const elsewhere = 'kind: TraefikService, name: inner, namespace: other';
    const back = 'weighted: { services: [{ name: web, namespace: shop, port: 80 }] }';
    expect(judged(both(REDIS), copies(elsewhere), toTraefik(), service('inner', back, 'traefik.io', 'other'))).toEqual(
      MIRRORING,
    );
    expect(judged(both(REDIS), copies(elsewhere), toTraefik(), service('inner', back))).toEqual([]);
    // Kinds of the same name.
    expect(
      judged(both(REDIS), copies('name: web, port: 80').replace('traefik.io', 'example.com'), toTraefik()),
    ).toEqual([]);
    // Methods are those of the rules that lead there, and of no others.
    const get = toTraefik('matches: [{ method: GET }], ').replace('name: web', 'name: get');
    const post = (ref: string) => route(`matches: [{ method: POST }], backendRefs: [{ ${ref} }]`);
    const reads = (...others: string[]) => judged(both(REDIS), copies('name: web, port: 80'), get, ...others);
    expect(reads()).toEqual([]);
    expect(reads(post('group: traefik.io, kind: TraefikService, name: copies'))).toEqual(MIRRORING);
    expect(reads(post('group: traefik.io, kind: TraefikService, name: others'))).toEqual([]);
    expect(reads(post('name: copies, port: 80'))).toEqual([]);
    expect(reads(post('group: traefik.io, kind: TraefikService, name: copies, namespace: other'))).toEqual([]);
  });

  test('by rules of a VirtualService: of several methods, and of connections that have none', () => {
    const rules = (http: string) =>
      `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop }, spec: { hosts: [web], ${http} } }`;
    const copied = (match: string, route = 'route: [{ destination: { host: web } }]') =>
      judged(both(REDIS), rules(`http: [{ ${match}${route}, mirror: { host: next } }]`));
    const AT = ['fail spec.http[0].mirror.host'];
    expect(copied('match: [{ method: { exact: GET } }, { method: { exact: HEAD } }], ')).toEqual([]);
    expect(copied('match: [{ method: { exact: GET } }, { method: { exact: PUT } }], ')).toEqual(AT);
    expect(copied('match: [{ method: { exact: GET } }, {}], ')).toEqual(AT);
    expect(
      copied('', 'route: [{ destination: { host: web }, weight: 0 }, { destination: { host: gone }, weight: 1 }]'),
    ).toEqual([]);
    expect(copied('', 'route: [{ destination: { host: web }, weight: 0 }]')).toEqual(AT);
    expect(
      judged(
        both(REDIS),
        rules(
          'http: [{ route: [{ destination: { host: gone } }], mirror: { host: next } }], tcp: [{ route: [{ destination: { host: web } }] }]',
        ),
      ),
    ).toEqual([]);
  });

  const istio = (rule: string) =>
    `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop }, spec: { hosts: [web], http: [{ route: [{ destination: { host: web } }], ${rule} }] } }`;
  test.each([
    ['mirror: { host: next }', ['fail spec.http[0].mirror.host']],
    ['mirror: { host: next }, mirrorPercentage: { value: 0 }', []],
    ['mirror: { host: next }, mirrorPercent: 0', []],
    ['mirror: { host: next }, mirror_percent: 0', []],
    ['mirror: { host: next }, mirror_percent: 10', ['fail spec.http[0].mirror.host']],
    [
      'mirrors: [{ destination: { host: next.shop.svc.cluster.local } }]',
      ['fail spec.http[0].mirrors[0].destination.host'],
    ],
    ['mirrors: [{ destination: { host: next }, percentage: { value: 0 } }]', []],
    ['match: [{ method: { exact: GET } }], mirror: { host: next }', []],
    ['match: [{ method: { prefix: P } }], mirror: { host: next }', ['fail spec.http[0].mirror.host']],
  ])('by a VirtualService: %s', (rule, found) => expect(judged(both(REDIS), istio(rule))).toEqual(found));

  test('by one rule of a VirtualService, of which another version answers those of the others', () => {
    const rules = (one: string, other: string) =>
      `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop }, spec: { hosts: [web], http: [{ route: [{ destination: { host: ${one} } }], mirror: { host: next } }, { route: [{ destination: { host: ${other} } }] }] } }`;
    const three = all(both(REDIS), version('plain', variable('GREETING', 'hello')));
    expect(judged(three, rules('web', 'plain'))).toEqual(['fail spec.http[0].mirror.host']);
    expect(judged(three, rules('plain', 'web'))).toEqual([]);
  });

  const ingress = (target: string, className = 'nginx') =>
    `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web, namespace: shop, annotations: { nginx.ingress.kubernetes.io/mirror-target: '${target}' } }, spec: { ingressClassName: ${className}, rules: [{ http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }] } }`;
  test.each([
    [
      'http://next.shop.svc.cluster.local$request_uri',
      'nginx',
      ['fail metadata.annotationsnginx.ingress.kubernetes.io/mirror-target'],
    ],
    ['https://elsewhere.example.com$request_uri', 'nginx', []],
    ['http://next.shop.svc.cluster.local$request_uri', 'traefik', []],
  ])('by ingress-nginx: %s of class %s', (target, className, found) =>
    expect(judged(both(REDIS), ingress(target, className)).map((each) => each.replace(/["'[\]]/g, ''))).toEqual(found),
  );
});
