import { readSources } from '../../../manifests/reading/read';
import type { Json } from '../../../manifests/resource';
import { Resource } from '../../../manifests/resource';
import type { RoutedShare } from '../../../simulate/routing/answer';
import { gatewayForms } from '../../../simulate/routing/gateway-forms';
import { routeAtGateway } from '../../../simulate/routing/gateway-routing';
import { routeByIngressNginx } from '../../../simulate/routing/ingress-nginx';
import { GATEWAY_WAYS } from '../../../simulate/routing/nginx-ways';
import { requestFor } from '../../../simulate/routing/request';
import { Facts } from '../../../world/facts';
import { NGINX_ANNOTATIONS } from '../../../world/ingress-annotations';
import { World } from '../../../world/world';
import { random } from '../../oracle/mutate';

const GATEWAY = { namespace: 'edge', name: 'public' };
const NGINX = 'nginx.ingress.kubernetes.io/';
const BASE = `
{ apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: { name: nginx }, spec: { controller: k8s.io/ingress-nginx } }
---
{ apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: { name: public, namespace: edge }, spec: { gatewayClassName: any, listeners: [{ name: web, port: 80, protocol: HTTP, allowedRoutes: { namespaces: { from: All } } }, { name: websecure, port: 443, protocol: HTTPS, allowedRoutes: { namespaces: { from: All } } }] } }
---
${['web', 'next', 'api', 'other'].map((name) => `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: shop }, spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] } }\n---\n{ apiVersion: apps/v1, kind: Deployment, metadata: { name: ${name}, namespace: shop }, spec: { selector: { matchLabels: { app: ${name} } }, template: { metadata: { labels: { app: ${name} } }, spec: { containers: [{ name: web, image: web }] } } } }`).join('\n---\n')}
`;

interface IngressPath {
  readonly path: string;
  readonly pathType?: string;
  readonly service?: string;
}

function ingress(
  name: string,
  paths: readonly IngressPath[],
  annotations: Readonly<Record<string, string>> = {},
  more: Json = {},
): Json {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      ...{ name, namespace: 'shop' },
      annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [NGINX + key, value])),
    },
    spec: {
      ingressClassName: 'nginx',
      ...more,
      rules: [
        {
          host: 'shop.test',
          http: {
            paths: paths.map(({ path, pathType = 'Prefix', service = 'web' }) => ({
              ...{ path, pathType },
              backend: { service: { name: service, port: { number: 80 } } },
            })),
          },
        },
      ],
    },
  };
}

const world = (...objects: readonly Json[]) =>
  new World(
    [
      ...readSources([{ file: 'base.yaml', text: BASE }]).resources,
      ...objects.map((object, i) => new Resource(object, { file: 'a.yaml', text: '' }, i)),
    ],
    new Facts([], undefined, [], true),
    [],
  );
const formOf = (...objects: readonly Json[]) => gatewayForms(world(...objects), 'nginx', GATEWAY)[0]!;
const rulesOf = (...objects: readonly Json[]) => (formOf(...objects).routes[0]!['spec'] as { rules: Json[] }).rules;
const lossesOf = (...objects: readonly Json[]) => formOf(...objects).losses.map(({ text }) => text);
const ref = (name: string, weight?: number) => ({ name, port: 80, ...(weight === undefined ? {} : { weight }) });
const root = { path: '/' };

test('each annotation of ingress-nginx has a way, and no other has', () => {
  expect(Object.keys(GATEWAY_WAYS).sort()).toEqual([...NGINX_ANNOTATIONS].sort());
});

describe('an Ingress', () => {
  test('becomes a route of its host, with whole elements of paths', () => {
    expect(
      formOf(ingress('web', [root, { path: '/api/', service: 'api' }, { path: '/x', pathType: 'Exact' }])),
    ).toMatchObject({
      losses: [],
      routes: [
        {
          kind: 'HTTPRoute',
          metadata: { name: 'web', namespace: 'shop' },
          spec: {
            parentRefs: [GATEWAY],
            hostnames: ['shop.test'],
            rules: [
              { matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs: [ref('web')] },
              { matches: [{ path: { type: 'PathPrefix', value: '/api' } }], backendRefs: [ref('api')] },
              { matches: [{ path: { type: 'Exact', value: '/x' } }], backendRefs: [ref('web')] },
            ],
          },
        },
      ],
    });
  });
  test('with TLS sends requests without it on, by a route at the other listener', () => {
    const [main, sent, ...more] = formOf(
      ingress('web', [root], {}, { tls: [{ hosts: ['shop.test'], secretName: 'a' }] }),
    ).routes;
    expect(more).toEqual([]);
    expect(main).toMatchObject({ spec: { parentRefs: [{ ...GATEWAY, sectionName: 'websecure' }] } });
    expect(sent).toMatchObject({
      metadata: { name: 'web-to-https' },
      spec: {
        parentRefs: [{ ...GATEWAY, sectionName: 'web' }],
        rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }],
      },
    });
    const off = { 'ssl-redirect': 'false' };
    expect(formOf(ingress('web', [root], off, { tls: [{ hosts: ['shop.test'] }] })).routes).toHaveLength(1);
    expect(formOf(ingress('web', [root], { 'force-ssl-redirect': 'true' })).routes).toHaveLength(2);
  });
  test('whose port has a name finds its number at the Service, or is left out', () => {
    const named = (service: string) => {
      const own = ingress('web', [root]) as { spec: { rules: [{ http: { paths: [{ backend: Json }] } }] } };
      own.spec.rules[0].http.paths[0].backend = { service: { name: service, port: { name: 'http' } } };
      return own as unknown as Json;
    };
    expect(rulesOf(named('web'))[0]).toMatchObject({ backendRefs: [ref('web')] });
    expect(formOf(named('gone'))).toMatchObject({ routes: [], losses: [{ changesRouting: true }] });
  });
});

