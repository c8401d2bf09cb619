import { holderOf } from '../../../world/listeners';
import {
  allowsRoute,
  hostnamesIntersect,
  hostnamesOf,
  listenersMeant,
  parentRefsOf,
  routesOf,
  servesHostname,
} from '../../../world/routes';
import { check } from '../../check';
import { notAccepted } from '../../route-words';

const manifests = (host: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: public, namespace: shop }
spec: { gatewayClassName: traefik, listeners: [{ name: http, port: 80, protocol: HTTP, hostname: '*.apps.example.com' }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec: { parentRefs: [{ name: public }], hostnames: [${host}], rules: [{ backendRefs: [{ name: web, port: 80 }] }] }
`;

export default check({
  id: 'route-hostname-intersects',
  group: 'references',
  description: 'each hostname of a route intersects with a listener of its Gateway or ListenerSet',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://gateway-api.sigs.k8s.io/api-types/httproute/',
  fix: "use a hostname that matches the listener's hostname (a wildcard matches one or more labels, never zero)",
  example: {
    broken: manifests('apps.example.com'),
    fails: ['HTTPRoute/shop/web spec.hostnames'],
    fixed: manifests('web.apps.example.com'),
  },
  *judge(world) {
    for (const route of routesOf(world)) {
      for (const ref of parentRefsOf(world, route)) {
        const parent = holderOf(world, ref);
        // route-allowed-by-listener reports a listener that does not allow the route.
        const listeners = parent
          ? listenersMeant(parent, ref).filter((listener) => allowsRoute(world, listener, route) !== 'no')
          : [];
        if (listeners.length === 0) continue;
        const hosts = listeners.map(({ hostname }) => hostname).join(', ');
        if (!listeners.some((listener) => servesHostname(listener, route))) {
          yield {
            resource: route,
            path: ['spec', 'hostnames'],
            value: hostnamesOf(route),
            message: `${ref.kind} ${ref.namespace}/${ref.name} serves ${hosts} and none of the route's hostnames, ${notAccepted(world, route, ref)}`,
          };
          continue;
        }
        // Another parent may serve the other hostnames of an accepted route.
        if (parentRefsOf(world, route).length > 1 || listeners.some(({ hostname }) => hostname === undefined)) continue;
        for (const [i, host] of hostnamesOf(route).entries()) {
          if (listeners.some(({ hostname }) => hostnamesIntersect(hostname!, host))) continue;
          yield {
            resource: route,
            path: ['spec', 'hostnames', i],
            value: host,
            message: `${ref.kind} ${ref.namespace}/${ref.name} serves only ${hosts}, so requests for ${host} do not reach the route`,
          };
        }
      }
    }
  },
});
