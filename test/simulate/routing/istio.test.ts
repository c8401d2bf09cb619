import { readSources } from '../../../manifests/reading/read';
import { routeAtIstioGateway } from '../../../simulate/routing/istio-routing';
import { requestFor } from '../../../simulate/routing/request';
import { envoyPath } from '../../../simulate/routing/request-path';
import { waysIn } from '../../../simulate/routing/ways';
import { Facts } from '../../../world/facts';
import { World } from '../../../world/world';

const text = (...manifests: string[]) => manifests.join('\n---\n');
const resources = (manifests: string) => readSources([{ file: 'a.yaml', text: manifests }]).resources;
const service = (name: string, ports = '{ name: http, port: 80 }') =>
  `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: shop }, spec: { selector: { app: ${name} }, ports: [${ports}] } }`;
const pods = (name: string, version: string, replicas = 1) =>
  `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: ${name}-${version}, namespace: shop }, spec: { replicas: ${replicas}, selector: { matchLabels: { app: ${name} } }, template: { metadata: { labels: { app: ${name}, version: ${version} } }, spec: { containers: [{ name: web, image: web }] } } } }`;
const gateway = (servers = "{ port: { number: 80, name: http, protocol: HTTP }, hosts: ['*'] }") =>
  `{ apiVersion: networking.istio.io/v1, kind: Gateway, metadata: { name: public, namespace: edge }, spec: { selector: { istio: ingress }, servers: [${servers}] } }`;
const route = (http: string, more = "hosts: ['*']", name = 'web', created = '') =>
  `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: ${name}, namespace: shop${created && `, creationTimestamp: '${created}'`} }, spec: { gateways: [edge/public], ${more}, http: [${http}] } }`;
const BASE = text(gateway(), service('web'), service('next'), pods('web', 'v1'), pods('web', 'v2'), pods('next', 'v1'));

const worldOf = (...manifests: string[]) =>
  new World(resources(text(BASE, ...manifests)), new Facts([], undefined, [], true), []);
function answers(
  url: string,
  world: World,
  headers: readonly (readonly [string, string])[] = [],
  method = 'GET',
): string[] {
  const own = world.of('Gateway').find(({ name }) => name === 'public')!;
  return routeAtIstioGateway(world, own, requestFor(method, url, headers)!).shares.map(({ share, to }) => {
    const part = share === 1 ? '' : `${Math.round(share * 100)} % `;
    if (to.is === 'redirect') return `${part}${to.status} ${to.location}`;
    if (to.is === 'error') return `${part}${to.status}`;
    const { name, subset } = to.service;
    const copies = to.mirrors.map((copy) => ` copy ${copy.share * 100} % ${copy.service.name}`).join('');
    return `${part}${name}${subset ? `/${subset}` : ''} ${to.host}${to.path}${copies}`;
  });
}
const to = (name: string, more = '') => `{ destination: { host: ${name}${more} } }`;

describe('a rule', () => {
  test.each([
    ['prefix: /app', '/apple', 'web shop.test/apple'],
    ['exact: /app', '/app', 'web shop.test/app'],
    ['exact: /app', '/app/', '404'],
    ['regex: /a', '/app', '404'],
    ['regex: /a.*', '/app', 'web shop.test/app'],
  ])('with %s and the path %s: %s', (uri, path, expected) => {
    const world = worldOf(route(`{ match: [{ uri: { ${uri} } }], route: [${to('web')}] }`));
    expect(answers(`http://shop.test${path}`, world)).toEqual([expected]);
  });
  test('is the first that matches, whatever is longer, but what takes everything comes last', () => {
    const first = route(
      `{ match: [{ uri: { prefix: /a } }], route: [${to('web')}] }, { match: [{ uri: { exact: /api } }], route: [${to('next')}] }`,
    );
    expect(answers('http://shop.test/api', worldOf(first))).toEqual(['web shop.test/api']);
    const all = route(`{ route: [${to('web')}] }`, "hosts: ['*']", 'a', '2026-01-01T00:00:00Z');
    const later = route(
      `{ match: [{ uri: { prefix: /b } }], route: [${to('next')}] }`,
      "hosts: ['*']",
      'b',
      '2026-01-02T00:00:00Z',
    );
    expect(answers('http://shop.test/b', worldOf(all, later))).toEqual(['next shop.test/b']);
    expect(answers('http://shop.test/c', worldOf(all, later))).toEqual(['web shop.test/c']);
  });
  test('by cookie matches the whole header, which Envoy joins', () => {
    const world = worldOf(
      route(
        `{ match: [{ headers: { cookie: { regex: '^(.*;\\s*)?release=next(;.*)?$' } } }], route: [${to('next')}] }, { route: [${to('web')}] }`,
      ),
    );
    const asked = (...cookies: string[]) =>
      answers(
        'http://shop.test/',
        world,
        cookies.map((value) => ['Cookie', value]),
      )[0]?.split(' ')[0];
    expect([asked('release=next'), asked('a=b', 'release=next'), asked('release=nextx'), asked()]).toEqual([
      'next',
      'next',
      'web',
      'web',
    ]);
  });
  test('for other Gateways, ports or pods than these is left out', () => {
    for (const condition of [
      'gateways: [mesh]',
      'port: 8080',
      'sourceLabels: { istio: other }',
      'sourceNamespace: shop',
    ]) {
      const world = worldOf(route(`{ match: [{ ${condition} }], route: [${to('next')}] }, { route: [${to('web')}] }`));
      expect([condition, answers('http://shop.test/', world)]).toEqual([condition, ['web shop.test/']]);
    }
  });
});

