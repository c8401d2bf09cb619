import { asked, gateway, route, shop, to, traefikPods, version, worldOf } from './support';

const services = ['a', 'b'].map((name) => version(name));
type Dialect = 'other' | 'traefik';
const worldWith = (dialect: Dialect, rules: string, more: readonly string[] = [], listeners?: string) =>
  worldOf(shop, ...services, gateway(dialect, listeners), ...(rules ? [route(rules)] : []), ...more);
const answers = (rules: string, ...given: [string, string?, (readonly [string, string])[]?]) =>
  (['other', 'traefik'] as const).map((dialect) => asked(worldWith(dialect, rules), ...given).join(' '));

describe('redirects, by the specification and by Traefik since 3.7 and before', () => {
  const redirect = (fields: string) =>
    `{ matches: [{ path: { type: PathPrefix, value: /app } }], filters: [{ type: RequestRedirect, requestRedirect: { ${fields} } }] }`;
  const located = (fields: string, url: string, listeners?: string, headers: (readonly [string, string])[] = []) =>
    (
      [
        ['other', []],
        ['traefik', [traefikPods('v3.7.9')]],
        ['traefik', [traefikPods('v3.5.0')]],
      ] as const
    ).map(([dialect, more]) =>
      asked(worldWith(dialect, redirect(fields), more, listeners), url, 'GET', headers)
        .join()
        .slice(2),
    );
  const S = 'http://shop.test';
  test.each<[string, string, string, string, string]>([
    [
      'scheme: https',
      `${S}/app?q=1`,
      '302 https://shop.test/app?q=1',
      '302 https://shop.test/app?q=1',
      '302 https://shop.test/app?q=1',
    ],
    [
      'port: 8443',
      `${S}/app`,
      '302 http://shop.test:8443/app',
      '302 http://shop.test:8443/app',
      '302 //shop.test:8443/app',
    ],
    [
      'scheme: https, port: 443',
      `${S}/app`,
      '302 https://shop.test/app',
      '302 https://shop.test:443/app',
      '302 https://shop.test:443/app',
    ],
    [
      'scheme: http, port: 80',
      `${S}/app`,
      '302 http://shop.test/app',
      '302 http://shop.test:80/app',
      '302 http://shop.test:80/app',
    ],
    [
      'scheme: https, port: 80',
      `${S}/app`,
      '302 https://shop.test:80/app',
      '302 https://shop.test:80/app',
      '302 https://shop.test:80/app',
    ],
    ['hostname: b.test', `${S}/app/x`, '302 http://b.test/app/x', '302 http://b.test/app/x', '302 //b.test/app/x'],
    [
      'hostname: b.test, statusCode: 301',
      `${S}/app`,
      '301 http://b.test/app',
      '301 http://b.test/app',
      '301 //b.test/app',
    ],
    [
      'path: { type: ReplaceFullPath, replaceFullPath: /new }',
      `${S}/app/x`,
      '302 http://shop.test/new',
      '302 http://shop.test/new',
      '302 //shop.test/new',
    ],
    [
      'path: { type: ReplacePrefixMatch, replacePrefixMatch: /new }',
      `${S}/app/x`,
      '302 http://shop.test/new/x',
      '302 http://shop.test/new/x',
      '302 //shop.test/new/x',
    ],
    // Before 3.7 Traefik leaves out a rule with another status.
    ['statusCode: 307', `${S}/app`, '307 http://shop.test/app', '307 http://shop.test/app', '404'],
  ])('%s of %s', (fields, url, ...expected) => expect(located(fields, url)).toEqual(expected));
  test('the port of the listener stays by the specification, that of the Host header by Traefik, and neither with a scheme', () => {
    const at = '{ name: http, port: 8080, protocol: HTTP }';
    const host: (readonly [string, string])[] = [['Host', 'shop.test:8080']];
    expect(located('hostname: b.test', `${S}/app`, at)).toEqual([
      '302 http://b.test:8080/app',
      '302 http://b.test/app',
      '302 //b.test/app',
    ]);
    expect(located('hostname: b.test', `${S}/app`, at, host)).toEqual([
      '302 http://b.test:8080/app',
      '302 http://b.test:8080/app',
      '302 //b.test:8080/app',
    ]);
    expect(located('scheme: https', `${S}/app`, at, host)).toEqual(Array(3).fill('302 https://shop.test/app'));
  });
});

