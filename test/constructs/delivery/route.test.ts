import { cloud } from '../../../clusters/cloud';
import { kind } from '../../../clusters/kind';
import { shared } from '../../../clusters/shared';
import { PUBLIC_PATHS } from '../../../constructs/app/web-service';
import { FlowPolicy } from '../../../constructs/core/network-policies';
import type { RouteProps } from '../../../constructs/delivery/route';
import { Route } from '../../../constructs/delivery/route';
import { dev } from '../../../environments/dev';
import { staging } from '../../../environments/staging';
import { uptimeKuma } from '../../../features';
import type { Cluster } from '../../../model/cluster';
import type { Gateway, IngressController } from '../../../model/cluster-facts';
import { because } from '../../../model/layers';
import type { Settings } from '../../../model/settings';
import type { Objects } from '../../support/kubernetes';
import { platformOf, refusal, rendered, workloadIn } from '../../support/render';

const peer = (name: string) => ({ name, namespaceLabels: { team: name }, podLabels: { app: name } });
const gateway: Gateway = {
  name: 'public',
  namespace: 'gateways',
  listener: 'https',
  admitsNamespaces: { access: 'public' },
  pods: peer('gateway'),
};
const ingress: IngressController = { className: 'traefik', pods: peer('traefik') };

const route = (props: Omit<RouteProps, 'port' | 'host'>) =>
  rendered((chart) => {
    const shop = workloadIn(chart, 'shop', { container: { ports: { http: 8080 } } });
    new Route(chart, 'route', { port: shop.port('http'), host: 'shop.example.com', ...props });
    new FlowPolicy(shop, 'policy', { workload: shop });
  });
const admitted = (objects: Objects) =>
  objects
    .get('NetworkPolicy')
    .spec.ingress?.flatMap(({ from = [] }) => from.map(({ podSelector }) => podSelector?.matchLabels?.['app']));

describe('through a gateway', () => {
  const objects = route({ paths: ['/', '/visits'], through: { gateway } });
  const { spec, metadata } = objects.get('HTTPRoute');

  test("a route attaches to the platform's listener, beside its workload", () => {
    expect(metadata).toMatchObject({ name: 'shop', namespace: 'shop' });
    expect(spec.parentRefs).toEqual([{ name: 'public', namespace: 'gateways', sectionName: 'https' }]);
    expect(spec.hostnames).toEqual(['shop.example.com']);
  });

  test('just the given paths lead to the Service', () => {
    expect(spec.rules).toEqual([
      {
        matches: [{ path: { type: 'Exact', value: '/' } }, { path: { type: 'Exact', value: '/visits' } }],
        backendRefs: [{ name: 'shop', port: 80 }],
      },
    ]);
    expect(objects.get('Service').spec.ports).toEqual([{ name: 'http', port: 80, targetPort: 'http' }]);
  });

  test("the gateway's pods are let in", () => {
    expect(admitted(objects)).toEqual(['gateway']);
  });

  test('every path is open where that is asked for', () => {
    expect(route({ paths: ['/*'], through: { gateway } }).get('HTTPRoute').spec.rules[0]?.matches).toEqual([
      { path: { type: 'PathPrefix', value: '/' } },
    ]);
  });
});

describe('through an ingress controller', () => {
  const objects = route({ paths: ['/', '/visits'], through: { ingress } });
  const { spec } = objects.get('Ingress');

  test('an Ingress of its class leads just the given paths to the Service', () => {
    const backend = { service: { name: 'shop', port: { name: 'http' } } };
    expect(spec.ingressClassName).toBe('traefik');
    expect(spec.rules).toEqual([
      {
        host: 'shop.example.com',
        http: {
          paths: [
            { path: '/', pathType: 'Exact', backend },
            { path: '/visits', pathType: 'Exact', backend },
          ],
        },
      },
    ]);
  });

  test("the controller's pods are let in", () => {
    expect(admitted(objects)).toEqual(['traefik']);
  });

  test('every path is open where that is asked for', () => {
    expect(
      route({ paths: ['/*'], through: { ingress } })
        .get('Ingress')
        .spec.rules[0]?.http.paths.map(({ path, pathType }) => [path, pathType]),
    ).toEqual([['/', 'Prefix']]);
  });
});