describe('destinations', () => {
  test.each([
    ['mirrorPercentage: { value: 10 }', 'web shop.test/ copy 10 % next'],
    ['mirrorPercent: 10', 'web shop.test/ copy 10 % next'],
    ['mirror_percent: 10', 'web shop.test/ copy 10 % next'],
    ['mirror_percent: 0', 'web shop.test/'],
    ['mirrorPercentage: { value: 50 }, mirror_percent: 10', 'web shop.test/ copy 50 % next'],
    ['', 'web shop.test/ copy 100 % next'],
  ])('copies of one mirror: %s', (percent, expected) =>
    expect(
      answers(
        'http://shop.test/',
        worldOf(route(`{ route: [${to('web')}], mirror: { host: next }${percent && `, ${percent}`} }`)),
      ),
    ).toEqual([expected]),
  );

  test.each([
    ['web.shop.svc.cluster.locl', '503'],
    ['web.shop.svc.clsuter.local', '503'],
    ['web.shop.svc.acme.example', 'web shop.test/'],
    ['api.example.com', 'api.example.com shop.test/'],
  ])('%s, where other things may be than these: %s', (host, expected) => {
    const world = new World(resources(text(BASE, route(`{ route: [${to(host)}] }`))), new Facts([]));
    expect(answers('http://shop.test/', world)).toEqual([expected]);
  });

  const shares = (routes: string, ...more: string[]) =>
    answers('http://shop.test/', worldOf(route(`{ route: [${routes}] }`), ...more));
  const weighted = (name: string, weight: number, more = '') =>
    `{ destination: { host: ${name}${more} }, weight: ${weight} }`;
  const rule = `{ apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: { name: web, namespace: shop }, spec: { host: web, subsets: [{ name: v1, labels: { version: v1 } }, { name: gone, labels: { version: v9 } }] } }`;
  test('share by weight, of which none is nothing beside others and everything alone', () => {
    expect(shares(`${weighted('web', 90)}, ${weighted('next', 10)}`)).toEqual([
      '90 % web shop.test/',
      '10 % next shop.test/',
    ]);
    expect(shares(`${weighted('web', 90)}, ${weighted('next', 0)}`)).toEqual(['web shop.test/']);
    expect(shares(weighted('web', 0))).toEqual(['web shop.test/']);
  });
  test('that are not there lose their share', () => {
    expect(shares(`${weighted('web', 50)}, ${weighted('web.shop', 50)}`)).toEqual(['50 % web shop.test/', '50 % 503']);
    expect(shares(weighted('gone', 1))).toEqual(['503']);
    expect(shares(weighted('web', 1, ', port: { number: 81 }'))).toEqual(['503']);
  });
  test('with a subset need the rule that has it and pods', () => {
    expect(shares(weighted('web', 1, ', subset: v1'), rule)).toEqual(['web/v1 shop.test/']);
    expect(shares(weighted('web', 1, ', subset: v1'))).toEqual(['503']);
    expect(shares(weighted('web', 1, ', subset: gone'), rule)).toEqual(['503']);
  });
  test('get copies, a share of them, and none at 0', () => {
    const copied = (percentage: string) =>
      answers(
        'http://shop.test/',
        worldOf(route(`{ route: [${to('web')}], mirrors: [{ destination: { host: next }${percentage} }] }`)),
      );
    expect(copied('')).toEqual(['web shop.test/ copy 100 % next']);
    expect(copied(', percentage: { value: 25 }')).toEqual(['web shop.test/ copy 25 % next']);
    expect(copied(', percentage: { value: 0 }')).toEqual(['web shop.test/']);
  });
});

