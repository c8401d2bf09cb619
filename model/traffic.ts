import type {
  ArgoRollouts,
  Gateway,
  GatewayImplementation,
  IngressController,
  IstioGateway,
  SharesBy,
} from './cluster-facts';

/** What leads people to a service can tell requests apart by. It follows from an implementation and its version, never from "has a Gateway". */
export interface RouteTraffic {
  /** What it is called in messages. */
  readonly by: string;
  /** Requests by cookie: headers by regular expression, which the Gateway API leaves to implementations. */
  readonly cookies: boolean;
  /** Copies of requests: of none, of all alone, or of a share. */
  readonly mirrors: 'none' | 'all' | 'share';
  /** What makes the copies: the route itself, by a filter or `mirrors`, or a TraefikService that the route leads to. */
  readonly mirrorBy: 'filter' | 'traefik-service';
  /** By what a controller can write shares of requests into it. */
  readonly sharedBy: readonly SharesBy[];
  /** What keeps a client with the version that it met first, while shares are dealt out. @default - nothing */
  readonly sessionAffinity?: 'traefik-service' | undefined;
}

/**
 * Implementations that match headers by regular expressions, by their sources: Traefik 3.5 (pkg/provider/kubernetes/gateway/httproute.go),
 * Istio 1.30 (pilot/pkg/config/kube/gateway/conversion.go), Envoy Gateway 1.9 (internal/gatewayapi/route.go).
 */
const MATCH_EXPRESSIONS: readonly string[] = ['traefik', 'istio', 'envoy-gateway'];

/** What an HTTPRoute on a Gateway can do. Without a word of what implements it, just what all implementations must. */
export function trafficOf({ implementation }: Gateway): RouteTraffic {
  if (implementation === undefined)
    return { by: 'a Gateway of which nobody says what implements it', cookies: false, ...NO_MIRROR, ...EVERY };
  const { name, version, traefikServices } = implementation;
  return {
    ...{ ...EVERY, by: `${name} ${version}`, cookies: MATCH_EXPRESSIONS.includes(name) },
    ...mirrorsOf(implementation),
    sharedBy: [...(name === 'traefik' && traefikServices ? ['traefik' as const] : []), ...EVERY.sharedBy],
    ...(name === 'traefik' && traefikServices ? { sessionAffinity: 'traefik-service' } : {}),
  };
}

/** What a VirtualService can do, in each version of `networking.istio.io/v1`: `headers` match by regular expression, `mirrors` have a percentage. */
export function istioTraffic({ version }: IstioGateway): RouteTraffic {
  const by = `Istio ${version}`;
  return { by, cookies: true, mirrors: 'share', mirrorBy: 'filter', sharedBy: ['istio'] };
}

/** What every implementation of the Gateway API has. */
const EVERY = { sharedBy: ['gateway-api'] } as const;
const NO_MIRROR = { mirrors: 'none', mirrorBy: 'filter' } as const;

/** Traefik up to 3.7 answers 500 to every request of a rule with the filter RequestMirror, and calls the route accepted. */
function mirrorsOf({
  name,
  traefikServices,
  features = [],
}: GatewayImplementation): Pick<RouteTraffic, 'mirrors' | 'mirrorBy'> {
  if (name === 'traefik') return traefikServices ? { mirrors: 'share', mirrorBy: 'traefik-service' } : NO_MIRROR;
  if (features.includes('HTTPRouteRequestPercentageMirror')) return { mirrors: 'share', mirrorBy: 'filter' };
  return features.includes('HTTPRouteRequestMirror') ? { mirrors: 'all', mirrorBy: 'filter' } : NO_MIRROR;
}

/** What takes a path prefix away before the app sees the request, or why nothing can. */
export type PathRewriting =
  | { readonly by: 'filter' | 'traefik-middleware' }
  | { readonly by: 'none'; readonly why: string; readonly fixes: readonly string[] };

