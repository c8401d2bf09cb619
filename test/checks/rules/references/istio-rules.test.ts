import { all, messages, verdicts } from '../../judging';

const ID = 'istio-rule-reachable';
const route = (rules: string, gateways = 'gateways: [public, mesh]') =>
  `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop }, spec: { hosts: [shop.example.com], ${gateways}, ${rules} } }`;
const judged = (...rules: readonly string[]) =>
  verdicts(
    ID,
    route(`http: [${rules.map((rule) => `{ ${rule}${rule && ', '}route: [{ destination: { host: web } }] }`).join()}]`),
  );
const beta = 'headers: { x-group: { exact: beta } }';
const header = `match: [{ ${beta} }]`;
const prefix = (path: string, more = '') => `match: [{ uri: { prefix: ${path} }${more} }]`;

test.each([
  ['a rule without matches first', ['', header], ['fail spec.http[1]']],
  ['all after it', ['', header, prefix('/a')], ['fail spec.http[1]', 'fail spec.http[2]']],
  ['a rule without matches last', [header, ''], []],
  ['an empty match', ['match: [{}]', header], ['fail spec.http[1]']],
  ['the wider path first', [prefix('/'), prefix('/beta')], ['fail spec.http[1]']],
  ['the wider path last', [prefix('/beta'), prefix('/')], []],
  ['the path without the header first', [prefix('/api'), prefix('/api', `, ${beta}`)], ['fail spec.http[1]']],
  ['the path with the header first', [prefix('/api', `, ${beta}`), prefix('/api')], []],
  ['a header on another path', [prefix('/api'), header], []],
  ['the same twice', [header, header], ['fail spec.http[1]']],
  [
    'one match of two',
    [prefix('/a'), 'match: [{ uri: { exact: /a/b } }, { uri: { exact: /b } }]'],
    ['fail spec.http[1].match[0]'],
  ],
  [
    'each match of two by another rule',
    [prefix('/a'), prefix('/b'), 'match: [{ uri: { exact: /a/b } }, { uri: { exact: /b } }]'],
    ['fail spec.http[2]'],
  ],
  ['two of the same rule', ['match: [{ uri: { prefix: /a } }, { uri: { prefix: /a/b } }]'], []],
  ['for the mesh alone', ['match: [{ gateways: [mesh] }]', header], []],
  [
    'for the mesh, and for the mesh',
    ['match: [{ gateways: [mesh] }]', `match: [{ ${beta}, gateways: [mesh] }]`],
    ['fail spec.http[1]'],
  ],
  [
    'for all of its Gateways, by other names',
    ['match: [{ gateways: [shop/public, mesh] }]', header],
    ['fail spec.http[1]'],
  ],
])('%s', (_, rules, expected) => expect(judged(...rules)).toEqual(expected));

test('a rule that delegates leaves to others what they do not take', () => {
  const rules = (first: string) =>
    verdicts(ID, route(`http: [{ ${first} }, { ${header}, route: [{ destination: { host: web } }] }]`));
  expect(rules('delegate: { name: other }')).toEqual([]);
  expect(rules('redirect: { uri: /a }')).toEqual(['fail spec.http[1]']);
});

test('rules for TLS and TCP, and nothing of other groups', () => {
  const to = 'route: [{ destination: { host: web } }]';
  expect(verdicts(ID, route(`tcp: [{ ${to} }, { match: [{ port: 80 }], ${to} }]`))).toEqual(['fail spec.tcp[1]']);
  const tls = (hosts: string) => `{ match: [{ sniHosts: [${hosts}] }], ${to} }`;
  expect(verdicts(ID, route(`tls: [${tls('a')}, ${tls('b')}, ${tls('a')}]`))).toEqual(['fail spec.tls[2]']);
  const other = route(`http: [{ ${to} }, { ${header}, ${to} }]`).replace('networking.istio.io', 'example.com');
  expect(verdicts(ID, other)).toEqual([]);
});

test('the message says which rules take its requests', () => {
  const to = 'route: [{ destination: { host: web } }]';
  expect(messages(ID, all(route(`http: [{ ${to} }, { ${header}, ${to} }]`)))).toEqual([
    'this rule is never asked: rule 1 before it takes all requests',
  ]);
  expect(
    messages(
      ID,
      all(
        route(
          `http: [{ ${prefix('/a')}, ${to} }, { ${prefix('/b')}, ${to} }, { match: [{ uri: { exact: /a/b } }, { uri: { exact: /b } }], ${to} }]`,
        ),
      ),
    ),
  ).toEqual(['this rule is never asked: rules 1 and 2 before it take all requests that it is for']);
});
