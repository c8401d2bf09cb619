import { routeAtGateway } from '../../../simulate/routing/gateway-routing';
import { requestFor } from '../../../simulate/routing/request';
import { asked, gateway, route, shop, to, traefikPods, version, worldOf } from './support';

const services = ['a', 'b', 'c'].map((name) => version(name));
const at = (path: string, more = '') => `matches: [{ path: { type: PathPrefix, value: ${path} }${more} }]`;
const exact = (path: string) => `matches: [{ path: { type: Exact, value: ${path} } }]`;
const both = (rules: string, ...more: readonly string[]) =>
  (['other', 'traefik'] as const).map((kind) => worldOf(shop, ...services, gateway(kind), route(rules), ...more));

describe('by the specification and by Traefik', () => {
  test.each([
    ['/ab/c', '1 b shop.test/ab/c'],
    ['/abc', '1 a shop.test/abc'],
    ['/ab', '1 b shop.test/ab'],
    ['/x', '1 c shop.test/x'],
    ['/x/y', '1 a shop.test/x/y'],
  ])('a prefix is one of whole elements, and the longer one wins over all but an exact path: %s', (path, answer) => {
    const rules = `{ ${to('a')} }, { ${at('/ab/')}, ${to('b')} }, { ${exact('/x')}, ${to('c')} }`;
    for (const world of both(rules)) expect(asked(world, `http://shop.test${path}`)).toEqual([answer]);
  });
  test('weights are shares, and a backend that is idle, absent or in a namespace without a grant is a share of errors', () => {
    const rules = `{ backendRefs: [{ name: a, port: 80, weight: 7 }, { name: idle, port: 80 }, { name: gone, port: 80 }, { name: b, port: 80, weight: 0 }, { name: a, namespace: closed, port: 80 }] }`;
    const closed = '{ apiVersion: v1, kind: Namespace, metadata: { name: closed } }';
    for (const world of both(rules, version('idle', 0), closed))
      expect(asked(world, 'http://shop.test/')).toEqual(['0.7 a shop.test/', '0.1 503', '0.1 500', '0.1 500']);
  });
  test('no rule of the host: 404', () => {
    for (const world of both(`{ ${at('/a')}, ${to('a')} }`)) {
      expect(asked(world, 'http://shop.test/b')).toEqual(['1 404']);
      expect(asked(world, 'http://other.test/a')).toEqual(['1 404']);
    }
  });
  test('headers by name without regard to case, methods and query parameters', () => {
    const rules = `{ ${at('/', ', method: POST, headers: [{ name: X-Group, value: beta }], queryParams: [{ name: q, value: "1" }]')}, ${to('b')} }, { ${to('a')} }`;
    for (const world of both(rules)) {
      expect(asked(world, 'http://shop.test/?q=1', 'POST', [['x-group', 'beta']])).toEqual(['1 b shop.test/']);
      expect(asked(world, 'http://shop.test/?q=1', 'GET', [['x-group', 'beta']])).toEqual(['1 a shop.test/']);
      expect(asked(world, 'http://shop.test/?q=2', 'POST', [['x-group', 'beta']])).toEqual(['1 a shop.test/']);
      expect(asked(world, 'http://shop.test/?q=1', 'POST', [['x-group', 'Beta']])).toEqual(['1 a shop.test/']);
    }
  });
  test('a rule says which match of it decided, and why', () => {
    const [spec, traefik] = both(`{ ${at('/a', ', method: GET')}, ${to('a')} }`) as [never, never];
    const rule = (world: Parameters<typeof routeAtGateway>[0]) =>
      routeAtGateway(world, world.of('Gateway')[0]!, requestFor('GET', 'http://shop.test/a')!).rule;
    expect(rule(spec)).toMatchObject({
      path: ['spec', 'rules', 0, 'matches', 0],
      because: 'host shop.test, PathPrefix /a, method GET',
    });
    expect(rule(traefik)!.because).toBe(
      'rank 11,210 = PathPrefix /a 10,200 + method GET 1,000 + host name 9 + rule 1 of 1 1',
    );
  });
});