describe('under a path prefix', () => {
  const on = (implementation?: Gateway['implementation'], paths: readonly string[] = ['/', '/visits']) =>
    route({ paths, prefix: '/app', through: { gateway: { ...gateway, ...(implementation && { implementation }) } } });
  const by = (implementation: IngressController['implementation'], paths: readonly string[] = ['/', '/visits']) =>
    route({ paths, prefix: '/app', through: { ingress: { ...ingress, ...(implementation && { implementation }) } } });
  const told = {
    type: 'RequestHeaderModifier',
    requestHeaderModifier: { set: [{ name: 'X-Forwarded-Prefix', value: '/app' }] },
  };
  const exact = (value: string) => ({ path: { type: 'Exact', value } });
  const middlewares = { name: 'traefik', version: '3.5', traefikMiddlewares: true } as const;

  test('each path is a rule that hands on the path that the app knows', () => {
    const backendRefs = [{ name: 'shop', port: 80 }];
    const full = (replaceFullPath: string) => ({
      type: 'URLRewrite',
      urlRewrite: { path: { type: 'ReplaceFullPath', replaceFullPath } },
    });
    expect(on({ name: 'traefik', version: '3.5' }).get('HTTPRoute').spec.rules).toEqual([
      { matches: [exact('/app'), exact('/app/')], filters: [full('/'), told], backendRefs },
      { matches: [exact('/app/visits')], filters: [full('/visits'), told], backendRefs },
    ]);
  });

  test('everything is one rule with one prefix, as ReplacePrefixMatch demands', () => {
    expect(on({ name: 'envoy-gateway', version: '1.9' }, ['/*']).get('HTTPRoute').spec.rules).toEqual([
      {
        matches: [{ path: { type: 'PathPrefix', value: '/app' } }],
        filters: [
          { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } },
          told,
        ],
        backendRefs: [{ name: 'shop', port: 80 }],
      },
    ]);
  });

  test.each([
    [undefined, 'nobody says what implements the Gateway'],
    [{ name: 'traefik', version: '3.0' }, 'traefik 3.0 is not known to rewrite paths before 3.1'],
    [{ name: 'traefik', version: '2.11' }, 'before 3.1'],
    [{ name: 'cilium', version: '1.18' }, 'cilium 1.18 is not known to rewrite paths'],
    [{ name: 'cilium', version: '1.18', features: ['HTTPRouteHostRewrite'] }, 'is not known to rewrite paths'],
  ] as const)('is an error on a Gateway of %j', (implementation, why) => {
    const error = refusal(() => on(implementation));
    expect(error.message).toContain(`is to serve the app under /app (route.prefix), and `);
    expect(error.message).toContain(why);
    expect(error.fixes.length).toBeGreaterThan(1);
  });

  test.each([
    { name: 'traefik', version: '3.1' },
    { name: 'traefik', version: '3.10' },
    { name: 'istio', version: '1.30' },
    { name: 'cilium', version: '1.18', features: ['HTTPRoutePathRewrite'] },
  ] as const)('is rendered on a Gateway of %j', (implementation) => {
    expect(on(implementation).get('HTTPRoute').spec.rules).toHaveLength(2);
  });

  test('more paths than an HTTPRoute has rules are an error', () => {
    const paths = (count: number) => Array.from({ length: count }, (_, i) => `/p${i}`);
    const implementation = { name: 'traefik', version: '3.5' } as const;
    expect(on(implementation, paths(16)).get('HTTPRoute').spec.rules).toHaveLength(16);
    expect(refusal(() => on(implementation, paths(17))).message).toContain(
      'needs 17 rules for 17 paths under /app, and an HTTPRoute has at most 16',
    );
  });

  test('an Ingress of Traefik names a Middleware that strips the prefix', () => {
    const objects = by(middlewares);
    expect(objects.get('Middleware').spec).toEqual({ stripPrefix: { prefixes: ['/app'] } });
    expect(objects.get('Middleware').metadata).toMatchObject({ name: 'shop-prefix', namespace: 'shop' });
    expect(objects.get('Ingress').metadata.annotations).toEqual({
      'traefik.ingress.kubernetes.io/router.middlewares': 'shop-shop-prefix@kubernetescrd',
    });
    expect(objects.get('Ingress').spec.rules[0]?.http.paths.map(({ path, pathType }) => [path, pathType])).toEqual([
      ['/app', 'Exact'],
      ['/app/', 'Exact'],
      ['/app/visits', 'Exact'],
    ]);
  });

  test('everything is the prefix itself and what is below it: Traefik compares by the letter', () => {
    expect(
      by(middlewares, ['/*'])
        .get('Ingress')
        .spec.rules[0]?.http.paths.map(({ path, pathType }) => [path, pathType]),
    ).toEqual([
      ['/app', 'Exact'],
      ['/app/', 'Prefix'],
    ]);
  });

  test.each([
    [undefined, 'nobody says what the ingress controller is'],
    [{ name: 'ingress-nginx', version: '1.15' }, 'ingress-nginx is retired (March 2026)'],
    [
      { name: 'traefik', version: '3.5' },
      'by Middlewares of traefik.io, which take 2.10 and its provider kubernetesCRD',
    ],
    [{ name: 'traefik', version: '2.9', traefikMiddlewares: true }, 'which take 2.10'],
    [{ name: 'haproxy', version: '3.1' }, 'how haproxy 3.1 rewrites paths is not known here'],
  ] as const)('is an error on an Ingress of %j', (implementation, why) => {
    const error = refusal(() => by(implementation));
    expect(error.message).toContain(why);
    expect(error.fixes.length).toBeGreaterThan(1);
  });

  test('of a target: the app alone, not what features open, and a prefix that nobody reads otherwise', () => {
    const place = {
      ...shared,
      gateway: { ...shared.gateway!, implementation: { name: 'traefik', version: '3.5' } },
    } as const;
    const under = (prefix: string) =>
      platformOf(staging, place, [uptimeKuma], { route: { prefix: because(prefix, 'a test') } });
    const paths = (name: string) =>
      under('/shop/app')
        .of('HTTPRoute')
        .find(({ metadata }) => metadata.name === name)!
        .spec.rules.flatMap(({ matches }) => matches.map(({ path }) => path.value));
    expect(paths('web')).toEqual([
      '/shop/app',
      '/shop/app/',
      '/shop/app/guestbook',
      '/shop/app/visits',
      '/shop/app/info',
    ]);
    expect(paths('uptime-kuma')).toEqual(['/']);
    for (const prefix of ['app', '/', '/app/', '/a//b', '/../a', '/A', '/a%20b', '/a.b', '/(a)'])
      expect(refusal(() => under(prefix)).message).toContain('a path such as /app');
  });
});

