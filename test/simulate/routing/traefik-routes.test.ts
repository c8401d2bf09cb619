import { requestFor } from '../../../simulate/routing/request';
import { routeByIngressRoutes } from '../../../simulate/routing/traefik-routes';
import { waysIn } from '../../../simulate/routing/ways';
import { all, shop, traefikPods, version, words, worldOf } from './support';

const services = [...['a', 'b', 'c'].map((name) => version(name)), version('idle', 0)];
const service = (name: string, more = '') => `{ name: ${name}, port: 80${more} }`;
const rule = (match: string, name = 'a', more = '') =>
  `{ kind: Rule, match: ${JSON.stringify(match)}, services: [${service(name)}]${more} }`;
const routes = (rules: readonly string[], { name = 'web', spec = '', meta = '', group = 'traefik.io' } = {}) =>
  `{ apiVersion: ${group}/v1alpha1, kind: IngressRoute, metadata: { name: ${name}, namespace: shop${meta} }, spec: { ${spec}routes: [${rules.join(', ')}] } }`;
const middleware = (name: string, spec: string, place = 'shop') =>
  `{ apiVersion: traefik.io/v1alpha1, kind: Middleware, metadata: { name: ${name}, namespace: ${place} }, spec: { ${spec} } }`;

type Headers = readonly (readonly [string, string])[];
const answer = (manifests: readonly string[], url: string, method = 'GET', headers: Headers = []) =>
  routeByIngressRoutes(worldOf(shop, ...services, ...manifests), '', requestFor(method, url, headers)!);
const asked = (...given: Parameters<typeof answer>) => words(answer(...given));

describe('a matcher', () => {
  const takes = (match: string, url: string, method?: string, headers?: Headers) =>
    asked([routes([rule(match)]), traefikPods('v3.7.9')], url, method, headers)[0]!.startsWith('1 a');
  // As the muxer of Traefik 3.7.9 answers (test/oracle/traefik-rules: 72,000 requests to random sets of rules, no difference).
  test.each([
    ['Host(`shop.test`)', 'shop.test', true],
    ['Host(`SHOP.test`)', 'shop.test', true],
    ['Host(`shop.test.`)', 'shop.test', true],
    ['Host(`*.test`)', 'shop.test', true],
    ['Host(`*.test`)', 'a.shop.test', false],
    ['Host(`*`)', 'shop.test', true],
    ['Host(`shop`)', 'shop.test', false],
    ['HostRegexp(`^[a-z]+\\.test$`)', 'shop.test', true],
    ['HostRegexp(`^test`)', 'shop.test', false],
    // The name behind a CNAME, which is none, is empty.
    ['HostRegexp(`^$`)', 'shop.test', true],
    ['Path(`/app`)', 'shop.test/app', true],
    ['Path(`/app`)', 'shop.test/app/', false],
    ['PathPrefix(`/app`)', 'shop.test/apple', true],
    ['PathPrefix(`/app`)', 'shop.test/ap', false],
    ['PathPrefix(`/a b`)', 'shop.test/a%20b', true],
    ['PathPrefix(`/a`)', 'shop.test/x/../a', true],
    ['PathRegexp(`^/[0-9]+$`)', 'shop.test/12', true],
    ['PathRegexp(`[0-9]`)', 'shop.test/a1b', true],
    ['PathRegexp(`^/[0-9]+$`)', 'shop.test/a', false],
    ['Query(`q`, `1`)', 'shop.test/?q=2&q=1', true],
    ['Query(`q`, `1`)', 'shop.test/?q=12', false],
    ['Query(`q`)', 'shop.test/?q=', true],
    ['Query(`q`)', 'shop.test/?q=1', false],
    ['QueryRegexp(`q`, `^1`)', 'shop.test/?q=12', true],
    ['QueryRegexp(`q`, `^1`)', 'shop.test/?q=21', false],
    ['QueryRegexp(`q`)', 'shop.test/?q=1', false],
    ['!Path(`/app`)', 'shop.test/other', true],
    ['!Path(`/app`)', 'shop.test/app', false],
    ['Host(`no.test`) || Host(`shop.test`) && Path(`/`)', 'shop.test/', true],
    ['Host(`shop.test`) || Host(`no.test`) && Path(`/no`)', 'shop.test/', true],
    ['(Host(`shop.test`) || Host(`no.test`)) && Path(`/no`)', 'shop.test/', false],
    ['!(Host(`no.test`) && Path(`/`))', 'shop.test/', true],
    ['HOST("shop.test") && pathprefix("\\u002f")', 'shop.test/', true],
  ])('%s of %s: %s', (match, url, is) => expect(takes(match, `http://${url}`)).toBe(is));

  test('asks for methods and headers', () => {
    const x: Headers = [
      ['x-a', 'c'],
      ['X-A', 'b'],
    ];
    expect(takes('Method(`post`)', 'http://shop.test/', 'POST')).toBe(true);
    expect(takes('Method(`POST`)', 'http://shop.test/', 'GET')).toBe(false);
    expect(takes('Header(`X-A`, `b`)', 'http://shop.test/', 'GET', x)).toBe(true);
    expect(takes('Header(`X-A`, `B`)', 'http://shop.test/', 'GET', x)).toBe(false);
    expect(takes('HeaderRegexp(`x-a`, `^[b]`)', 'http://shop.test/', 'GET', x)).toBe(true);
    // Go keeps it apart from the headers.
    expect(takes('Header(`Host`, `shop.test`)', 'http://shop.test/', 'GET', [['Host', 'shop.test']])).toBe(false);
  });
  test('of a star takes hosts from 3.7 on', () => {
    expect(asked([routes([rule('Host(`*.test`)')]), traefikPods('v3.5.0')], 'http://shop.test/')).toEqual(['1 404']);
    expect(asked([routes([rule('Host(`*`)')]), traefikPods('v3.5.0')], 'http://shop.test/')).toEqual(['1 404']);
  });
});