test.each([
  ['rewrite: { uri: / }', 'uri: { prefix: /app/ }', '/app/x', 'web shop.test/x'],
  ['rewrite: { uri: / }', 'uri: { prefix: /app }', '/app/x', 'web shop.test//x'],
  ['rewrite: { uri: /new }', 'uri: { exact: /app }', '/app', 'web shop.test/new'],
  [
    'rewrite: { uriRegexRewrite: { match: "^/app/(.*)$", rewrite: "/\\\\1" } }',
    'uri: { prefix: /app }',
    '/app/x',
    'web shop.test/x',
  ],
  ['rewrite: { authority: in.test }', 'uri: { prefix: / }', '/x', 'web in.test/x'],
])('%s of %s and %s', (rewrite, match, path, expected) => {
  const world = worldOf(route(`{ match: [{ ${match} }], ${rewrite}, route: [${to('web')}] }`));
  expect(answers(`http://shop.test${path}`, world)).toEqual([expected]);
});

test('redirects and answers of its own', () => {
  const asked = (rule: string) => answers('http://shop.test/a?q=1', worldOf(route(`{ ${rule} }`)));
  expect(asked('redirect: { uri: /b }')).toEqual(['301 http://shop.test/b?q=1']);
  expect(asked('redirect: { scheme: https, redirectCode: 308 }')).toEqual(['308 https://shop.test/a?q=1']);
  expect(asked('directResponse: { status: 503 }')).toEqual(['503']);
  expect(asked(`fault: { abort: { httpStatus: 500, percentage: { value: 10 } } }, route: [${to('web')}]`)).toEqual([
    '10 % 500',
    '90 % web shop.test/a',
  ]);
});

