/** Random routes and requests for them, to compare what simulate/routing says with what a real gateway does. */
import fc from 'fast-check';
import { stickyValue } from '../../../simulate/routing/traefik-service';
import type { KubernetesObject } from './kubernetes';

/** Where everything of the comparison lives; `OTHER` needs ReferenceGrants. */
export const NAMESPACE = 'routing';
export const OTHER = 'routing-other';
/** The Services that answer, each at its own port of the same pod. */
export const ANSWERING: readonly string[] = [
  ...['b0', 'b1', 'b2', 'b3', 'granted', 'closed'],
  // One for each canary of ingress-nginx: Traefik keeps those by the Service of the main Ingress.
  ...Array.from({ length: 9 }, (_, i) => `main-${i}`),
];
export const FIRST_PORT = 9000;

/** A request of a set. */
export interface SentRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** Routes that share hosts which no other set has, and requests to these. */
export interface RouteSet {
  readonly objects: readonly KubernetesObject[];
  readonly requests: readonly SentRequest[];
}

const often = <T>(value: T, other: fc.Arbitrary<T>, weight = 3) =>
  fc.oneof({ weight, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: other });
const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const some = <T>(of: fc.Arbitrary<T>, max: number) => fc.array(of, { maxLength: max });

/** Middlewares of Traefik that change paths, and the name of one that is not there. */
const MIDDLEWARES = {
  strip: { stripPrefix: { prefixes: ['/a', '/longer'] } },
  chain: { chain: { middlewares: [{ name: 'strip' }, { name: 'add' }] } },
  regex: { replacePathRegex: { regex: '^/a/(.*)', replacement: '/re/$1' } },
  add: { addPrefix: { prefix: '/pre' } },
  'strip-regex': { stripPrefixRegex: { regex: ['/[a-z]{1,2}/'] } },
  full: { replacePath: { path: '/full x/%2Fy' } },
  headers: { headers: { customRequestHeaders: { 'X-Set': '1' } } },
};
const MIDDLEWARE_NAMES = [...Object.keys(MIDDLEWARES), 'absent'];

// ------------------------------------------------------------------ HTTPRoutes

const PATHS = ['/', '/a', '/ab', '/a/b', '/a/', '/A', '/a/b/c', '/a%20b', '/longer-one', '/a~b'];
const PATTERNS = ['/a.*', '^/a$', '/[ab]', 'b$', '(?i)^/A', '/(', '^/a/[^/]+$', 'a`b'];
const named = (names: readonly string[], values: readonly string[], patterns: readonly string[]) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ name: pick(...names), value: pick(...values) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        name: pick(...names),
        value: pick(...patterns),
        type: fc.constant('RegularExpression'),
      }),
    },
  );
/** The API server takes each name once. */
const once = <T extends { readonly name: string }>(entries: readonly T[]) =>
  entries.filter(({ name }, i) => entries.findIndex((other) => other.name === name) === i);

const match = fc
  .record(
    {
      path: fc.oneof(
        { weight: 5, arbitrary: fc.record({ type: pick('Exact', 'PathPrefix', 'PathPrefix'), value: pick(...PATHS) }) },
        {
          weight: 1,
          arbitrary: fc.record({ type: fc.constant('RegularExpression'), value: pick(...PATTERNS) }),
        },
      ),
      method: pick('GET', 'POST', 'PUT'),
      headers: some(
        named(['X-Group', 'x-two', 'Cookie', 'Host'], ['beta', 'release=next'], ['^b', 'next', '(']),
        2,
      ).map(once),
      queryParams: some(named(['q', 'r'], ['1', '2'], ['[12]', '^$', '[']), 2).map(once),
    },
    { requiredKeys: ['path'] },
  )
  .chain((value) => fc.constant(value));