describe('a canary', () => {
  const canary = (annotations: Readonly<Record<string, string>>) =>
    rulesOf(
      ingress('web', [root]),
      ingress('next', [{ path: '/', service: 'next' }], { canary: 'true', ...annotations }),
    );
  const heads = (rules: readonly Json[]) =>
    rules.map(({ matches, backendRefs }) => [
      (matches as { headers?: Json[] }[])[0]!.headers?.map(({ value }) => value) ?? [],
      (backendRefs as Json[]).map(({ name, weight }) =>
        weight === undefined ? name : `${String(name)} ${String(weight)}`,
      ),
    ]);
  test('by weight', () => {
    expect(heads(canary({ 'canary-weight': '10' }))).toEqual([[[], ['web 90', 'next 10']]]);
    expect(heads(canary({ 'canary-weight': '1', 'canary-weight-total': '1000' }))).toEqual([
      [[], ['web 999', 'next 1']],
    ]);
    expect(heads(canary({ 'canary-weight': '0' }))).toEqual([[[], ['web']]]);
  });
  test('by header before cookie before weight', () => {
    expect(heads(canary({ 'canary-by-header': 'X-C', 'canary-by-cookie': 'c', 'canary-weight': '20' }))).toEqual([
      [['always'], ['next']],
      [['never'], ['web']],
      [['^(.*;\\s*)?c=always(;.*)?$'], ['next']],
      [['^(.*;\\s*)?c=never(;.*)?$'], ['web']],
      [[], ['web 80', 'next 20']],
    ]);
    expect(heads(canary({ 'canary-by-header': 'X-C', 'canary-by-header-value': 'beta' }))).toEqual([
      [['beta'], ['next']],
      [[], ['web']],
    ]);
  });
});