describe('of several routes', () => {
  test('the longest rule wins, or the largest priority; alike, either answers', () => {
    const two = [rule('PathPrefix(`/`)', 'a'), rule('PathPrefix(`/app`)', 'b')];
    expect(asked([routes(two)], 'http://shop.test/app')).toEqual(['1 b shop.test/app']);
    expect(answer([routes(two)], 'http://shop.test/app').rule).toMatchObject({
      path: ['spec', 'routes', 1, 'match'],
      because: 'the rule PathPrefix(`/app`) is 18 characters long',
    });
    const first = routes([rule('Path(`/app`)', 'c', ', priority: 100')], { name: 'first' });
    expect(asked([routes(two), first], 'http://shop.test/app')).toEqual(['1 c shop.test/app']);
    expect(answer([routes(two), first], 'http://shop.test/app').rule?.because).toBe('priority 100');
    expect(asked([routes(two)], 'shop.test/app')).toEqual(['1 b shop.test/app']);
    const again = routes([rule('PathPrefix(`/app`)', 'c')], { name: 'again' });
    expect(asked([routes(two), again], 'http://shop.test/app')).toEqual(['1 b shop.test/app', 'or 1 c shop.test/app']);
    // Bytes, not characters.
    const wide = routes([
      rule('PathPrefix(`/`) && !Header(`X`, `ü`)', 'a'),
      rule('PathPrefix(`/`) && !Header(`X`, `uv`)', 'b'),
    ]);
    expect(asked([wide], 'http://shop.test/')).toEqual(['1 a shop.test/', 'or 1 b shop.test/']);
  });
  test('one that Traefik cannot build is left out, and where nobody answers the reason is told', () => {
    const behind = routes([rule('PathPrefix(`/`)', 'c')], { name: 'behind' });
    const other = middleware('strip', 'stripPrefix: { prefixes: [/app] }', 'other');
    const cases: readonly (readonly [string, string, string])[] = [
      [
        'an unknown matcher',
        rule('PathPrefixx(`/app`)'),
        'there is no matcher PathPrefixx; did you mean "PathPrefix"?',
      ],
      ['no matcher', rule(''), 'it is empty'],
      ['another kind', rule('PathPrefix(`/app`)').replace('kind: Rule', 'kind: Host'), 'its kind is Host'],
      ['a Service without pods', rule('PathPrefix(`/app`)', 'idle'), 'Service shop/idle has no ready pods'],
      ['no Service', rule('PathPrefix(`/app`)', 'gone'), 'there is no Service shop/gone'],
      ['no services', rule('PathPrefix(`/app`)').replace(service('a'), ''), 'no services'],
      ['a port that is none', rule('PathPrefix(`/app`)').replace('port: 80', 'port: 81'), 'has no port 81'],
      [
        'no Middleware',
        rule('PathPrefix(`/app`)', 'a', ', middlewares: [{ name: gone }]'),
        'a Middleware of it is not there',
      ],
      [
        'a Middleware of others',
        rule('PathPrefix(`/app`)', 'a', ', middlewares: [{ name: strip, namespace: other }]'),
        'in another namespace',
      ],
      [
        'a Middleware by its whole name',
        rule('PathPrefix(`/app`)', 'a', ', middlewares: [{ name: other-strip@kubernetescrd }]'),
        'in another namespace',
      ],
    ];
    for (const [name, each, why] of cases) {
      const alone = answer([routes([each]), other, traefikPods('v3.7.9')], 'http://shop.test/app');
      expect([name, words(alone)]).toEqual([name, ['1 404']]);
      expect(alone.notes).toEqual([expect.stringContaining(`route 1 of IngressRoute web is left out by Traefik: `)]);
      expect(alone.notes![0]).toContain(why);
      const both = answer([routes([each]), other, behind, traefikPods('v3.7.9')], 'http://shop.test/app');
      expect([name, words(both), both.notes]).toEqual([name, ['1 c shop.test/app'], undefined]);
    }
  });
  test('one that may answer is told, and not one of a smaller rank', () => {
    const client = rule('ClientIP(`10.0.0.0/8`) && PathPrefix(`/`)', 'b');
    const { notes, shares } = answer([routes([client, rule('PathPrefix(`/`)')])], 'http://shop.test/');
    expect(notes).toEqual([
      'route 1 of IngressRoute web may answer in its place: it asks for the address of the client (ClientIP)',
    ]);
    expect(shares).toHaveLength(1);
    const none = (match: string) => answer([routes([client, rule(match)])], 'http://shop.test/').notes;
    expect(none(`PathPrefix(\`/\`) && !Path(\`/${'x'.repeat(40)}\`)`)).toBeUndefined();
    expect(answer([routes([rule('ClientIP(`10.0.0.0/8`) && Path(`/x`)')])], 'http://shop.test/').notes).toBeUndefined();
    expect(answer([routes([rule('!ClientIP(`10.0.0.0/8`)')])], 'http://shop.test/').notes).toHaveLength(1);
  });
});