describe('the way to a rule', () => {
  const at = (servers: string, routes: readonly string[], url: string) =>
    answers(
      url,
      new World(
        resources(text(BASE.replace(gateway(), gateway(servers)), ...routes)),
        new Facts([], undefined, [], true),
        [],
      ),
    )[0];
  const server = (port: number, protocol: string, more = '', hosts = "'*'") =>
    `{ port: { number: ${port}, name: p${port}, protocol: ${protocol} }, hosts: [${hosts}]${more} }`;
  const hosts = (names: string, service: string, name: string) =>
    route(`{ route: [${to(service)}] }`, `hosts: [${names}]`, name);

  test.each([
    ['a.b.test', 'web'],
    ['x.b.test', 'next'],
    ['x.y.b.test', 'next'],
    ['x.test', 'other'],
    ['b.test', 'other'],
    ['example.com', '404'],
  ])('of names with a star the longest that means %s: %s', (host, service) => {
    const names = [hosts("'*.test'", 'other', 'a'), hosts("'*.b.test'", 'next', 'b'), hosts('a.b.test', 'web', 'c')];
    const other = text(
      pods('other', 'v1'),
      '{ apiVersion: v1, kind: Service, metadata: { name: other, namespace: shop }, spec: { selector: { app: other }, ports: [{ port: 80 }] } }',
    );
    expect(at(server(80, 'HTTP'), [...names, other], `http://${host}/`)!.split(' ')[0]).toBe(service);
  });

  const web = [route(`{ route: [${to('web')}] }`)];
  test.each([
    [server(80, 'HTTP'), 'http://shop.test/', 'web shop.test/'],
    [server(80, 'HTTP2'), 'http://shop.test/', 'web shop.test/'],
    [server(80, 'GRPC'), 'http://shop.test/', 'web shop.test/'],
    [server(80, 'TCP'), 'http://shop.test/', '404'],
    [server(80, 'HTTP'), 'http://shop.test:8080/', '404'],
    [server(8080, 'HTTP'), 'http://shop.test:8080/', 'web shop.test/'],
    [server(80, 'HTTP'), 'https://shop.test/', '404'],
    [server(443, 'HTTPS', ', tls: { mode: SIMPLE, credentialName: a }'), 'https://shop.test/', 'web shop.test/'],
    [server(443, 'HTTPS', ', tls: { mode: SIMPLE, credentialName: a }'), 'http://shop.test/', '404'],
    [server(443, 'HTTPS', ', tls: { mode: PASSTHROUGH }'), 'https://shop.test/', '404'],
    [server(443, 'HTTPS', ', tls: { mode: AUTO_PASSTHROUGH }'), 'https://shop.test/', '404'],
    [server(443, 'HTTPS'), 'https://shop.test/', '404'],
  ])('%s and %s: %s', (servers, url, expected) => expect(at(servers, web, url)).toBe(expected));

  test.each([
    ['uri: /b', 'http://shop.test/b?q=1'],
    ['prefixRewrite: /b', 'http://shop.test/b/x?q=1'],
    ['scheme: https', 'https://shop.test/a/x?q=1'],
    ['authority: b.test', 'http://b.test/a/x?q=1'],
    ['port: 80', 'http://shop.test/a/x?q=1'],
    ['port: 443', 'http://shop.test:443/a/x?q=1'],
    ['port: 443, scheme: https', 'https://shop.test/a/x?q=1'],
    ['port: 80, scheme: https', 'https://shop.test:80/a/x?q=1'],
    ['derivePort: FROM_REQUEST_PORT, uri: /b', 'http://shop.test/b?q=1', 80],
    ['derivePort: FROM_REQUEST_PORT, uri: /b', 'http://shop.test:8080/b?q=1', 8080],
    ['derivePort: FROM_PROTOCOL_DEFAULT, uri: /b', 'http://shop.test/b?q=1', 8080],
  ] as [string, string, number?][])('a redirect with %s leads to %s', (redirect, location, port = 80) => {
    const rule = route(`{ match: [{ uri: { prefix: /a } }], redirect: { ${redirect}, redirectCode: 307 } }`);
    expect(at(server(port, 'HTTP'), [rule], `http://shop.test:${port}/a/x?q=1`)).toBe(`307 ${location}`);
  });

  test.each([
    ["['.']", '404'],
    ['[edge]', 'web shop.test/'],
    ['[other]', '404'],
    ["['*']", 'web shop.test/'],
    ["['.', edge]", 'web shop.test/'],
  ])('rules that are exported to %s', (exportTo, expected) => {
    expect(
      at(
        server(80, 'HTTP'),
        [route(`{ route: [${to('web')}] }`, `exportTo: ${exportTo}, hosts: ['*']`)],
        'http://shop.test/',
      ),
    ).toBe(expected);
  });
  test('rules that only the namespace of the Gateway sees come first, however old others are', () => {
    const own = route(
      `{ route: [${to('next.shop.svc.cluster.local')}] }`,
      "exportTo: ['.'], hosts: ['*']",
      'z',
      '2026-02-01T00:00:00Z',
    ).replace('namespace: shop', 'namespace: edge');
    const named = route(`{ route: [${to('web')}] }`, "exportTo: [edge], hosts: ['*']", 'b', '2026-01-02T00:00:00Z');
    const all = route(`{ redirect: { uri: /all } }`, "hosts: ['*']", 'a', '2026-01-01T00:00:00Z');
    expect(at(server(80, 'HTTP'), [own, named, all], 'http://shop.test/')).toBe('next shop.test/');
    expect(at(server(80, 'HTTP'), [named, all], 'http://shop.test/')).toBe('web shop.test/');
  });
});

describe('faults', () => {
  const asked = (fault: string) =>
    answers('http://shop.test/a', worldOf(route(`{ fault: { ${fault} }, route: [${to('web')}] }`)));
  const WEB = 'web shop.test/a';
  // TranslateFault of istiod hands no percentage on, which is 0 for Envoy; a copy without one is all.
  test.each([
    ['abort: { httpStatus: 500 }', [WEB]],
    ['abort: { httpStatus: 500, percentage: {} }', [WEB]],
    ['abort: { httpStatus: 500, percentage: { value: 0 } }', [WEB]],
    ['abort: { httpStatus: 500, percentage: { value: 100 } }', ['500']],
    ['abort: { httpStatus: 418, percentage: { value: 25 } }', ['25 % 418', `75 % ${WEB}`]],
    ['abort: { grpcStatus: UNAVAILABLE, percentage: { value: 25 } }', ['25 % 200', `75 % ${WEB}`]],
    ['abort: { percentage: { value: 25 } }', [WEB]],
    ['delay: { fixedDelay: 1s }', [WEB]],
    ['delay: { fixedDelay: 1s, percentage: { value: 100 } }', [WEB]],
    ['delay: { fixedDelay: 1s }, abort: { httpStatus: 500, percentage: { value: 100 } }', ['500']],
  ])('%s', (fault, expected) => expect(asked(fault)).toEqual(expected));
});

