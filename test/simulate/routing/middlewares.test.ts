import { requestFor } from '../../../simulate/routing/request';
import { routeByTraefikIngress } from '../../../simulate/routing/traefik-ingress';
import { all, asked, gateway, route, shop, to, traefikPods, version, words, worldOf } from './support';

const middleware = (name: string, spec: string, namespace = 'shop') =>
  `{ apiVersion: traefik.io/v1alpha1, kind: Middleware, metadata: { name: ${name}, namespace: ${namespace} }, spec: { ${spec} } }`;
const MIDDLEWARES = all(
  middleware('strip', 'stripPrefix: { prefixes: [/app, /b] }'),
  middleware('add', 'addPrefix: { prefix: /pre }'),
  middleware('full', "replacePath: { path: '/full x' }"),
  middleware('odd', "replacePath: { path: '/100%' }"),
  middleware('regex', "replacePathRegex: { regex: '^/([a-z]+)/(.*)', replacement: '/${2}/$1' }"),
  middleware('letters', "stripPrefixRegex: { regex: ['/[a-z]+'] }"),
  middleware('chain', 'chain: { middlewares: [{ name: strip }, { name: add }] }'),
  middleware('circle', 'chain: { middlewares: [{ name: circle }] }'),
  middleware('half', 'chain: { middlewares: [{ name: strip }, { name: gone }] }'),
  middleware('login', 'basicAuth: { secret: people }'),
  middleware('marks', 'headers: { frameDeny: true }'),
  middleware('strip', 'stripPrefix: { prefixes: [/other] }', 'edge'),
);
const ingress = (names: string, path = '/') =>
  `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web, namespace: shop, annotations: { traefik.ingress.kubernetes.io/router.middlewares: '${names}' } }, spec: { ingressClassName: traefik, rules: [{ host: shop.test, http: { paths: [{ path: ${path}, pathType: Prefix, backend: { service: { name: a, port: { number: 80 } } } }] } }] } }`;

const through = (names: string, path: string, tag = 'v3.7.9') => {
  const world = worldOf(shop, version('a'), MIDDLEWARES, ingress(names), traefikPods(tag));
  return words(routeByTraefikIngress(world, 'traefik', requestFor('GET', `http://shop.test${path}`)!));
};
const crd = (...names: readonly string[]) => names.map((name) => `shop-${name}@kubernetescrd`).join(',');

describe('Middlewares of an Ingress', () => {
  test.each([
    [['strip'], '/app/x', '/x'],
    [['strip'], '/app', '/'],
    // By the letter.
    [['strip'], '/application', '/lication'],
    [['strip'], '/x/app', '/x/app'],
    [['strip'], '/app/a%2Fb', '/a%2Fb'],
    [['add'], '/x', '/pre/x'],
    [['add'], '/a%2Fb', '/pre/a%2Fb'],
    [['full'], '/x', '/full%20x'],
    [['regex'], '/a/b/c', '/b/c/a'],
    [['letters'], '/abc/1', '/1'],
    [['marks'], '/x', '/x'],
    [['chain'], '/app', '/pre'],
    [['add', 'strip'], '/app', '/pre/app'],
    [['strip', 'add'], '/app/x', '/pre/x'],
  ] as const)('%j makes of %s what the backend sees', (names, path, seen) => {
    expect(through(crd(...names), path)).toEqual([`1 a shop.test${seen}`]);
  });

  test('that are not there leave the Ingress out', () => {
    expect(through(crd('gone'), '/x')).toEqual(['1 404']);
    expect(through(crd('half'), '/x')).toEqual(['1 404']);
    expect(through(crd('circle'), '/x')).toEqual(['1 404']);
    expect(through(crd('strip', 'gone'), '/x')).toEqual(['1 404']);
    // Without its provider it is one of the Ingress provider, which has none.
    expect(through('shop-strip', '/x')).toEqual(['1 404']);
  });

  test('may be of another namespace, or of files', () => {
    expect(through('edge-strip@kubernetescrd', '/other/x')).toEqual(['1 a shop.test/x']);
    const unknown = (names: string) => {
      const world = worldOf(shop, version('a'), MIDDLEWARES, ingress(names));
      const [share] = routeByTraefikIngress(world, 'traefik', requestFor('GET', 'http://shop.test/x')!).shares;
      return share?.to.is === 'backend' ? share.to.unknown : undefined;
    };
    expect(unknown('strip@file')).toBe('Middleware strip@file is not among these, and may change the path');
    expect(unknown(crd('login', 'add'))).toBe('Middleware login (basicAuth) may answer itself');
    expect(unknown(crd('add'))).toBeUndefined();
  });

  test('what is left of a path must be clean since 3.7', () => {
    expect(through(crd('strip'), '/app../x')).toEqual(['1 400']);
    expect(through(crd('strip'), '/app../x', 'v3.5.0')).toEqual(['1 a shop.test/../x']);
    expect(through(crd('odd'), '/x')).toEqual(['1 500']);
  });
});

describe('Middlewares of an HTTPRoute', () => {
  const of = (...names: readonly string[]) =>
    worldOf(
      shop,
      version('a'),
      version('b'),
      MIDDLEWARES,
      gateway('traefik'),
      route(
        `{ matches: [{ path: { type: PathPrefix, value: /app } }], filters: [${names
          .map((name) => `{ type: ExtensionRef, extensionRef: { group: traefik.io, kind: Middleware, name: ${name} } }`)
          .join()}], ${to('a')} }, { ${to('b')} }`,
      ),
    );
  test('are filters in their order', () => {
    expect(asked(of('strip'), 'http://shop.test/app/x')).toEqual(['1 a shop.test/x']);
    expect(asked(of('strip', 'add'), 'http://shop.test/app')).toEqual(['1 a shop.test/pre']);
    expect(asked(of('odd'), 'http://shop.test/app')).toEqual(['1 500']);
  });
  test('leave the rule out where they are not there', () => {
    expect(asked(of('gone'), 'http://shop.test/app/x')).toEqual(['1 b shop.test/app/x']);
  });
});
