import type { Gateway, GatewayImplementation, IstioGateway, SharesBy } from './cluster-facts';

/** What leads people to a service can tell requests apart by. It follows from an implementation and its version, never from "has a Gateway". */
export interface RouteTraffic {
  /** What it is called in messages. */
  readonly by: string;
  /** Requests by header, exactly. Every implementation of the Gateway API has it, and shares by weight. */
  readonly headers: boolean;
  /** Requests by cookie: headers by regular expression, which the Gateway API leaves to implementations. */
  readonly cookies: boolean;
  /** Copies of requests: of none, of all alone, or of a share. */
  readonly mirrors: 'none' | 'all' | 'share';
  /** What makes the copies: the route itself, by a filter or `mirrors`, or a TraefikService that the route leads to. */
  readonly mirrorBy: 'filter' | 'traefik-service';
  /** By what a controller can write shares of requests into it. */
  readonly sharedBy: readonly SharesBy[];
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
  };
}

/** What a VirtualService can do, in each version of `networking.istio.io/v1`: `headers` match by regular expression, `mirrors` have a percentage. */
export function istioTraffic({ version }: IstioGateway): RouteTraffic {
  const by = `Istio ${version}`;
  return { by, headers: true, cookies: true, mirrors: 'share', mirrorBy: 'filter', sharedBy: ['istio'] };
}

/** What every implementation of the Gateway API has. */
const EVERY = { headers: true, sharedBy: ['gateway-api'] } as const;
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