describe('what is not read here', () => {
  const two = rule('Host(`shop.test`, `b.test`)');
  test.each([
    ['may be a rule of Traefik 2', [], 1],
    ['is left out by Traefik 3', [traefikPods('v3.5.0')], 0],
    ['is a rule of Traefik 2', [traefikPods('v2.11')], 1],
    ['is one by a flag', [traefikPods('v3.5.0', '--core.defaultRuleSyntax=v2')], 1],
  ])('%s', (_, more, times) => {
    const { notes = [] } = answer([routes([two]), ...more], 'http://shop.test/');
    expect(notes.filter((note) => note.includes('one of Traefik 2, which is not read here'))).toHaveLength(times);
  });
  test('by a route of its own syntax, and of the older group', () => {
    const syntax = routes([rule('Host(`shop.test`)', 'a', ', syntax: v2')]);
    expect(answer([syntax, traefikPods('v3.5.0')], 'http://shop.test/').notes).toHaveLength(1);
    const older = routes([rule('Host(`shop.test`)')], { group: 'traefik.containo.us' });
    expect(answer([older], 'http://shop.test/').notes).toHaveLength(1);
    expect(answer([older, traefikPods('v3.5.0')], 'http://shop.test/').notes).toBeUndefined();
  });
  test('by a rule that says which syntax it has', () => {
    const v3 = routes([rule('Host(`shop.test`, `b.test`)', 'a', ', syntax: v3')]);
    expect(answer([v3], 'http://shop.test/').notes).toEqual([
      expect.stringContaining('is left out by Traefik: Host takes 1 values'),
    ]);
    const flag = traefikPods('v3.5.0', '--core.defaultRuleSyntax=v2');
    expect(asked([routes([rule('Host(`shop.test`)', 'a', ', syntax: v3')]), flag], 'http://shop.test/')).toEqual([
      '1 a shop.test/',
    ]);
    const wrong = routes([rule('Hosts(`shop.test`)', 'a', ', syntax: v2')]);
    expect(answer([wrong], 'http://shop.test/').notes).toEqual([expect.stringContaining('there is no matcher Hosts')]);
    // One that no Traefik reads is left out for certain.
    expect(answer([routes([rule('Hosts(`shop.test`)')])], 'http://shop.test/').notes).toEqual([
      expect.stringContaining('there is no matcher Hosts'),
    ]);
  });
  test('whose parent is another one of the name, or of another namespace', () => {
    const alone = (parent: string) => {
      const child = routes([rule('PathPrefix(`/x`)')], { name: 'child', spec: `parentRefs: [${parent}], ` });
      return answer([routes([rule('PathPrefix(`/`)', 'b')], { name: 'parent' }), child], 'http://shop.test/y');
    };
    expect(alone('{ name: parent }').notes).toHaveLength(1);
    expect(alone('{ name: parent, namespace: shop }').notes).toHaveLength(1);
    for (const other of ['{ name: other }', '{ name: parent, namespace: other }']) {
      expect(words(alone(other))).toEqual(['1 b shop.test/y']);
      expect(alone(other).notes).toBeUndefined();
    }
  });
  test('IngressRoutes in layers', () => {
    const parent = routes([rule('PathPrefix(`/`)')], { name: 'parent' });
    const child = routes([rule('PathPrefix(`/x`)')], { name: 'child', spec: 'parentRefs: [{ name: parent }], ' });
    const { notes } = answer([parent, child], 'http://shop.test/x');
    expect(notes).toEqual([
      'route 1 of IngressRoute child may answer in its place: IngressRoutes with parentRefs are not read here',
      'route 1 of IngressRoute parent may answer in its place: IngressRoutes with parentRefs are not read here',
    ]);
  });
});

