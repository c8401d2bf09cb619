import { messages, verdicts } from '../judging';

const ID = 'header-rule-covers-paths';
const route = (...rules: string[]) =>
  `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop }, spec: { hosts: [shop.test], gateways: [edge/public], http: [${rules.map((rule) => `{ ${rule} }`).join(', ')}] } }`;
const to = (host: string) => `route: [{ destination: { host: ${host} } }]`;
const at = (path: string, headers = '') => `match: [{ uri: { ${path} }${headers} }]`;
const BETA = ', headers: { x-group: { exact: beta } }';

test.each([
  [
    'stands before with a longer path',
    [
      `${at('prefix: /api')}, ${to('web')}`,
      `${at('prefix: /', BETA)}, ${to('next')}`,
      `${at('prefix: /')}, ${to('web')}`,
    ],
    ['fail spec.http[0].match[0]'],
  ],
  [
    'stands behind',
    [
      `${at('prefix: /', BETA)}, ${to('next')}`,
      `${at('prefix: /api')}, ${to('web')}`,
      `${at('prefix: /')}, ${to('web')}`,
    ],
    [],
  ],
  [
    'leads to another Service',
    [`${at('prefix: /api')}, ${to('api')}`, `${at('prefix: /', BETA)}, ${to('next')}`, to('web')],
    [],
  ],
  [
    'has its own rule with the header before it',
    [
      `${at('prefix: /api', BETA)}, ${to('next')}`,
      `${at('prefix: /api')}, ${to('web')}`,
      `${at('prefix: /', BETA)}, ${to('next')}`,
      to('web'),
    ],
    [],
  ],
  [
    'is for one method alone',
    [
      `match: [{ uri: { prefix: /api }, method: { exact: GET } }], ${to('web')}`,
      `${at('prefix: /', BETA)}, ${to('next')}`,
      to('web'),
    ],
    [],
  ],
  [
    'is no part of the path',
    [
      `${at('exact: /x')}, ${to('web')}`,
      `${at('prefix: /app', BETA)}, ${to('next')}`,
      `${at('prefix: /app')}, ${to('web')}`,
    ],
    [],
  ],
])('a rule that %s', (_, rules, found) => {
  expect(verdicts(ID, route(...rules))).toEqual(found);
});

test('says which rule takes the requests', () => {
  const rules = [`${at('exact: /info')}, ${to('web')}`, `${at('prefix: /', BETA)}, ${to('next')}`, to('web')];
  expect(messages(ID, route(...rules))).toEqual([
    'requests that rule 2 chooses by header for next stay with web on /info: this rule stands before, and the first that matches takes a request',
  ]);
});