describe('where Traefik differs from the specification', () => {
  const ask = (rules: string, url: string, ...rest: [string?, (readonly [string, string])[]?]) =>
    both(rules).map((world) => asked(world, url, ...rest));
  test('a method weighs more than nine characters of a path', () =>
    expect(
      ask(`{ ${at('/a', ', method: GET')}, ${to('a')} }, { ${at('/a/b')}, ${to('b')} }`, 'http://shop.test/a/b'),
    ).toEqual([['1 b shop.test/a/b'], ['1 a shop.test/a/b']]));
  test('the same rank is decided by chance', () => {
    const rules = [route(`{ ${to('a')} }`, { name: 'one' }), route(`{ ${to('b')} }`, { name: 'two' })];
    const at80 = (kind: 'other' | 'traefik') =>
      asked(worldOf(shop, ...services, gateway(kind), ...rules), 'http://shop.test/');
    expect(at80('other')).toEqual(['1 a shop.test/']);
    expect(at80('traefik')).toEqual(['1 a shop.test/', 'or 1 b shop.test/']);
  });
  const created = (time: string) => `, creationTimestamp: '2026-01-0${time}T00:00:00Z'`;
  test.each([
    // Age, then the name.
    ['both ages, the second older', created('2'), created('1'), 'b', false],
    ['both ages, the first older', created('1'), created('2'), 'a', false],
    ['the same age', created('1'), created('1'), 'a', false],
    ['no age', '', '', 'a', true],
    ['one age', '', created('1'), 'a', true],
  ])('two routes of one match by the specification: %s', (_, one, two, service, isUnsure) => {
    const rules = [
      route(`{ ${to('a')} }`, { name: 'one', more: one }),
      route(`{ ${at('/x')}, ${to('c')} }, { ${to('b')} }`, { name: 'two', more: two }),
    ];
    const world = worldOf(shop, ...services, gateway('other'), ...rules);
    const answer = routeAtGateway(world, world.of('Gateway')[0]!, requestFor('GET', 'http://shop.test/')!);
    expect(answer.shares[0]!.to).toMatchObject({ service: { name: service } });
    expect(answer.notes).toEqual(
      isUnsure
        ? [
            expect.stringMatching(
              /^HTTPRoute shop\/two has the same match as HTTPRoute shop\/one, and the older of the two answers/,
            ),
          ]
        : undefined,
    );
    // Where the match decides, or both say the same, nothing is left to ask.
    const longer = routeAtGateway(world, world.of('Gateway')[0]!, requestFor('GET', 'http://shop.test/x')!);
    expect([longer.shares[0]!.to, longer.notes]).toMatchObject([{ service: { name: 'c' } }, undefined]);
    const alike = worldOf(shop, ...services, gateway('other'), rules[0]!, route(`{ ${to('a')} }`, { name: 'two' }));
    expect(
      routeAtGateway(alike, alike.of('Gateway')[0]!, requestFor('GET', 'http://shop.test/')!).notes,
    ).toBeUndefined();
  });
  test('a route without rules has one that takes everything and has no backends, one with an empty list has none', () => {
    const bare = (rules: string) => route('', { name: 'bare' }).replace(', rules: []', rules);
    for (const kind of ['other', 'traefik'] as const) {
      const of = (rules: string, ...more: string[]) =>
        asked(worldOf(shop, ...services, gateway(kind), bare(rules), ...more), 'http://shop.test/x/y');
      const status = kind === 'traefik' ? '1 503' : '1 500';
      expect(of('')).toEqual([status]);
      expect(of(', rules: null')).toEqual([status]);
      expect(of(', rules: []')).toEqual(['1 404']);
      expect(of('', route(`{ ${at('/x')}, ${to('a')} }`))).toEqual(['1 a shop.test/x/y']);
    }
  });
  test('RequestMirror makes every request fail', () => {
    const rules = `{ filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: b, port: 80 }, percent: 25 } }], ${to('a')} }`;
    expect(ask(rules, 'http://shop.test/')).toEqual([['1 a shop.test/ + 0.25 b'], ['1 500']]);
  });
  test('all weights 0 are 503 and not 500', () =>
    expect(ask('{ backendRefs: [{ name: a, port: 80, weight: 0 }] }', 'http://shop.test/')).toEqual([
      ['1 500'],
      ['1 503'],
    ]));
  test('regular expressions are searched for, and not compared with the whole value', () => {
    const rules = `{ ${at('/', ', headers: [{ name: cookie, value: "release=next", type: RegularExpression }]')}, ${to('b')} }, { ${to('a')} }`;
    expect(ask(rules, 'http://shop.test/', 'GET', [['cookie', 'x=y; release=next']])).toEqual([
      ['1 a shop.test/'],
      ['1 b shop.test/'],
    ]);
  });
  test('one that does not compile, and a TraefikService that is not there, leave the rule out: the next one answers', () => {
    const rules = `{ ${at('/a', ', headers: [{ name: x, value: "(", type: RegularExpression }]')}, ${to('b')} }, { ${at('/b')}, backendRefs: [{ group: traefik.io, kind: TraefikService, name: gone }] }, { ${to('a')} }`;
    expect(ask(rules, 'http://shop.test/b')[1]).toEqual(['1 a shop.test/b']);
    expect(ask(rules, 'http://shop.test/a')[1]).toEqual(['1 a shop.test/a']);
  });
});