describe('of a target', () => {
  const through = (way: Settings['route']['through'], cluster: Cluster) =>
    platformOf(dev, cluster, [], { route: { through: because(way, 'a test') } });
  const ways = (objects: Objects) => [objects.of('HTTPRoute').length, objects.of('Ingress').length];
  const bothWays: Cluster = { ...shared, ...(cloud.ingress ? { ingress: cloud.ingress } : {}) };

  test.each([
    ['the gateway that the cluster has', shared, [1, 0]],
    ['the ingress controller that the cluster has', cloud, [0, 1]],
    ['nothing, on a cluster that has neither', kind, [0, 0]],
  ] as const)('by itself it leads through %s', (_, cluster, expected) => {
    expect(ways(through('auto', cluster))).toEqual(expected);
  });

  test('nothing is open where that is asked for', () => {
    expect(ways(through('nothing', shared))).toEqual([0, 0]);
  });

  test('a cluster that has both needs a choice', () => {
    const error = refusal(() => through('auto', bothWays));
    expect(error.place).toBe('dev@shared, route.through');
    expect(error.fixes).toHaveLength(2);
    expect(ways(through('ingress', bothWays))).toEqual([0, 1]);
    expect(ways(through('gateway', bothWays))).toEqual([1, 0]);
  });

  test.each([
    ['gateway', cloud],
    ['ingress', shared],
    ['gateway', kind],
  ] as const)('through the %s that a cluster does not have is an error with two ways out', (way, cluster) => {
    const error = refusal(() => through(way, cluster));
    expect(error.message).toContain(`is ${way}, and cluster ${cluster.name} has none`);
    expect(error.fixes).toHaveLength(2);
  });

  test('its namespace carries what the gateway admits', () => {
    expect(platformOf(dev, shared, []).get('Namespace').metadata.labels).toMatchObject(
      shared.gateway!.admitsNamespaces,
    );
  });

  test("its host is under the cluster's domain unless the settings say otherwise", () => {
    expect(platformOf(staging, shared, []).get('HTTPRoute').spec.hostnames).toEqual([
      'course-staging.apps.example.com',
    ]);
    expect(
      platformOf(staging, cloud, [], { route: { host: because('shop.example.com', 'a test') } }).get('Ingress').spec
        .rules[0]?.host,
    ).toBe('shop.example.com');
  });

  test('people reach the public paths, exactly, and no probe and no metrics', () => {
    const gatewayPaths = platformOf(staging, shared, [])
      .get('HTTPRoute')
      .spec.rules.flatMap(({ matches }) => matches.map(({ path }) => path));
    const ingressPaths = platformOf(staging, cloud, [])
      .get('Ingress')
      .spec.rules.flatMap(({ http }) => http.paths.map(({ path, pathType }) => ({ type: pathType, value: path })));
    const expected = PUBLIC_PATHS.map((value) => ({ type: 'Exact', value }));
    expect(gatewayPaths).toEqual(expected);
    expect(ingressPaths).toEqual(expected);
    for (const { value } of expected) expect(['/metrics', '/healthz', '/readyz']).not.toContain(value);
  });
});

test.each(['visits', '/visits/*', '*'])('the path %s is refused: a route would take it by the letter', (path) => {
  expect(refusal(() => route({ paths: ['/', path], through: { gateway } })).message).toContain(
    `route of shop: ${path} is no path that a route can match exactly`,
  );
});