test('of two VirtualServices of a host the older comes first, and where their age is not known that is told', () => {
  const two = (one: string, other: string, service = 'next') => {
    const world = worldOf(
      route(`{ match: [{ uri: { prefix: /a } }], route: [${to('web')}] }`, "hosts: ['*']", 'one', one),
      route(
        `{ match: [{ uri: { prefix: /a } }], route: [${to(service)}] }, { route: [${to('web')}] }`,
        "hosts: ['*']",
        'two',
        other,
      ),
    );
    const [own] = world.of('Gateway');
    const of = (path: string) => routeAtIstioGateway(world, own!, requestFor('GET', `http://shop.test${path}`)!);
    expect(of('/b').notes).toBeUndefined();
    const { shares, notes } = of('/a');
    return [shares.map(({ to: where }) => where.is === 'backend' && where.service.name).join(), notes?.length];
  };
  const [first, second] = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'];
  expect(two(first, second)).toEqual(['web', undefined]);
  expect(two(second, first)).toEqual(['next', undefined]);
  expect(two('', '')).toEqual(['web', 1]);
  expect(two('', first)).toEqual(['next', 1]);
  expect(two('', '', 'web')).toEqual(['web', undefined]);
});

describe('a rule that delegates', () => {
  const inner = (http: string, more = '', name = 'inner') =>
    `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: ${name}, namespace: shop }, spec: { ${more} http: [${http}] } }`;
  const asked = (outer: string, rules: string, path: string, more = '') =>
    answers(
      `http://shop.test${path}`,
      worldOf(route(`{ ${outer}, delegate: { name: inner } }, { route: [${to('web')}] }`), inner(rules, more)),
    )[0];
  const next = `route: [${to('next')}]`;
  const WEB = 'web shop.test/app/x';
  const NEXT = 'next shop.test/app/x';
  const app = 'match: [{ uri: { prefix: /app } }]';
  // As istiod merges them: 48000 requests of test/oracle/istio-routes-cases were answered alike.
  test.each([
    ['has the conditions of both', app, `{ match: [{ headers: { a: { exact: b } } }], ${next} }`, WEB],
    ['has those of the outer one where the inner has none', app, `{ ${next} }`, NEXT],
    ['takes the narrower path', app, `{ match: [{ uri: { prefix: /app/ } }], ${next} }`, NEXT],
    ['takes an exact path within a prefix', app, `{ match: [{ uri: { exact: /app/x } }], ${next} }`, NEXT],
    ['is left out for a wider path', app, `{ match: [{ uri: { prefix: / } }], ${next} }`, WEB],
    ['is left out for an expression beside a path', app, `{ match: [{ uri: { regex: /app/.* } }], ${next} }`, WEB],
    ['is left out for a path of other case rules', app, `{ match: [{ ignoreUriCase: true }], ${next} }`, WEB],
    ['is left out for another port', 'match: [{ port: 80 }]', `{ match: [{ port: 81 }], ${next} }`, WEB],
    [
      'is left out as a whole, where one match is',
      app,
      `{ match: [{ uri: { prefix: /app } }, { uri: { prefix: / } }], ${next} }`,
      WEB,
    ],
    ['goes on behind, where the inner takes a part', 'name: all', `{ match: [{ uri: { prefix: /y } }], ${next} }`, WEB],
    ['rewrites what both match', `${app}, rewrite: { uri: /new }`, `{ ${next} }`, 'next shop.test/new/x'],
    [
      'leaves the inner rewrite',
      `${app}, rewrite: { uri: /new }`,
      `{ rewrite: { uri: /own }, ${next} }`,
      'next shop.test/own/x',
    ],
    ['adds a fault', `${app}, fault: { abort: { httpStatus: 500, percentage: { value: 100 } } }`, `{ ${next} }`, '500'],
    ['adds copies', `${app}, mirror: { host: web }`, `{ ${next} }`, `${NEXT} copy 100 % web`],
    [
      'adds copies of several',
      `${app}, mirrors: [{ destination: { host: web }, percentage: { value: 5 } }]`,
      `{ ${next} }`,
      `${NEXT} copy 5 % web`,
    ],
    ['is left out without a right to it', app, `{ ${next} }`, WEB, 'exportTo: [other],'],
    ['is left out where the other has hosts', app, `{ ${next} }`, WEB, 'hosts: [b.test],'],
  ])('%s', (_, outer, rules, expected, more = '') => expect(asked(outer, rules, '/app/x', more)).toBe(expected));

  test.each([
    ['uri: { exact: /app/x }', 'uri: { exact: /app/x }', NEXT],
    ['uri: { exact: /app/x }', 'uri: { exact: /app/y }', WEB],
    ['uri: { exact: /app/x }', 'uri: { prefix: /app/x }', WEB],
    ['uri: { exact: /app/x }', 'uri: {}', WEB],
    ['uri: { regex: /app/.* }', 'headers: { a: {} }', WEB],
    ['sourceNamespace: edge', 'sourceNamespace: edge', NEXT],
    ['sourceNamespace: edge', 'sourceNamespace: other', WEB],
    // Istio asks for the same one, and not for none.
    ['sourceNamespace: edge', 'uri: { prefix: /app }', WEB],
    ['sourceLabels: { istio: ingress }', 'sourceLabels: { istio: ingress }', NEXT],
    ['sourceLabels: { istio: ingress }', 'sourceLabels: { istio: other }', WEB],
    ['sourceLabels: { istio: ingress }', 'sourceLabels: { tier: edge }', WEB],
    ['sourceLabels: { istio: ingress }', 'uri: { prefix: /app }', NEXT],
    ['gateways: [edge/public]', 'gateways: [edge/public]', NEXT],
    ['gateways: [edge/public]', 'gateways: [edge/other]', WEB],
    ['gateways: [edge/public]', 'gateways: [edge/public, mesh]', WEB],
    ['gateways: [edge/public, mesh]', 'gateways: [mesh]', WEB],
    ['gateways: [edge/public, mesh]', 'gateways: [edge/public]', NEXT],
    ['gateways: [edge/public]', 'uri: { prefix: /app }', NEXT],
    ['gateways: [mesh]', 'uri: { prefix: /app }', WEB],
    ['port: 80', 'uri: { prefix: /app }', NEXT],
    ['port: 81', 'uri: { prefix: /app }', WEB],
    ['method: { exact: POST }', 'uri: { prefix: /app }', WEB],
    ['method: { prefix: G }', 'method: { exact: GET }', NEXT],
    ['scheme: { exact: https }', 'uri: { prefix: /app }', WEB],
    ['authority: { prefix: b }', 'uri: { prefix: /app }', WEB],
    ['headers: { a: {} }', 'uri: { prefix: /app }', WEB],
    ['withoutHeaders: { a: {} }', 'uri: { prefix: /app }', NEXT],
    ['queryParams: { q: { exact: a } }', 'uri: { prefix: /app }', WEB],
  ])('{ %s } and { %s }', (outer, own, expected) => {
    expect(asked(`match: [{ ${outer} }]`, `{ match: [{ ${own} }], ${next} }`, '/app/x')).toBe(expected);
  });

  test('copies are for the Services that the VirtualService means which has them', () => {
    const from = (outer: string, own = '') =>
      answers(
        'http://shop.test/app',
        worldOf(
          route(`{ ${outer}, delegate: { name: inner, namespace: shop } }`).replace(
            'namespace: shop }, spec',
            'namespace: edge }, spec',
          ),
          inner(`{ ${next}${own} }`),
        ),
      )[0];
    expect(from('mirror: { host: web }')).toBe('next shop.test/app');
    expect(from('mirror: { host: web.shop.svc.cluster.local }')).toBe('next shop.test/app copy 100 % web');
    expect(from('mirrors: [{ destination: { host: web } }]')).toBe('next shop.test/app');
    expect(from('name: a', ', mirror: { host: web }')).toBe('next shop.test/app copy 100 % web');
    const both = 'mirrors: [{ destination: { host: web.shop.svc.cluster.local }, percentage: { value: 5 } }]';
    expect(from(both)).toBe('next shop.test/app copy 5 % web');
    expect(from(both, ', mirrors: [{ destination: { host: web }, percentage: { value: 50 } }]')).toBe(
      'next shop.test/app copy 50 % web',
    );
    // Each field by itself, also the share.
    expect(from('mirrorPercentage: { value: 5 }', ', mirror: { host: web }')).toBe('next shop.test/app copy 5 % web');
    expect(from('mirrorPercent: 5', ', mirror: { host: web }')).toBe('next shop.test/app copy 5 % web');
  });

  test('to one that is not there is left out; where nobody knows, that is told', () => {
    const to404 = route(`{ ${app}, delegate: { name: gone } }`);
    const toWeb = route(`{ ${app}, delegate: { name: gone } }, { route: [${to('web')}] }`);
    expect(answers('http://shop.test/app', worldOf(to404))).toEqual(['404']);
    expect(answers('http://shop.test/app', worldOf(toWeb))).toEqual(['web shop.test/app']);
    const told = (manifests: string, path: string) => {
      const world = new World(resources(text(BASE, manifests)), new Facts([]));
      const [own] = world.of('Gateway');
      return routeAtIstioGateway(world, own!, requestFor('GET', `http://shop.test${path}`)!).shares.map(
        ({ to: where }) =>
          where.is === 'backend' ? `${where.service.name}: ${where.unknown}` : where.is === 'error' ? where.why : '',
      );
    };
    const gone =
      'VirtualService shop/gone, which an earlier rule delegates to, is not among these and may answer in its place';
    expect(told(toWeb, '/app')).toEqual([`web: ${gone}`]);
    expect(told(toWeb, '/other')).toEqual(['web: undefined']);
    expect(told(to404, '/app')).toEqual([`no rule matches; ${gone}`]);
    expect(told(to404, '/other')).toEqual(['no rule matches']);
  });
});