describe('filters', () => {
  const rewrite = (path: string) => `filters: [{ type: URLRewrite, urlRewrite: { path: ${path} } }]`;
  const prefix = (value: string) => rewrite(`{ type: ReplacePrefixMatch, replacePrefixMatch: '${value}' }`);
  test.each([
    ['/app/x', '/new', ['/new/x', '/new/x']],
    ['/app', '/new', ['/new', '/new']],
    ['/app/', '/new', ['/new/', '/new/']],
    ['/app', '/', ['/', '/']],
    ['/app/x', '', ['/x', '/x']],
    ['/app/a%2Fb', '/new', ['/new/a%2Fb', '/new/a/b']],
    ['/app//x', '/new', ['/new//x', '/new/x']],
  ])('%s with its prefix replaced by "%s"', (path, replacement, [spec, traefik]) => {
    const [one, two] = both(`{ ${at('/app')}, ${prefix(replacement)}, ${to('a')} }`) as [never, never];
    expect(asked(one, `http://shop.test${path}`)).toEqual([`1 a shop.test${spec}`]);
    expect(asked(two, `http://shop.test${path}`)).toEqual([`1 a shop.test${traefik}`]);
  });
  test('a redirect answers itself', () => {
    const rules = `{ ${at('/app')}, filters: [{ type: RequestRedirect, requestRedirect: { scheme: https, statusCode: 301 } }] }`;
    for (const world of both(rules))
      expect(asked(world, 'http://shop.test/app?q=1')).toEqual(['1 301 https://shop.test/app?q=1']);
  });
  test('filters of one backend hold for its share: from Traefik 3.7 on', () => {
    const rules = `{ backendRefs: [{ name: a, port: 80, filters: [{ type: URLRewrite, urlRewrite: { hostname: other.test } }] }, { name: b, port: 80 }] }`;
    const of = (...more: string[]) =>
      asked(
        worldOf(shop, ...services, gateway(more.length > 0 ? 'traefik' : 'other'), route(rules), ...more),
        'http://shop.test/',
      );
    const applied = ['0.5 a other.test/', '0.5 b shop.test/'];
    expect([of(), of(traefikPods('v3.7.1'))]).toEqual([applied, applied]);
    expect(of(traefikPods('v3.5.0'))).toEqual(['0.5 a shop.test/', '0.5 b shop.test/']);
  });
});

