import type { Json } from '../../manifests/resource';
import { Resource } from '../../manifests/resource';
import { istioProblems } from '../../upstream/istio/problems';
import { random } from './mutate';

/** Objects of Istio around one Gateway's pods, and requests that arrive there. */
export interface RouteSet {
  readonly objects: readonly Json[];
  readonly requests: readonly RouteRequest[];
}

export interface RouteRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly port: number;
  readonly tls: boolean;
}

/** The Services of each set, in namespace shop. */
export const SERVICES: Readonly<Record<string, readonly number[]>> = { web: [80], next: [80], api: [8080, 9090] };

/** Random sets: what Istio refuses is in none. */
export function routeSets(count: number, requests: number, seed: number): RouteSet[] {
  const next = random(seed);
  const any = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  const chance = (share: number) => next() < share;
  const some = (share: number, fields: () => Json): Json => (chance(share) ? fields() : {});
  const several = <T>(most: number, make: (i: number) => T): T[] =>
    Array.from({ length: Math.max(1, Math.ceil(next() * most)) }, (_, i) => make(i));

  const HOSTS = ['shop.example.com', 'api.example.com', '*.example.com', '*.com', 'a.shop.example.com', '*'];
  const PATHS = ['/', '/app', '/app/', '/app/x', '/apple', '/api/v1', '/APP'];
  const textMatch = (values: readonly string[]): Json =>
    any<() => Json>([
      () => ({ exact: any(values) }),
      () => ({ prefix: any(values).slice(0, 2) || 'b' }),
      () => ({ regex: any(['b.*', '.*', 'a|b', '(b|c)eta', '[a-z]+']) }),
      () => ({}),
    ])();
  const uri = (): Json =>
    any<() => Json>([
      () => ({ exact: any(PATHS) }),
      () => ({ prefix: any(PATHS) }),
      () => ({ prefix: '/' }),
      () => ({ regex: any(['/app.*', '.*', '/(app|api)/.*', '/a[a-z]*']) }),
    ])();
  const match = (): Json => ({
    ...some(0.8, () => ({ uri: uri() })),
    ...some(0.1, () => ({ ignoreUriCase: true })),
    ...some(0.3, () => ({ headers: { 'x-group': textMatch(['beta', 'alpha']) } })),
    ...some(0.1, () => ({ headers: { cookie: { regex: '^(.*;\\s*)?release=next(;.*)?$' } } })),
    ...some(0.1, () => ({ withoutHeaders: { 'x-group': any<Json>([textMatch(['beta', '']), { regex: '*' }]) } })),
    ...some(0.15, () => ({ method: { exact: any(['GET', 'POST']) } })),
    ...some(0.06, () => ({ authority: any<Json>([{ prefix: 'shop' }, { exact: 'api.example.com' }]) })),
    ...some(0.05, () => ({ scheme: { exact: any(['http', 'https']) } })),
    ...some(0.15, () => ({ queryParams: { q: any<Json>([{ exact: '1' }, { regex: '\\d+' }, {}]) } })),
    ...some(0.08, () => ({ port: any([80, 443]) })),
    ...some(0.08, () => ({ gateways: [any(['edge/public', 'mesh', 'edge/other'])] })),
    ...some(0.04, () => ({ sourceLabels: any([{ istio: 'ingress' }, { istio: 'other' }]) })),
    ...some(0.04, () => ({ sourceNamespace: any(['edge', 'shop']) })),
  });
  const destination = (): Json => {
    const name = chance(0.03) ? 'gone' : any(['web', 'web', 'web', 'next', 'next', 'api']);
    const ports = SERVICES[name] ?? [80];
    return {
      host: chance(0.03) ? `${name}.shop` : any([`${name}.shop.svc.cluster.local`, name]),
      ...some(name === 'api' ? 0.9 : 0.5, () => ({ port: { number: chance(0.97) ? any(ports) : 81 } })),
      ...some(name === 'web' ? 0.3 : 0.02, () => ({ subset: any(['v1', 'v1', 'v2', 'v2', 'v2', 'v3']) })),
    };
  };
  const fault = (): Json => ({
    fault: any<() => Json>([
      () => ({
        abort: {
          ...any<Json>([{ httpStatus: 500 }, { httpStatus: 418 }, { grpcStatus: 'UNAVAILABLE' }]),
          ...some(0.6, () => ({ percentage: any<Json>([{ value: 25 }, { value: 100 }, { value: 0 }, {}]) })),
        },
      }),
      () => ({ delay: { fixedDelay: '1s', ...some(0.5, () => ({ percentage: { value: 50 } })) } }),
    ])(),
  });
  /** A rule that leads to another VirtualService, with what it adds to the rules of that. */
  const delegating = (): Json => ({
    ...some(0.7, () => ({ match: several(2, match) })),
    delegate: {
      name: any(['inner', 'inner', 'other', 'gone']),
      ...some(0.3, () => ({ namespace: any(['shop', 'other']) })),
    },
    ...some(0.2, () => ({ rewrite: { uri: any(['/', '/outer']) } })),
    ...some(0.2, () => ({ mirror: destination() })),
    ...some(0.2, fault),
  });
  const http = (): Json => ({
    ...some(0.8, () => ({ match: several(2, match) })),
    ...(chance(0.08)
      ? {
          redirect: {
            ...any<() => Json>([
              () => ({ uri: any(['/new', '/']) }),
              () => ({ authority: 'other.example.com' }),
              () => ({ scheme: 'https' }),
              () => ({ port: any([80, 443, 8443]) }),
              () => ({ derivePort: any(['FROM_REQUEST_PORT', 'FROM_PROTOCOL_DEFAULT']), uri: '/d' }),
            ])(),
            ...some(0.5, () => ({ redirectCode: any([302, 303, 307, 308, 301]) })),
          },
        }
      : chance(0.05)
        ? { directResponse: { status: any([503, 200, 404]) } }
        : {
            route: several(3, () => ({ destination: destination(), weight: any([100, 50, 10, 0]) })),
            ...some(0.15, () => ({
              mirror: destination(),
              ...some(0.6, () => ({ mirrorPercentage: { value: any([25, 0, 100, 0.5, 0.00005, 33.33335]) } })),
            })),
            ...some(0.1, fault),
            ...some(0.15, () => ({
              rewrite: {
                ...any<() => Json>([
                  () => ({ uri: any(['/', '/new', '/new/']) }),
                  () => ({ uriRegexRewrite: { match: '^/app/(.*)$', rewrite: '/\\1' } }),
                  () => ({}),
                ])(),
                authority: 'in.example.com',
              },
            })),
          }),
  });
  const fixed = (rule: Json): Json => {
    const routes = rule['route'] as { weight: number }[] | undefined;
    // Several without a weight are refused.
    if (routes && routes.length > 1 && routes.every(({ weight }) => weight === 0)) routes[0]!.weight = 1;
    return rule;
  };
  const virtualService = (i: number): Json => {
    const hosts = [any(HOSTS), ...(chance(0.2) ? [any(['b.org', '*.b.org'])] : [])];
    const made: Json = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: {
        name: any(['a', 'b', 'c', 'd']) + String(i),
        namespace: 'shop',
        creationTimestamp: `2026-01-0${any([1, 2, 3])}T00:00:00Z`,
      },
      spec: {
        hosts,
        gateways: any([
          ['edge/public'],
          ['edge/public'],
          ['edge/public'],
          ['edge/public'],
          ['edge/public', 'edge/other'],
          ['edge/other'],
          ['edge/public', 'mesh'],
        ]).filter((name) => name !== 'mesh' || !hosts.includes('*')),
        http: several(3, () => (chance(0.15) ? delegating() : fixed(http()))),
        ...some(0.06, () => ({ exportTo: any([['.'], ['*'], ['edge'], ['shop']]) })),
      },
    };
    const refused = istioProblems(new Resource(made, { file: 'a.yaml', text: '' }, 0), 'shop').length > 0;
    return refused ? virtualService(i) : made;
  };
  const delegate = (name: string, namespace: string): Json => {
    const made: Json = {
      ...{ apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name, namespace } },
      spec: {
        http: several(3, () => fixed(http())),
        ...some(0.1, () => ({ exportTo: any([['.'], ['*'], ['edge'], ['shop']]) })),
      },
    };
    const refused = istioProblems(new Resource(made, { file: 'a.yaml', text: '' }, 0), namespace).length > 0;
    return refused ? delegate(name, namespace) : made;
  };
  const server = (port: number, i: number): Json => ({
    port: { number: port, name: `p${port}-${i}`, protocol: port === 443 ? 'HTTPS' : 'HTTP' },
    hosts: several(2, () =>
      chance(0.6)
        ? '*'
        : any(['shop.example.com', '*.example.com', 'shop/*', './*', 'other/*.com', 'shop/a.shop.example.com']),
    ),
    ...(port === 443
      ? { tls: { mode: 'SIMPLE', credentialName: 'tls' } }
      : some(0.1, () => ({ tls: { httpsRedirect: true } }))),
  });
  const gateway = (name: string): Json => ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name, namespace: 'edge' },
    spec: {
      selector: { istio: 'ingress' },
      // One server with TLS alone: which of several takes a connection is a matter of SNI.
      servers: [server(80, 0), ...(name === 'public' && chance(0.4) ? [server(443, 1)] : [])],
    },
  });
  const rule: Json = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      host: 'web.shop.svc.cluster.local',
      subsets: [
        { name: 'v1', labels: { version: 'v1' } },
        { name: 'v2', labels: { version: 'v2' } },
      ],
    },
  };
  const request = (): RouteRequest => ({
    method: any(['GET', 'GET', 'POST']),
    host: any([
      'shop.example.com',
      'shop.example.com',
      'api.example.com',
      'a.shop.example.com',
      'x.com',
      'b.org',
      'a.b.org',
    ]),
    path: any([...PATHS, '/appx', '/api', '/app//x', '/', '/other']),
    query: any(['', '', 'q=1', 'q=a&q=1', 'r=1']),
    headers: {
      ...(chance(0.4) ? { 'x-group': any(['beta', 'alpha', 'b', '']) } : {}),
      ...(chance(0.2) ? { cookie: any(['release=next', 'a=b; release=next', 'release=nextx']) } : {}),
    },
    port: 80,
    tls: false,
  });
  return Array.from({ length: count }, () => {
    const gateways = [gateway('public'), ...(chance(0.4) ? [gateway('other')] : [])];
    const hasTls = JSON.stringify(gateways).includes('HTTPS');
    return {
      objects: [
        ...gateways,
        ...several(4, virtualService),
        ...(chance(0.7) ? [delegate('inner', 'shop')] : []),
        ...(chance(0.7) ? [delegate('other', any(['shop', 'other']))] : []),
        ...(chance(0.8) ? [rule] : []),
      ],
      requests: Array.from({ length: requests }, () =>
        hasTls && chance(0.3) ? { ...request(), port: 443, tls: true } : request(),
      ),
    };
  });
}