describe('annotations', () => {
  const rule = (path: string, annotations: Readonly<Record<string, string>>) =>
    rulesOf(ingress('web', [{ path, pathType: 'ImplementationSpecific' }], annotations))[0]!;
  test.each([
    ['/app(/|$)(.*)', '/$2', '/app', { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' }],
    ['/app(/|$)(.*)', '/new/$2', '/app', { type: 'ReplacePrefixMatch', replacePrefixMatch: '/new' }],
    ['/app/(.*)', '/$1', '/app', { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' }],
    ['/app', '/', '/app', { type: 'ReplaceFullPath', replaceFullPath: '/' }],
  ])('rewrite-target of %s to %s', (path, target, value, change) => {
    expect(rule(path, { 'rewrite-target': target })).toMatchObject({
      matches: [{ path: { type: 'PathPrefix', value } }],
      filters: [{ type: 'URLRewrite', urlRewrite: { path: change } }],
    });
  });
  test('a rewrite that is no prefix is lost, and said to be', () => {
    const odd = ingress('web', [{ path: '/(a|b)/(.*)' }], { 'rewrite-target': '/$2/$1' });
    expect(lossesOf(odd)).toContainEqual(expect.stringContaining('has no form in the Gateway API'));
    expect(formOf(odd).losses.some(({ changesRouting }) => changesRouting)).toBe(true);
  });
  test('redirects, hosts, headers and copies', () => {
    expect(rule('/', { 'permanent-redirect': 'https://new.test:8443/a' })['filters']).toEqual([
      {
        type: 'RequestRedirect',
        requestRedirect: {
          ...{ scheme: 'https', hostname: 'new.test', port: 8443, statusCode: 301 },
          path: { type: 'ReplaceFullPath', replaceFullPath: '/a' },
        },
      },
    ]);
    expect(rule('/', { 'app-root': '/app' })).toMatchObject({
      matches: [{ path: { type: 'Exact', value: '/' } }],
      filters: [{ requestRedirect: { path: { replaceFullPath: '/app' }, statusCode: 302 } }],
    });
    expect(rule('/', { 'upstream-vhost': 'in.test', 'x-forwarded-prefix': '/a' })['filters']).toEqual([
      { type: 'URLRewrite', urlRewrite: { hostname: 'in.test' } },
      { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'X-Forwarded-Prefix', value: '/a' }] } },
    ]);
    expect(rule('/', { 'mirror-target': 'http://next.shop.svc.cluster.local$request_uri' })['filters']).toEqual([
      { type: 'RequestMirror', requestMirror: { backendRef: ref('next') } },
    ]);
    expect(lossesOf(ingress('web', [root], { 'mirror-target': 'https://elsewhere.test$request_uri' }))[0]).toContain(
      'is not written',
    );
    expect(formOf(ingress('web', [root], { 'server-alias': 'www.shop.test' })).routes[0]).toMatchObject({
      spec: { hostnames: ['shop.test', 'www.shop.test'] },
    });
  });
  test('what has no form is told with what to use', () => {
    expect(lossesOf(ingress('web', [root], { 'proxy-body-size': '8m', 'limit-rps': '5', 'no-such': 'x' }))).toEqual([
      expect.stringContaining('proxy-body-size: 8m becomes a policy of the implementation'),
      expect.stringContaining('limit-rps: 5 becomes a policy'),
      'no-such: x is no annotation of ingress-nginx 1.15',
    ]);
  });
});

/** Shares by backend and path; nobody sees the paths of requests that fail. */
function summed(shares: readonly RoutedShare[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { share, to } of shares) {
    const name =
      to.is === 'backend' ? `${to.service.name} ${to.path}` : to.is === 'error' ? String(to.status) : to.location;
    sum[name] = Number(((sum[name] ?? 0) + share).toFixed(9));
  }
  return sum;
}

test('the same Services answer 400 random sets of Ingresses and their routes, wherever no loss says otherwise', () => {
  const next = random(5);
  const any = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  const chance = (share: number) => next() < share;
  const PATHS = ['/', '/app', '/app/', '/api', '/api/v1', '/a'];
  const counts = { compared: 0, different: 0, lossy: 0 };
  for (let set = 0; set < 400; set++) {
    const rewritten = chance(0.3);
    const objects: Json[] = [];
    const make = (name: string, service: string) => {
      const paths = [any(PATHS), any(PATHS)].filter((path, i, both) => both.indexOf(path) === i);
      const isRewrite = rewritten && chance(0.6);
      const own = isRewrite ? [any(['/app(/|$)(.*)', '/api(/|$)(.*)', '/app/(.*)', '/(x|y)/(.*)'])] : paths;
      const target = any(own[0]!.includes('(/|$)') ? ['/$2', '/new/$2'] : ['/$1']);
      const types = own.map(() =>
        isRewrite ? 'ImplementationSpecific' : any(['Prefix', 'Prefix', 'Exact', 'ImplementationSpecific']),
      );
      const written = own.map((path, i) => ({ path, pathType: types[i]!, service }));
      const annotations = isRewrite ? { 'rewrite-target': target, 'use-regex': 'true' } : {};
      objects.push(ingress(name, written, annotations));
      if (chance(0.4))
        objects.push(
          ingress(
            `${name}-next`,
            written.map((path) => ({ ...path, service: 'next' })),
            {
              ...{ ...annotations, canary: 'true', 'canary-weight': any(['0', '10', '50', '100', '150']) },
              ...(chance(0.5) ? { 'canary-by-header': 'X-C' } : {}),
              ...(chance(0.3) ? { 'canary-by-header-value': 'beta' } : {}),
              ...(chance(0.3) ? { 'canary-by-cookie': 'c' } : {}),
            },
          ),
        );
    };
    make('web', 'web');
    if (chance(0.6)) make('api', 'api');
    const before = world(...objects);
    const forms = gatewayForms(before, 'nginx', GATEWAY);
    const after = world(...forms.flatMap(({ routes }) => routes));
    const gateway = after.of('Gateway')[0]!;
    const isLossy = forms.some(({ losses }) =>
      losses.some(
        // Nobody asks here for paths in upper case, or for longer words.
        ({ changesRouting, text }) => changesRouting && !text.includes('ignore case'),
      ),
    );
    if (isLossy) counts.lossy++;
    for (let i = 0; i < 30; i++) {
      const headers: [string, string][] = [
        ...(chance(0.4) ? [['X-C', any(['always', 'never', 'beta', 'x'])] as [string, string]] : []),
        ...(chance(0.4) ? [['Cookie', any(['c=always', 'a=b; c=never', 'c=x', 'cc=always'])] as [string, string]] : []),
      ];
      const path = any([
        '/',
        '/app',
        '/app/',
        '/app/x',
        '/app/x/y',
        '/api',
        '/api/v1',
        '/api/v1/x',
        '/a',
        '/a/b',
        '/other',
      ]);
      const request = requestFor('GET', `http://shop.test${path}`, headers)!;
      const one = summed(routeByIngressNginx(before, 'nginx', request).shares);
      const other = summed(routeAtGateway(after, gateway, request, 'gateway-api').shares);
      const isSame = JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
      if (isLossy) {
        if (!isSame) counts.different++;
        continue;
      }
      counts.compared++;
      if (!isSame)
        throw new Error(
          JSON.stringify({
            path,
            headers,
            one,
            other,
            objects,
            forms: forms.map(({ routes, losses }) => ({ routes, losses: losses.map(({ text }) => text) })),
          }),
        );
    }
  }
  expect(counts.compared).toBeGreaterThan(5000);
  // The others differ, or their loss would be none.
  expect(counts.different).toBeGreaterThan(0);
});
