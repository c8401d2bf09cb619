import type { Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { controllerOf } from '../../../world/gateway-controllers';
import { gatewayOfSet, holderOf } from '../../../world/listeners';
import { parentRefsOf, routesOf } from '../../../world/routes';
import type { World } from '../../../world/world';
import { check } from '../../check';
import { backendFails } from '../../route-words';

const manifests = (filter: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: traefik }
spec: { controllerName: traefik.io/gateway-controller }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: public, namespace: shop }
spec: { gatewayClassName: traefik, listeners: [{ name: http, port: 80, protocol: HTTP }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec:
  parentRefs: [{ name: public }]
  rules: [{ filters: [${filter}], backendRefs: [{ name: web, port: 80 }] }]
`;

export default check({
  id: 'route-filter-supported',
  group: 'references',
  description: "the Gateway's controller supports the filters of a route",
  severity: 'will-break',
  needs: ['cluster'],
  source: 'https://gateway-api.sigs.k8s.io/api-types/httproute/',
  fix: 'remove the filter, or do the same by what the controller has instead (Traefik mirrors with a TraefikService)',
  example: {
    broken: manifests('{ type: RequestMirror, requestMirror: { backendRef: { name: audit, port: 80 } } }'),
    fails: ['HTTPRoute/shop/web spec.rules[0].filters[0].type'],
    fixed: manifests('{ type: RequestHeaderModifier, requestHeaderModifier: { remove: [x-debug] } }'),
  },
  *judge(world) {
    for (const route of routesOf(world)) {
      const gateways = gatewaysOf(world, route);
      for (const { type, path, ofBackend } of filtersOf(route)) {
        for (const gateway of gateways) {
          const known = controllerOf(world, gateway);
          if (!known) continue;
          const { controller, certain } = known;
          const applied = controller.applies?.[route.kind];
          const refused = applied ? !applied.includes(type) : controller.lacked?.includes(type) === true;
          if (!refused) continue;
          const at = { resource: route, path, value: type };
          const follows = `${backendFails(route.kind, 'invalid')}${ofBackend ? ' for the share of this backend' : ' where this rule matches'}`;
          if (certain && applied) {
            yield { ...at, message: `${controller.name} does not support the filter ${type}, so ${follows}` };
            break;
          }
          yield {
            ...at,
            verdict: 'unknown',
            settledBy: certain ? 'program' : 'cluster',
            message: certain
              ? `${controller.name} did not support the filter ${type} when it was last tested; if the version that runs does not either, ${follows}`
              : `if GatewayClass ${gateway.at(['spec', 'gatewayClassName'])} is one of ${controller.name}, it does not support the filter ${type} and ${follows}`,
          };
          break;
        }
      }
    }
  },
});

/** The Gateways that serve a route, by themselves or by a ListenerSet. */
function gatewaysOf(world: World, route: Resource): Resource[] {
  return parentRefsOf(world, route).flatMap((ref) => {
    const parent = holderOf(world, ref);
    if (!parent || ref.kind === 'Gateway') return parent ?? [];
    const above = gatewayOfSet(world, parent);
    return (above && holderOf(world, above)) ?? [];
  });
}

interface Filter {
  readonly type: string;
  readonly path: Path;
  readonly ofBackend: boolean;
}

function* filtersOf(route: Resource): Iterable<Filter> {
  for (const [i, rule] of list(route.at(['spec', 'rules']))
    .map(record)
    .entries()) {
    yield* at(rule?.['filters'], ['spec', 'rules', i, 'filters'], false);
    // Those of a GRPCRoute's backends Traefik does not read.
    if (route.kind !== 'HTTPRoute') continue;
    for (const [j, ref] of list(rule?.['backendRefs']).map(record).entries())
      yield* at(ref?.['filters'], ['spec', 'rules', i, 'backendRefs', j, 'filters'], true);
  }

  function* at(filters: unknown, path: Path, ofBackend: boolean): Iterable<Filter> {
    for (const [i, filter] of list(filters).entries()) {
      const type = string(record(filter)?.['type']);
      if (type !== undefined) yield { type, path: [...path, i, 'type'], ofBackend };
    }
  }
}