test('a VirtualService that delegates has the rules of the other one, under its own condition', () => {
  const other = `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: other, namespace: shop }, spec: { http: [{ match: [{ uri: { prefix: /app/x } }], route: [${to('next')}] }, { route: [${to('web')}] }] } }`;
  const world = worldOf(route('{ match: [{ uri: { prefix: /app } }], delegate: { name: other } }'), other);
  expect(['/app/x', '/app', '/x'].map((path) => answers(`http://shop.test${path}`, world)[0]?.split(' ')[0])).toEqual([
    'next',
    'web',
    '404',
  ]);
});

test('hosts: the name itself, then the longest after a star; a server takes those of its namespaces alone', () => {
  const servers = "{ port: { number: 80, name: http, protocol: HTTP }, hosts: [other/b.test, '*.test', a.test] }";
  const world = new World(
    resources(
      text(
        BASE.replace(gateway(), gateway(servers)),
        route(`{ route: [${to('web')}] }`, "hosts: ['*.test', b.test]"),
        route(`{ route: [${to('next')}] }`, 'hosts: [a.test]', 'a'),
      ),
    ),
    new Facts([], undefined, [], true),
    [],
  );
  expect(
    ['a.test', 'b.test', 'x.a.test', 'example.com'].map((host) => answers(`http://${host}/`, world)[0]?.split(' ')[0]),
  ).toEqual(['next', 'web', 'web', '404']);
});

