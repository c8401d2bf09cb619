import type { Resource } from '../../manifests/resource';
import { ingressClassOf, ingressProgramOf } from '../../world/ingress-classes';
import { istioGatewaysOf } from '../../world/istio-gateways';
import { everyKnown } from '../../world/known';
import { GATEWAY_API } from '../../world/listeners';
import { ingressesOf } from '../../world/routes';
import type { World } from '../../world/world';
import type { RoutingAnswer } from './answer';
import { gatewayDialect, routeAtGateway } from './gateway-routing';
import { routeByIngressNginx } from './ingress-nginx';
import { routeAtIstioGateway } from './istio-routing';
import type { OutsideRequest } from './request';
import { routeByTraefikIngress } from './traefik-ingress';
import { ingressRouteClasses, routeByIngressRoutes } from './traefik-routes';

/** A way in from outside: a Gateway, what serves the Ingresses of a class, or Traefik by its IngressRoutes. */
export interface WayIn {
  /** `Gateway edge/public`, `IngressClass nginx`. */
  readonly name: string;
  /** Whose rules hold there; undefined: those of a program that is not known here. */
  readonly rules: string | undefined;
  readonly route: ((request: OutsideRequest) => RoutingAnswer) | undefined;
}

/** Every way in that is judged or known, Gateways first. */
export function waysIn(world: World): readonly WayIn[] {
  const gateways = everyKnown(world, 'Gateway').filter(({ group }) => group === GATEWAY_API);
  const classes = new Set(ingressesOf(world).map((ingress) => ingressClassOf(world, ingress) ?? ''));
  return [
    ...gateways.map((gateway) => gatewayWay(world, gateway)),
    ...istioGatewaysOf(world).map((gateway) => istioWay(world, gateway)),
    ...[...classes].map((className) => ingressWay(world, className)),
    ...ingressRouteClasses(world).map((className) => ingressRouteWay(world, className)),
  ];
}

function gatewayWay(world: World, gateway: Resource): WayIn {
  return {
    name: `Gateway ${world.namespaceOf(gateway)}/${gateway.name}`,
    rules: gatewayDialect(world, gateway) === 'traefik' ? 'Traefik' : 'the Gateway API',
    route: (request) => routeAtGateway(world, gateway, request),
  };
}

function istioWay(world: World, gateway: Resource): WayIn {
  return {
    name: `Istio's Gateway ${world.namespaceOf(gateway)}/${gateway.name}`,
    rules: 'Istio',
    route: (request) => routeAtIstioGateway(world, gateway, request),
  };
}

function ingressRouteWay(world: World, className: string): WayIn {
  return {
    name: `Traefik's IngressRoutes${className && ` of class ${className}`}`,
    rules: 'Traefik',
    route: (request) => routeByIngressRoutes(world, className, request),
  };
}

function ingressWay(world: World, className: string): WayIn {
  const name = className === '' ? 'the Ingresses without a class' : `IngressClass ${className}`;
  const program = ingressProgramOf(world, className)?.program;
  switch (program) {
    case 'traefik':
      return { name, rules: 'Traefik', route: (request) => routeByTraefikIngress(world, className, request) };
    case 'ingress-nginx':
      return { name, rules: 'ingress-nginx', route: (request) => routeByIngressNginx(world, className, request) };
    case undefined:
      return { name, rules: undefined, route: undefined };
  }
}
