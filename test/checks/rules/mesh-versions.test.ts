import { all, messages, verdicts } from '../judging';

const ID = 'mesh-versions-alike';
const version = (name: string, account: string, { image = 'shop/web', labels = '', annotations = '' } = {}) =>
  all(
    `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: ${name}, namespace: shop }, spec: { selector: { matchLabels: { app: ${name} } }, template: { metadata: { labels: { app: ${name}${labels} }, annotations: {${annotations}} }, spec: { serviceAccountName: ${account}, containers: [{ name: web, image: '${image}:1.0.0' }] } } } }`,
    `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: shop }, spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] } }`,
  );
const route = (rules: string) =>
  `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop }, spec: { hosts: [web], http: [${rules}] } }`;
const to = (name: string) => `{ destination: { host: ${name} }, weight: 50 }`;
const shared = (...names: string[]) => route(`{ route: [${names.map(to).join(', ')}] }`);
const policy = (source: string, more = '', name = 'redis') =>
  `{ apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: { name: ${name}, namespace: shop }, spec: { selector: { matchLabels: { app: redis } }${more}, rules: [{ from: [{ source: { ${source} } }] }] } }`;
const PRINCIPAL = 'fail spec.rules[0].from[0].source.principals';
const WEB = 'principals: [cluster.local/ns/shop/sa/web]';

describe('a policy that admits one version', () => {
  const judged = (...policies: string[]) =>
    verdicts(ID, all(version('web', 'web'), version('web-next', 'next'), shared('web', 'web-next'), ...policies));
  test.each([
    ['by its account alone', [policy(WEB)], [PRINCIPAL]],
    ['by serviceAccounts', [policy('serviceAccounts: [web]')], ['fail spec.rules[0].from[0].source.serviceAccounts']],
    ['by a star at the start', [policy("principals: ['*/sa/web']")], [PRINCIPAL]],
    ['with all of its namespace', [policy("principals: ['cluster.local/ns/shop/*']")], []],
    ['with everybody', [policy("principals: ['*']")], []],
    ['with the other', [policy('principals: [cluster.local/ns/shop/sa/web, cluster.local/ns/shop/sa/next]')], []],
    ['by a namespace', [policy('namespaces: [shop]')], []],
    ['while another one admits the other', [policy(WEB), policy('principals: [a/ns/shop/sa/next]', '', 'more')], []],
    ['and denies', [policy(WEB, ', action: DENY')], []],
    ['of another namespace', [policy('principals: [cluster.local/ns/other/sa/web]')], []],
  ])('%s', (_, policies, found) => {
    expect(judged(...policies)).toEqual(found);
  });
  test('says who is shut out', () => {
    expect(
      messages(ID, all(version('web', 'web'), version('web-next', 'next'), shared('web', 'web-next'), policy(WEB))),
    ).toEqual([expect.stringContaining('next of Deployment/shop/web-next')]);
  });
});

test.each([
  ['another program', version('web-next', 'next', { image: 'shop/other' }), shared('web', 'web-next'), []],
  [
    'in another rule, called alike',
    version('web-next', 'next'),
    route(`{ route: [${to('web')}] }, { route: [${to('web-next')}] }`),
    [PRINCIPAL],
  ],
  [
    'in another rule, called otherwise',
    version('admin', 'next'),
    route(`{ route: [${to('web')}] }, { route: [${to('admin')}] }`),
    [],
  ],
  ['of the same account', version('web-next', 'web'), shared('web', 'web-next'), []],
])('%s', (_, other, routes, found) => {
  expect(verdicts(ID, all(version('web', 'web'), other, routes, policy(WEB)))).toEqual(found);
});

describe('the mesh', () => {
  const judged = (namespace: string, labels: string, annotations = '') =>
    verdicts(
      ID,
      all(
        `{ apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: {${namespace}} } }`,
        ...[version('web', 'web'), version('web-next', 'web', { labels, annotations }), shared('web', 'web-next')],
      ),
    );
  const AT = ['fail spec.template.metadata'];
  test.each([
    ['istio-injection: enabled', '', '', []],
    ['istio-injection: enabled', ", sidecar.istio.io/inject: 'false'", '', AT],
    ['istio-injection: enabled', '', "sidecar.istio.io/inject: 'false'", AT],
    ['', ", sidecar.istio.io/inject: 'true'", '', AT],
    ['istio.io/dataplane-mode: ambient', ', istio.io/dataplane-mode: none', '', AT],
    ['', '', '', []],
  ])('of a namespace with %s and a version with %s%s', (namespace, labels, annotations, found) => {
    expect(judged(namespace, labels, annotations)).toEqual(found);
  });
});