test('a server that redirects sends people to https, where the rules hold', () => {
  const servers = `{ port: { number: 80, name: http, protocol: HTTP }, hosts: ['*'], tls: { httpsRedirect: true } }, { port: { number: 443, name: https, protocol: HTTPS }, hosts: ['*'], tls: { mode: SIMPLE, credentialName: a } }`;
  const world = new World(
    resources(text(BASE.replace(gateway(), gateway(servers)), route(`{ route: [${to('web')}] }`))),
    new Facts([], undefined, [], true),
    [],
  );
  expect(answers('http://shop.test/a', world)).toEqual(['301 https://shop.test/a']);
  expect(answers('https://shop.test/a', world)).toEqual(['web shop.test/a']);
  expect(answers('shop.test/a', world)).toEqual(['web shop.test/a']);
  expect(waysIn(world).map(({ name, rules }) => [name, rules])).toContainEqual([
    "Istio's Gateway edge/public",
    'Istio',
  ]);
});

test.each([
  ['/a/./b/../c', '/a/c'],
  ['/a/..', '/'],
  ['/a//b', '/a//b'],
  ['/%61/%2F', '/a/%2F'],
  ['/a\\b', '/a/b'],
  ['/a/%2e%2e/b', '/b'],
])('Envoy compares %s as %s', (path, expected) => expect(envoyPath(path)).toBe(expected));