describe('conditions', () => {
  const match = (fields: string, name = 'a') => `{ matches: [{ ${fields} }], ${to(name)} }`;
  const regex = (value: string) => `path: { type: RegularExpression, value: '${value}' }`;
  const header = (name: string, value: string, type = 'Exact') =>
    `headers: [{ name: ${name}, value: '${value}', type: ${type} }]`;
  const A = '1 a shop.test';
  test.each<[string, string, [string, string?, (readonly [string, string])[]?], string, string]>([
    ['an expression for the whole path', regex('/a[0-9]'), ['http://shop.test/a1'], `${A}/a1`, `${A}/a1`],
    ['which Traefik searches', regex('/a[0-9]'), ['http://shop.test/x/a12'], '1 404', `${A}/x/a12`],
    ['that does not match', regex('/a[0-9]'), ['http://shop.test/b'], '1 404', '1 404'],
    ['that does not compile', regex('/('), ['http://shop.test/('], '1 404', '1 404'],
    ['the header Host', header('Host', 'shop.test'), ['http://shop.test/'], `${A}/`, '1 404'],
    [
      'a header twice',
      header('x', 'c,b'),
      [
        'http://shop.test/',
        'GET',
        [
          ['x', 'c'],
          ['X', 'b'],
        ],
      ],
      `${A}/`,
      '1 404',
    ],
    [
      'one of a header twice',
      header('x', 'b'),
      [
        'http://shop.test/',
        'GET',
        [
          ['x', 'c'],
          ['X', 'b'],
        ],
      ],
      '1 404',
      `${A}/`,
    ],
    ['a header that is not there', header('x', '.*', 'RegularExpression'), ['http://shop.test/'], '1 404', '1 404'],
    [
      'an expression for a header',
      header('x', 'be', 'RegularExpression'),
      ['http://shop.test/', 'GET', [['x', 'beta']]],
      '1 404',
      `${A}/`,
    ],
    ['a path without its slash', 'path: { type: PathPrefix, value: a }', ['http://shop.test/a'], '1 404', '1 404'],
    ['all paths', 'path: { type: PathPrefix, value: / }', ['http://shop.test/a/b'], `${A}/a/b`, `${A}/a/b`],
    [
      'of headers of one name the first by the specification, each by Traefik',
      'headers: [{ name: x, value: b }, { name: X, value: c }]',
      ['http://shop.test/', 'GET', [['x', 'b']]],
      `${A}/`,
      '1 404',
    ],
    [
      'the first value of a query by the specification',
      'queryParams: [{ name: q, value: "1" }]',
      ['http://shop.test/?q=1&q=2'],
      `${A}/`,
      `${A}/`,
    ],
    ['any by Traefik', 'queryParams: [{ name: q, value: "2" }]', ['http://shop.test/?q=1&q=2'], '1 404', `${A}/`],
  ])('%s', (_, fields, given, spec, traefik) => {
    expect(answers(match(fields), ...given)).toEqual([spec, traefik]);
  });
  test('the specification leaves the place of an expression to the implementation, but for an exact path before it', () => {
    const both = (one: string, two: string) =>
      asked(worldWith('other', `${match(one)}, ${match(two, 'b')}`), 'http://shop.test/ab');
    expect(both(regex('/a[b]'), regex('/[a]b'))).toEqual(['1 a shop.test/ab', 'or 1 b shop.test/ab']);
    expect(both(regex('/a.'), 'path: { type: PathPrefix, value: /ab }')).toEqual([
      '1 a shop.test/ab',
      'or 1 b shop.test/ab',
    ]);
    expect(both('path: { type: Exact, value: /ab }', regex('/a.'))).toEqual(['1 a shop.test/ab']);
    // Of one rule both lead to the same.
    const one = `{ matches: [{ ${regex('/a[b]')} }, { ${regex('/[a]b')} }], ${to('a')} }`;
    expect(asked(worldWith('other', one), 'http://shop.test/ab')).toEqual(['1 a shop.test/ab']);
  });
  test('headers and query parameters are asked for together, each by its own value', () => {
    const fields = `${header('x', 'b')}, queryParams: [{ name: q, value: "1" }]`;
    expect(answers(match(fields), 'http://shop.test/?q=1', 'GET', [['x', 'b']])).toEqual([`${A}/`, `${A}/`]);
    expect(answers(match(fields), 'http://shop.test/?q=b', 'GET', [['x', '1']])).toEqual(['1 404', '1 404']);
    expect(answers(match(fields), 'http://shop.test/?q=1')).toEqual(['1 404', '1 404']);
    // One that does not compile takes nothing, whatever stands beside it.
    const broken = `${header('x', '(', 'RegularExpression')}, queryParams: [{ name: q, value: "1" }]`;
    expect(answers(match(broken), 'http://shop.test/?q=1', 'GET', [['x', '(']])).toEqual(['1 404', '1 404']);
  });
  test('a route without host names is for any host, and one with others is not', () => {
    for (const dialect of ['other', 'traefik'] as const) {
      const any = route(`{ ${to('b')} }`, { name: 'any', hosts: '' });
      const world = worldWith(dialect, `{ ${to('a')} }`, [any]);
      expect(asked(world, 'http://shop.test/')).toEqual(['1 a shop.test/']);
      expect(asked(world, 'http://other.test/')).toEqual(['1 b other.test/']);
    }
  });
  test('a filter of one backend that Traefik does not have fails its share alone', () => {
    const rules = `{ backendRefs: [{ name: a, port: 80, weight: 3 }, { name: b, port: 80, filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: a, port: 80 } } }] }] }`;
    expect(answers(rules, 'http://shop.test/')).toEqual([
      '0.75 a shop.test/ 0.25 b shop.test/ + 1 a',
      '0.75 a shop.test/ 0.25 500',
    ]);
    const none = rules.replace('weight: 3', 'weight: 0').replace('name: b, port: 80,', 'name: b, port: 80, weight: 0,');
    expect(answers(none, 'http://shop.test/')).toEqual(['1 500', '1 503']);
  });
  test('filters for headers leave the path alone, and a Middleware that is not here may change it', () => {
    const headers = ['RequestHeaderModifier', 'ResponseHeaderModifier'].map(
      (type) => `{ type: ${type}, ${type[0]!.toLowerCase()}${type.slice(1)}: { remove: [x] } }`,
    );
    expect(answers(`{ filters: [${headers.join()}], ${to('a')} }`, 'http://shop.test/x')).toEqual([`${A}/x`, `${A}/x`]);
    const extension = `{ filters: [{ type: ExtensionRef, extensionRef: { group: traefik.io, kind: Middleware, name: strip } }], ${to('a')} }`;
    const strip =
      '{ apiVersion: traefik.io/v1alpha1, kind: Middleware, metadata: { name: strip, namespace: shop }, spec: { stripPrefix: { prefixes: [/x] } } }';
    expect(asked(worldWith('traefik', extension, [strip]), 'http://shop.test/x/y')).toEqual([`${A}/y`]);
    // Namespace shop is here as a whole.
    expect(asked(worldWith('traefik', extension), 'http://shop.test/x/y')).toEqual(['1 404']);
  });
  test('before 3.7 Traefik cannot read a backtick', () => {
    for (const fields of [
      'path: { type: PathPrefix, value: "/a`b" }',
      'headers: [{ name: x, value: "`" }]',
      'queryParams: [{ name: q, value: "`" }]',
    ]) {
      const asks = (tag: string) =>
        asked(worldWith('traefik', match(fields), [traefikPods(tag)]), 'http://shop.test/a`b?q=`', 'GET', [
          ['x', '`'],
        ]).join();
      expect([fields, asks('v3.5.0'), asks('v3.7.9').slice(0, 3)]).toEqual([fields, '1 404', '1 a']);
    }
  });
  test("routes of other Gateways of the class are Traefik's as well, and those of other classes are not", () => {
    const other = (name: string, className: string) =>
      `{ apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: { name: ${name}, namespace: shop }, spec: { gatewayClassName: ${className}, listeners: [{ name: http, port: 80, protocol: HTTP }] } }`;
    const own = route(`{ ${to('b')} }`, { name: 'own' }).replace('name: public', 'name: second');
    const of = (dialect: Dialect, className: string) =>
      asked(worldWith(dialect, '', [other('second', className), own]), 'http://shop.test/');
    expect(of('traefik', 'edge')).toEqual(['1 b shop.test/']);
    expect(of('traefik', 'inner')).toEqual(['1 404']);
    expect(of('other', 'edge')).toEqual(['1 404']);
  });
});