test('services share by weight, one alone gets all, and Middlewares change the path', () => {
  const several = (entries: string, more = '') =>
    routes([`{ match: 'PathPrefix(\`/app\`)', services: [${entries}]${more} }`]);
  expect(asked([several(`${service('a', ', weight: 3')}, ${service('b')}`)], 'http://shop.test/app')).toEqual([
    '0.75 a shop.test/app',
    '0.25 b shop.test/app',
  ]);
  expect(asked([several(service('a', ', weight: 0'))], 'http://shop.test/app')).toEqual(['1 a shop.test/app']);
  expect(asked([several(`${service('a')}, ${service('idle', ', weight: 0')}`)], 'http://shop.test/app')).toEqual([
    '1 404',
  ]);
  const strip = middleware('strip', 'stripPrefix: { prefixes: [/app] }');
  const stripped = several(service('a'), ', middlewares: [{ name: strip }]');
  expect(asked([strip, stripped], 'http://shop.test/app/x')).toEqual(['1 a shop.test/x']);
  const clean = several(service('a'), ', middlewares: [{ name: strip }]').replace('/app', '/');
  const refused = answer([strip, clean, traefikPods('v3.7.9')], 'http://shop.test/app../x');
  expect([words(refused), refused.rule?.because]).toEqual([
    ['1 400'],
    'the rule PathPrefix(`/`) is 15 characters long',
  ]);
  const mirroring = `{ apiVersion: traefik.io/v1alpha1, kind: TraefikService, metadata: { name: copies, namespace: shop }, spec: { mirroring: { ${service('a').slice(1, -1)}, mirrors: [${service('b', ', percent: 20')}] } } }`;
  expect(asked([mirroring, several('{ kind: TraefikService, name: copies }')], 'http://shop.test/app')).toEqual([
    '1 a shop.test/app + 0.2 b',
  ]);
});

test.each([
  ['', '', [true, true]],
  ['tls: {}, ', '', [false, true]],
  ['entryPoints: [web], ', '', [true, false]],
  ['entryPoints: [websecure], ', '', [false, true]],
  ['entryPoints: [web, websecure], ', '', [true, true]],
  ['entryPoints: [web], tls: {}, ', '', [false, true]],
  ['entryPoints: [websecure], ', "'--entryPoints.websecure.address=:443'", [true, false]],
  ['entryPoints: [edge], ', "'--entryPoints.edge.address=:443', '--entryPoints.edge.http.tls=true'", [false, true]],
  ['entryPoints: [edge], ', "'--entryPoints.edge.http.tls.certResolver=a'", [false, true]],
  ['entryPoints: [edge], ', "'--entryPoints.edge.http.tls=false'", [true, false]],
  ['', "'--entryPoints.edge.address=:80'", [true, false]],
])('by scheme, with "%s" and %s: %j', (spec, args, expected) => {
  const world = [routes([rule('PathPrefix(`/`)')], { spec }), traefikPods('v3.7.9', args)];
  expect(['http', 'https'].map((scheme) => asked(world, `${scheme}://shop.test/`)[0]!.startsWith('1 a'))).toEqual(
    expected,
  );
});

test('each class is a way of its own, that of Traefik itself the one without a name', () => {
  const className = (name: string) => `, annotations: { kubernetes.io/ingress.class: ${name} }`;
  const some = [
    routes([rule('PathPrefix(`/`)')]),
    routes([rule('PathPrefix(`/`)', 'b')], { name: 'own', meta: className('traefik') }),
    routes([rule('PathPrefix(`/`)', 'c')], { name: 'inner', meta: className('inner') }),
    routes([rule('PathPrefix(`/`)', 'c')], { name: 'field', spec: 'ingressClassName: inner, ' }),
  ];
  const names = (...more: string[]) => waysIn(worldOf(shop, ...services, ...some, ...more)).map(({ name }) => name);
  expect(names()).toEqual(["Traefik's IngressRoutes", "Traefik's IngressRoutes of class inner"]);
  expect(names(traefikPods('v3.7.9', '--providers.kubernetescrd.ingressClass=traefik'))).toEqual([
    "Traefik's IngressRoutes",
    "Traefik's IngressRoutes of class inner",
    "Traefik's IngressRoutes of class traefik",
  ]);
  expect(asked(some, 'http://shop.test/')).toEqual(['1 a shop.test/', 'or 1 b shop.test/']);
  const other = all(routes([rule('PathPrefix(`/`)')]).replace('traefik.io', 'example.com'));
  expect(waysIn(worldOf(shop, other))).toEqual([]);
});