/**
 * Since which version implementations rewrite paths, by their sources: Traefik (pkg/provider/kubernetes/gateway/httproute.go; 3.0 has no
 * URLRewrite), Istio 1.30 (pilot/pkg/config/kube/gateway/conversion.go), Envoy Gateway 1.9 (internal/gatewayapi/filters.go).
 */
const REWRITE_SINCE: Readonly<Record<string, string>> = { traefik: '3.1', istio: '1.30', 'envoy-gateway': '1.9' };

/** How an HTTPRoute on a Gateway rewrites paths (`URLRewrite`, which is optional in the Gateway API). */
export function gatewayRewriting({ implementation }: Gateway): PathRewriting {
  const fixes = [
    'say what implements the Gateway, and which features it has: gateway.implementation in the file of the cluster (HTTPRoutePathRewrite)',
  ];
  if (implementation === undefined)
    return { by: 'none', why: 'nobody says what implements the Gateway, and rewriting paths is optional there', fixes };
  const { name, version, features = [] } = implementation;
  const since = REWRITE_SINCE[name];
  const known = since !== undefined && isSince(version, since);
  if (known || features.includes('HTTPRoutePathRewrite')) return { by: 'filter' };
  return {
    by: 'none',
    why: `${name} ${version} is not known to rewrite paths${since === undefined ? '' : ` before ${since}`}`,
    fixes,
  };
}

/** How an ingress controller rewrites paths: the Ingress itself has no field for it, and each controller a way of its own. */
export function ingressRewriting({ implementation }: IngressController): PathRewriting {
  const gateway = 'serve it by a Gateway: gateway in the file of the cluster, whose routes rewrite paths themselves';
  if (implementation === undefined)
    return {
      by: 'none',
      why: 'nobody says what the ingress controller is, and an Ingress has no field that rewrites paths',
      fixes: ['say what it is: ingress.implementation in the file of the cluster', gateway],
    };
  const { name, version, traefikMiddlewares = false } = implementation;
  if (name === 'ingress-nginx')
    return {
      by: 'none',
      why: 'ingress-nginx is retired (March 2026), and its rewrite-target makes every path of the host a regular expression that ignores case, those of other Ingresses too',
      fixes: [gateway, 'give the app a host of its own, and no prefix: route.host'],
    };
  if (name === 'traefik' && traefikMiddlewares && isSince(version, '2.10')) return { by: 'traefik-middleware' };
  return {
    by: 'none',
    why:
      name === 'traefik'
        ? `Traefik ${version} rewrites paths by Middlewares of traefik.io, which take 2.10 and its provider kubernetesCRD`
        : `how ${name} ${version} rewrites paths is not known here`,
    fixes: [
      ...(name === 'traefik'
        ? ['run that provider beside kubernetesIngress, and say so: ingress.implementation.traefikMiddlewares']
        : []),
      gateway,
    ],
  };
}

function isSince(version: string, since: string): boolean {
  const [[major = 0, minor = 0], [first = 0, second = 0]] = [version, since].map((text) =>
    text.split('.').map(Number),
  ) as [number[], number[]];
  return major > first || (major === first && minor >= second);
}

/**
 * The first version of Argo Rollouts that shares out requests so, by its CHANGELOG: plugins since 1.5, the group of Traefik 3 as a flag since 1.7
 * (and right since 1.7.2), VirtualServices from the start.
 */
const SHARES_SINCE: Readonly<Record<SharesBy, ArgoRollouts['version']>> = {
  traefik: '1.7',
  'gateway-api': '1.5',
  istio: '1.0',
};

/** What keeps a version of Argo Rollouts from sharing out requests as it is said to; undefined where nothing does. */
export function sharesProblem({ version, sharesBy }: ArgoRollouts): string | undefined {
  if (sharesBy === undefined || isSince(version, SHARES_SINCE[sharesBy])) return undefined;
  return `Argo Rollouts ${version} does not share out requests by ${sharesBy}: that takes ${SHARES_SINCE[sharesBy]}`;
}
