import { Resource } from '../../../manifests/resource';
import { ageUnknown, gatewayOrder, orderText } from '../../../simulate/routing/gateway-order';
import type { HttpMatch, NamedMatch } from '../../../simulate/routing/http-matches';

interface Given {
  readonly hosts?: readonly string[];
  readonly path?: string;
  readonly type?: HttpMatch['path']['type'];
  readonly method?: string;
  readonly headers?: readonly string[];
  readonly query?: number;
  readonly created?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly rule?: number;
  readonly match?: number;
}

const routes = new Map<string, Resource>();
function routeOf(name: string, created: string | undefined): Resource {
  const key = `${name} ${created}`;
  const known = routes.get(key);
  if (known) return known;
  const made = new Resource(
    { kind: 'HTTPRoute', metadata: { name, ...(created === undefined ? {} : { creationTimestamp: created }) } },
    { file: 'a.yaml', text: '' },
    0,
  );
  routes.set(key, made);
  return made;
}
const named = (name: string): NamedMatch => ({ name, value: 'x', regex: false });
function match(given: Given): HttpMatch {
  const { hosts = [], path = '/a', type = 'PathPrefix', headers = [], query = 0, name = 'web', rule = 0 } = given;
  return {
    route: routeOf(`${given.namespace ?? 'shop'}/${name}`, given.created),
    ...{
      namespace: given.namespace ?? 'shop',
      listener: {} as HttpMatch['listener'],
      hostnames: hosts,
      rule,
      rules: 9,
    },
    ...{ path: { type, value: path }, method: given.method, headers: headers.map(named) },
    query: Array.from({ length: query }, (_, i) => named(`q${i}`)),
    at: ['spec', 'rules', rule, 'matches', given.match ?? 0],
  };
}
const HOST = 'a.b.example.com';
const [OLD, NEW] = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'];

// In the order of apis/v1/httproute_types.go: each row differs from the next criterion on in favour of the other one.
test.each<[string, Given, Given]>([
  ['the host itself', { hosts: [HOST], path: '/' }, { hosts: ['*.b.example.com'], path: '/abc', type: 'Exact' }],
  ['the longer star', { hosts: ['*.b.example.com'], path: '/' }, { hosts: ['*.example.com'], path: '/abc' }],
  ['a star and no host', { hosts: ['*.example.com'], path: '/' }, { path: '/abc' }],
  [
    'of several names that which is meant',
    { hosts: ['*.b.example.com', 'x.example.com'], path: '/' },
    { hosts: ['*.example.com', 'a.very.long.name.of.another.example.com'], path: '/abc' },
  ],
  [
    'of several that are meant the longest',
    { hosts: ['*.example.com', HOST, '*.com'], path: '/' },
    { hosts: ['*.b.example.com'], path: '/abc' },
  ],
  ['an exact path', { type: 'Exact', path: '/a' }, { path: '/abcdef', method: 'GET' }],
  ['an exact path before an expression', { type: 'Exact' }, { type: 'RegularExpression', path: '/abc.*' }],
  ['an expression before a prefix', { type: 'RegularExpression' }, { path: '/abcdef', method: 'GET' }],
  ['the longer expression', { type: 'RegularExpression', path: '/ab' }, { type: 'RegularExpression', method: 'GET' }],
  ['the longer prefix', { path: '/ab' }, { path: '/a', method: 'GET', headers: ['x', 'y'] }],
  ['a method', { method: 'GET' }, { headers: ['x', 'y', 'z'] }],
  ['more headers', { headers: ['x', 'y'] }, { headers: ['x'], query: 5 }],
  ['more headers than one that is written twice', { headers: ['x', 'y'] }, { headers: ['x', 'X', 'x'], query: 5 }],
  ['more query parameters', { query: 2, created: NEW, name: 'z' }, { query: 1, created: OLD, name: 'a' }],
  ['the older route', { created: OLD, name: 'z' }, { created: NEW, name: 'a' }],
  ['of the same age the first by name', { created: OLD, name: 'a' }, { created: OLD, name: 'b' }],
  ['the first by namespace', { created: OLD, namespace: 'a', name: 'z' }, { created: OLD, namespace: 'b', name: 'a' }],
  ['without an age the first by name', { name: 'a', created: NEW }, { name: 'b' }],
  ['without an age of the first as well', { name: 'a' }, { name: 'b', created: OLD }],
  ['the first rule', { rule: 0, match: 3 }, { rule: 1, match: 0 }],
  ['the first match', { match: 0 }, { match: 1 }],
])('%s comes first', (_, first, second) => {
  const [one, two] = [match(first), match(second)];
  expect(gatewayOrder(one, two, HOST)).toBeLessThan(0);
  expect(gatewayOrder(two, one, HOST)).toBeGreaterThan(0);
});

test('the reason names all that counts', () => {
  expect(orderText(match({}))).toBe('any host, PathPrefix /a');
  const given = { hosts: ['a.test', '*.test'], type: 'Exact', method: 'GET', headers: ['x'], query: 1 } as const;
  expect(orderText(match(given))).toBe('host a.test or *.test, Exact /a, method GET, header x: x, query q0=x');
  const regex = { name: 'y', value: '^z', regex: true };
  expect(orderText({ ...match({}), headers: [regex], query: [regex] })).toBe(
    'any host, PathPrefix /a, header y matching ^z, query y matching ^z',
  );
});

test('what means the same stands alike', () => {
  const alike: readonly (readonly [Given, Given])[] = [
    [{ path: '/a' }, { path: '/a/' }],
    [
      { type: 'Exact', path: '/abc' },
      { type: 'Exact', path: '/a' },
    ],
    [{ headers: ['x'] }, { headers: ['x', 'X'] }],
    [{ method: 'GET' }, { method: 'POST' }],
    [{}, {}],
  ];
  for (const [one, two] of alike) expect(gatewayOrder(match(one), match(two), HOST)).toBe(0);
});

test('age is asked for between two routes that match alike, and is known of both or not at all', () => {
  const unknown = (one: Given, two: Given) => ageUnknown(match(one), match(two), HOST);
  const [a, b] = [{ name: 'a' }, { name: 'b' }];
  expect(unknown(a, b)).toBe(true);
  expect(unknown({ ...a, created: OLD }, b)).toBe(true);
  expect(unknown(a, { ...b, created: OLD })).toBe(true);
  expect(unknown({ ...a, created: OLD }, { ...b, created: NEW })).toBe(false);
  expect(unknown(a, { ...a, rule: 1 })).toBe(false);
  expect(unknown({ ...a, method: 'GET' }, b)).toBe(false);
  expect(unknown({ ...a, hosts: [HOST] }, b)).toBe(false);
});