describe('a TraefikService', () => {
  const service = (name: string, spec: string) =>
    `{ apiVersion: traefik.io/v1alpha1, kind: TraefikService, metadata: { name: ${name}, namespace: shop }, spec: ${spec} }`;
  const ref = (name: string) => `{ backendRefs: [{ group: traefik.io, kind: TraefikService, name: ${name} }] }`;
  const ask = (name: string, ...more: readonly string[]) =>
    asked(
      worldOf(shop, ...services, version('idle', 0), gateway('traefik'), route(ref(name)), ...more),
      'http://shop.test/',
    );
  const canary = service(
    'canary',
    '{ weighted: { services: [{ name: a, port: 80, weight: 9 }, { name: b, port: 80, weight: 1 }] } }',
  );
  test('shares and copies, one inside another', () => {
    const copies = service(
      'copies',
      '{ mirroring: { name: canary, kind: TraefikService, mirrors: [{ name: c, port: 80, percent: 25 }] } }',
    );
    expect(ask('canary', canary)).toEqual(['0.9 a shop.test/', '0.1 b shop.test/']);
    expect(ask('copies', canary, copies)).toEqual(['0.9 a shop.test/ + 0.25 c', '0.1 b shop.test/ + 0.25 c']);
  });
  test('with an idle Service, even of weight 0, is not built, unless Traefik is told to', () => {
    const idle = service(
      'canary',
      '{ weighted: { services: [{ name: a, port: 80 }, { name: idle, port: 80, weight: 0 }] } }',
    );
    const shared = idle.replace('weight: 0', 'weight: 1');
    expect(ask('canary', idle)).toEqual(['1 404']);
    const allow = traefikPods('v3.5.0', '--providers.kubernetesCRD.allowEmptyServices=true');
    expect(ask('canary', idle, allow)).toEqual(['1 a shop.test/']);
    expect(ask('canary', shared, allow)).toEqual(['0.5 a shop.test/', '0.5 503']);
  });
  test('without whose pods copies cannot go takes everybody with it, unless it goes by the address of its Service', () => {
    const copies = (more: string) =>
      service(
        'copies',
        `{ mirroring: { name: a, port: 80, mirrors: [{ name: idle, port: 80, percent: 25${more} }] } }`,
      );
    expect(ask('copies', copies(''))).toEqual(['1 404']);
    expect(ask('copies', copies(', nativeLB: true'))).toEqual(['1 a shop.test/']);
    const native = service('native', '{ weighted: { services: [{ name: idle, port: 80, nativeLB: true }] } }');
    expect(ask('native', native)).toEqual(['1 502']);
  });
  test('that contains itself, or a Service of another namespace, is not built', () => {
    expect(ask('loop', service('loop', '{ weighted: { services: [{ name: loop, kind: TraefikService }] } }'))).toEqual([
      '1 404',
    ]);
    expect(ask('far', service('far', '{ weighted: { services: [{ name: a, namespace: other, port: 80 }] } }'))).toEqual(
      ['1 404'],
    );
  });
});

describe('host names', () => {
  const routes = [
    route(`{ ${to('a')} }`, { name: 'a', hosts: "'*.apps.test'" }),
    route(`{ ${to('b')} }`, { name: 'b', hosts: 'web.apps.test' }),
  ];
  const listeners = "{ name: http, port: 80, protocol: HTTP, hostname: '*.test' }";
  const ask = (kind: 'other' | 'traefik', host: string, ...more: string[]) =>
    asked(worldOf(shop, ...services, gateway(kind, listeners), ...routes, ...more), `http://${host}/`);
  test('the narrower one wins, and a star stands for one label or more', () => {
    for (const kind of ['other', 'traefik'] as const) {
      expect(ask(kind, 'web.apps.test')).toEqual(['1 b web.apps.test/']);
      expect(ask(kind, 'x.y.apps.test')).toEqual(['1 a x.y.apps.test/']);
      expect(ask(kind, 'shop.test')).toEqual(['1 404']);
    }
  });
  test('before 3.7 Traefik gives a route with a star all hosts of a listener with a wider one', () => {
    expect(ask('traefik', 'shop.test', traefikPods('v3.5.0'))).toEqual(['1 a shop.test/']);
    expect(ask('traefik', 'shop.test', traefikPods('v3.7.9'))).toEqual(['1 404']);
  });
  test('by the specification a request belongs to the narrowest listener alone', () => {
    const two = `${listeners}, { name: own, port: 80, protocol: HTTP, hostname: web.apps.test }`;
    const far = route(`{ ${to('a')} }`, { name: 'far', hosts: "'*.apps.test'" }).replace(
      '{ name: public }',
      '{ name: public, sectionName: http }',
    );
    const of = (kind: 'other' | 'traefik') =>
      asked(
        worldOf(
          shop,
          ...services,
          gateway(kind, two),
          far,
          route(`{ ${at('/b')}, ${to('b')} }`, { hosts: 'web.apps.test' }),
        ),
        'http://web.apps.test/x',
      );
    expect([of('other'), of('traefik')]).toEqual([['1 404'], ['1 a web.apps.test/x']]);
  });
});
