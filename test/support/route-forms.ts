/** Objects that send requests to port 80 of Service web of namespace shop, each by another kind: what follows one of them has to follow all. */

const object = (apiVersion: string, kind: string, name: string, spec: string) =>
  `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: ${name}, namespace: shop }, spec: { ${spec} } }`;
const traefik = (kind: string, name: string, spec: string) => object('traefik.io/v1alpha1', kind, name, spec);
const gateway = (kind: string, backend: string) =>
  object('gateway.networking.k8s.io/v1', kind, 'r', `rules: [{ backendRefs: [{ ${backend} }] }]`);
const istio = (rule: string) =>
  object('networking.istio.io/v1', 'VirtualService', 'r', `gateways: [edge], hosts: ['*'], ${rule}`);

const byTraefik = 'group: traefik.io, kind: TraefikService, name: first';
const weighted = (name: string, entry: string) =>
  traefik('TraefikService', name, `weighted: { services: [{ ${entry} }] }`);
const all = (...manifests: readonly string[]) => manifests.join('\n---\n');
const nested = all(weighted('first', 'name: second, kind: TraefikService'), weighted('second', 'name: web, port: 80'));

/** Kind, manifests, and the field of object `r` that leads to the Service. */
export const ROUTE_FORMS: readonly (readonly [form: string, manifests: string, at: string])[] = [
  [
    'Ingress',
    object(
      'networking.k8s.io/v1',
      'Ingress',
      'r',
      'ingressClassName: nginx, defaultBackend: { service: { name: web, port: { number: 80 } } }',
    ),
    'Ingress/shop/r spec.defaultBackend.service',
  ],
  ['HTTPRoute', gateway('HTTPRoute', 'name: web, port: 80'), 'HTTPRoute/shop/r spec.rules[0].backendRefs[0]'],
  ['GRPCRoute', gateway('GRPCRoute', 'name: web, port: 80'), 'GRPCRoute/shop/r spec.rules[0].backendRefs[0]'],
  [
    'HTTPRoute by a weighted TraefikService',
    all(gateway('HTTPRoute', byTraefik), weighted('first', 'name: web, port: 80, weight: 3')),
    'HTTPRoute/shop/r spec.rules[0].backendRefs[0]',
  ],
  [
    'HTTPRoute by a mirroring TraefikService',
    all(gateway('HTTPRoute', byTraefik), traefik('TraefikService', 'first', 'mirroring: { name: web, port: 80 }')),
    'HTTPRoute/shop/r spec.rules[0].backendRefs[0]',
  ],
  [
    'HTTPRoute by nested TraefikServices',
    all(gateway('HTTPRoute', byTraefik), nested),
    'HTTPRoute/shop/r spec.rules[0].backendRefs[0]',
  ],
  [
    'IngressRoute',
    traefik('IngressRoute', 'r', 'routes: [{ match: Path(`/`), services: [{ name: web, port: 80 }] }]'),
    'IngressRoute/shop/r spec.routes[0].services[0]',
  ],
  [
    'IngressRoute by nested TraefikServices',
    all(
      traefik('IngressRoute', 'r', 'routes: [{ match: Path(`/`), services: [{ name: first, kind: TraefikService }] }]'),
      nested,
    ),
    'IngressRoute/shop/r spec.routes[0].services[0]',
  ],
  [
    'IngressRouteTCP',
    traefik('IngressRouteTCP', 'r', 'routes: [{ match: HostSNI(`*`), services: [{ name: web, port: 80 }] }]'),
    'IngressRouteTCP/shop/r spec.routes[0].services[0]',
  ],
  [
    'Middleware of errors',
    traefik('Middleware', 'r', 'errors: { status: ["500-599"], service: { name: web, port: 80 } }'),
    'Middleware/shop/r spec.errors.service',
  ],
  ...['web', 'web.shop', 'web.shop.svc.cluster.local'].map(
    (host) =>
      [
        `VirtualService to ${host}`,
        istio(`http: [{ route: [{ destination: { host: ${host}, port: { number: 80 } } }] }]`),
        'VirtualService/shop/r spec.http[0].route[0].destination',
      ] as const,
  ),
  [
    'VirtualService of TCP',
    istio('tcp: [{ route: [{ destination: { host: web, port: { number: 80 } } }] }]'),
    'VirtualService/shop/r spec.tcp[0].route[0].destination',
  ],
  [
    'HTTPProxy of Contour',
    object('projectcontour.io/v1', 'HTTPProxy', 'r', 'routes: [{ services: [{ name: web, port: 80 }] }]'),
    'HTTPProxy/shop/r spec.routes[0].services[0]',
  ],
];

/** The same in an Argo Rollout, whose controller makes the canary Ingress. */
export const ROLLOUT_WITH_NGINX = all(
  object(
    'networking.k8s.io/v1',
    'Ingress',
    'main',
    'ingressClassName: nginx, defaultBackend: { service: { name: web-stable, port: { number: 80 } } }',
  ),
  object(
    'argoproj.io/v1alpha1',
    'Rollout',
    'r',
    'strategy: { canary: { stableService: web-stable, canaryService: web, trafficRouting: { nginx: { stableIngress: main } } } }',
  ),
);