const weight = pick(undefined, undefined, 0, 1, 3, 10);
const rewrite = { type: 'URLRewrite' };
const backend = fc.record({
  ref: fc.oneof(
    { weight: 12, arbitrary: pick('b0', 'b1', 'b2', 'b3').map((name) => ({ name, port: 80 })) },
    {
      weight: 2,
      arbitrary: pick<object>(
        { name: 'empty', port: 80 },
        { name: 'outside', port: 80 },
        { name: 'unwritten', port: 80 },
        { name: 'absent', port: 80 },
        { name: 'b0', port: 81 },
        { name: 'granted', namespace: OTHER, port: 80 },
        { name: 'closed', namespace: OTHER, port: 80 },
      ),
    },
    {
      weight: 2,
      arbitrary: pick(
        ...['half', 'nested', 'mirrored', 'idle', 'idle-weightless', 'gone', 'nothing'],
        ...['kept', 'kept', 'kept-inside'],
      ).map((name) => ({
        group: 'traefik.io',
        kind: 'TraefikService',
        name,
      })),
    },
  ),
  weight,
  filters: often<readonly object[] | undefined>(
    undefined,
    pick([{ type: 'RequestHeaderModifier', requestHeaderModifier: { remove: ['x-two'] } }]),
    9,
  ),
});

const header = { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-set', value: '1' }] } };
const filters = (isOnePrefix: boolean) =>
  often<readonly object[]>(
    [],
    pick<readonly object[]>(
      [header],
      [{ ...rewrite, urlRewrite: { hostname: 'other.test' } }],
      [{ ...rewrite, urlRewrite: { path: { type: 'ReplaceFullPath', replaceFullPath: '/full x/../y' } } }],
      [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'b3', port: 80 } } }],
      ...MIDDLEWARE_NAMES.slice(0, 4).map((name) => [
        { type: 'ExtensionRef', extensionRef: { group: 'traefik.io', kind: 'Middleware', name } },
      ]),
      [{ type: 'RequestRedirect', requestRedirect: { hostname: 'other.test', statusCode: 301 } }],
      [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', port: 8443 } }],
      [{ type: 'RequestRedirect', requestRedirect: { path: { type: 'ReplaceFullPath', replaceFullPath: '/full' } } }],
      ...(isOnePrefix
        ? ['', '/', '/new', '/new/', '/n/e w'].flatMap((replacePrefixMatch): (readonly object[])[] => {
            const path = { type: 'ReplacePrefixMatch', replacePrefixMatch };
            return [
              [{ ...rewrite, urlRewrite: { path } }, header],
              [{ type: 'RequestRedirect', requestRedirect: { path } }],
            ];
          })
        : []),
    ),
    2,
  );

const rule = fc.array(match, { maxLength: 2 }).chain((matches) => {
  const [first] = matches;
  return fc
    .record({
      filters: filters(matches.length === 1 && first?.path.type === 'PathPrefix'),
      backends: fc.array(backend, { maxLength: 3 }),
    })
    .map((made) => {
      const redirects = made.filters.some((filter) => 'requestRedirect' in filter);
      return {
        ...(matches.length > 0 && { matches }),
        ...(made.filters.length > 0 && { filters: made.filters }),
        // The API server takes no backends beside a redirect.
        ...(!redirects && {
          backendRefs: made.backends.map(({ ref, weight: share, filters: own }) => ({
            ...ref,
            ...(share !== undefined && { weight: share }),
            ...(own && { filters: own }),
          })),
        }),
      };
    });
});

const httpSet = fc.array(
  fc.record({
    hostnames: fc.uniqueArray(pick('a.HOST', 'b.HOST', '*.HOST', '*.a.HOST', 'c.wild.HOST', '*.wild.HOST'), {
      minLength: 1,
      maxLength: 3,
    }),
    section: often<string | undefined>(undefined, pick('any', 'wild')),
    rules: fc.array(rule, { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 3 },
);

// ------------------------------------------------------------------ Ingresses

const ingressPath = fc.record({
  path: pick('/', '/a', '/ab', '/a/', '/a/b', '/A', '/longer-one'),
  pathType: pick('Exact', 'Prefix', 'Prefix', 'ImplementationSpecific'),
  backend: pick('b0', 'b1', 'b2', 'b3', 'b0', 'b1', 'empty', 'absent', 'outside').map((name) => ({
    service: { name, port: { number: 80 } },
  })),
});
const ingressSet = fc.array(
  fc.record({
    annotations: often<Readonly<Record<string, string>>>(
      {},
      pick<Readonly<Record<string, string>>>(
        { 'traefik.ingress.kubernetes.io/router.priority': '40' },
        { 'traefik.ingress.kubernetes.io/router.pathmatcher': 'Path' },
        { 'traefik.ingress.kubernetes.io/router.pathmatcher': 'PathRegexp' },
        ...[...MIDDLEWARE_NAMES.map((name) => `${NAMESPACE}-${name}@kubernetescrd`), 'strip'].map((name) => ({
          'traefik.ingress.kubernetes.io/router.middlewares': name,
        })),
        {
          'traefik.ingress.kubernetes.io/router.middlewares': `${NAMESPACE}-add@kubernetescrd, ${NAMESPACE}-regex@kubernetescrd`,
        },
      ),
    ),
    rules: fc.array(
      fc.record({
        host: pick('a.HOST', 'b.HOST', '*.HOST'),
        paths: fc.array(ingressPath, { minLength: 1, maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  { minLength: 1, maxLength: 2 },
);

// ------------------------------------------------------------------ requests

const sent = fc.record({
  method: pick('GET', 'GET', 'POST', 'PUT', 'DELETE'),
  host: pick('a.HOST', 'a.HOST', 'b.HOST', 'x.a.HOST', 'c.HOST', 'HOST', 'c.wild.HOST', 'x.y.wild.HOST'),
  path: pick(
    ...[
      '/',
      '/a',
      '/a',
      '/ab',
      '/a/',
      '/a/b',
      '/a/b/',
      '/a/b/c',
      '/abc',
      '/A',
      '/b',
      '/longer-one/x',
      '/a%20b',
      '/a~b',
    ],
    ...[
      '//a',
      '/a//b',
      '/a/../ab',
      '/a/./b',
      '/%61',
      '/a%2Fb',
      '/a/%2e%2e/ab',
      '/a%7eb',
      '/a/b%3Fc',
      "/a/(b)'",
      '/a/é',
    ],
  ).map((path) => path.replace('é', '%C3%A9')),
  query: pick('', '', '', 'q=1', 'q=2&r=1', 'q=1&q=2', 'r='),
  headers: pick<SentRequest['headers']>(
    ...[{}, {}, {}, { 'x-group': 'beta' }, { 'x-group': 'b' }, { 'X-TWO': 'beta', 'x-group': 'beta' }],
    ...[{ cookie: 'a=b; release=next' }, { cookie: 'release=next' }, { 'x-group': ['alpha', 'beta'] }],
    ...['b0', 'b2'].map((name) => ({ cookie: `seen=${stickyValue(`${NAMESPACE}-${name}-80`)}` })),
    ...[{ cookie: `a=b; seen=${NAMESPACE}-b1-80` }, { cookie: `inner=${stickyValue(`${NAMESPACE}-kept`)}` }],
  ),
});
const requests = (count: number) => fc.array(sent, { minLength: count, maxLength: count });

/** Sets of routes, the same ones for the same seed: `count` of HTTPRoutes and a fifth as many of Ingresses, each with 30 requests. */
export function routeSets(count: number, seed: number): RouteSet[] {
  const withHost = <T>(value: T, host: string) => JSON.parse(JSON.stringify(value).replaceAll('HOST', host)) as T;
  const http = fc.sample(fc.tuple(httpSet, requests(30)), { numRuns: count, seed }).map(([routes, asked], i) =>
    withHost(
      {
        objects: routes.map(({ hostnames, section, rules }, j) => ({
          apiVersion: 'gateway.networking.k8s.io/v1',
          kind: 'HTTPRoute',
          metadata: { name: `set-${i}-${j}`, namespace: NAMESPACE },
          spec: { parentRefs: [{ name: 'public', ...(section && { sectionName: section }) }], hostnames, rules },
        })),
        requests: asked,
      },
      // Some of them at a listener with a host name of its own.
      i % 10 === 0 ? `s${i}.wild.test` : `s${i}.test`,
    ),
  );
  const ingress = fc
    .sample(fc.tuple(ingressSet, requests(30)), { numRuns: Math.ceil(count / 5), seed })
    .map(([ingresses, asked], i) =>
      withHost(
        {
          objects: ingresses.map(({ annotations, rules }, j) => ({
            apiVersion: 'networking.k8s.io/v1',
            kind: 'Ingress',
            metadata: { name: `set-${i}-${j}`, namespace: NAMESPACE, annotations },
            spec: { ingressClassName: 'traefik', rules: rules.map(({ host, paths }) => ({ host, http: { paths } })) },
          })),
          requests: asked,
        },
        `i${i}.alone`,
      ),
    );
  return [...http, ...ingress];
}

// ------------------------------------------------------------------ what they refer to

const http = [{ name: 'http', port: 80 }];
const service = (name: string, namespace: string, spec: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { ports: http, ...spec },
});
const traefikService = (name: string, spec: object): KubernetesObject => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'TraefikService',
  metadata: { name, namespace: NAMESPACE },
  spec,
});
const weighted = (...services: readonly (readonly [string, number, string?])[]) => ({
  weighted: {
    services: services.map(([name, share, kind]) =>
      kind ? { name, kind, weight: share } : { name, port: 80, weight: share },
    ),
  },
});

const cookie = (name: string) => ({ sticky: { cookie: { name } } });

/** Gateway, Services, TraefikServices, Middlewares and grants that the routes of the sets name. */
export function routeSetWorld(): KubernetesObject[] {
  return [
    ...[NAMESPACE, OTHER].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: 'public', namespace: NAMESPACE },
      spec: {
        gatewayClassName: 'traefik',
        listeners: [
          { name: 'any', port: 80, protocol: 'HTTP' },
          { name: 'wild', port: 80, protocol: 'HTTP', hostname: '*.wild.test' },
        ],
      },
    },
    ...ANSWERING.map((name, i) =>
      // The pods of the other namespace are reached by an EndpointSlice that answerers() writes.
      service(name, name === 'granted' || name === 'closed' ? OTHER : NAMESPACE, {
        selector: { app: 'answers' },
        ports: [{ ...http[0], targetPort: FIRST_PORT + i }],
      }),
    ),
    service('empty', NAMESPACE, { selector: { app: 'nobody' } }),
    service('unwritten', NAMESPACE, {}),
    service('outside', NAMESPACE, { type: 'ExternalName', externalName: 'elsewhere.test' }),
    traefikService('half', weighted(['b0', 1], ['b1', 1])),
    traefikService('nested', weighted(['half', 1, 'TraefikService'], ['b2', 2])),
    traefikService('mirrored', {
      mirroring: { name: 'b1', port: 80, mirrors: [{ name: 'b3', port: 80, percent: 50 }] },
    }),
    // With Services without endpoints Traefik builds neither of them.
    traefikService('idle', weighted(['b0', 1], ['empty', 1])),
    traefikService('idle-weightless', weighted(['b0', 1], ['empty', 0])),
    traefikService('nothing', weighted(['b0', 0])),
    traefikService('kept', { weighted: { ...weighted(['b0', 3], ['b1', 1], ['b2', 0]).weighted, ...cookie('seen') } }),
    traefikService('kept-inside', {
      weighted: { ...weighted(['kept', 1, 'TraefikService'], ['b3', 1]).weighted, ...cookie('inner') },
    }),
    ...Object.entries(MIDDLEWARES).map(([name, spec]) => ({
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'Middleware',
      metadata: { name, namespace: NAMESPACE },
      spec,
    })),
    {
      apiVersion: 'gateway.networking.k8s.io/v1beta1',
      kind: 'ReferenceGrant',
      metadata: { name: 'granted', namespace: OTHER },
      spec: {
        from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: NAMESPACE }],
        to: [{ group: '', kind: 'Service', name: 'granted' }],
      },
    },
  ];
}
