import {
  allowsRoute,
  gatewayOf,
  hostnamesIntersect,
  hostnamesOf,
  listenersMeant,
  parentRefsOf,
  routesOf,
  servesHostname,
} from '../../../world/routes';
import { check } from '../../check';

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
  description: 'each host name of a route is served by a listener of its Gateway',
  severity: 'will-break',
  needs: ['elsewhere'],
  source: 'https://gateway-api.sigs.k8s.io/api-types/httproute/',
  fix: "choose a host name that the listener's hostname includes (a wildcard stands for one or more labels, never for none)",
  example: {
    broken: manifests('apps.example.com'),
    fails: ['HTTPRoute/shop/web spec.hostnames'],
    fixed: manifests('web.apps.example.com'),
  },
  *judge(world) {
    for (const route of routesOf(world)) {
      for (const ref of parentRefsOf(world, route)) {
        const gateway = gatewayOf(world, ref);
        // A listener that does not take the route anyway is another check's matter.
        const listeners = gateway
          ? listenersMeant(gateway, ref).filter((listener) => allowsRoute(world, listener, route) !== 'no')
          : [];
        if (listeners.length === 0) continue;
        const hosts = listeners.map(({ hostname }) => hostname).join(', ');
        if (!listeners.some((listener) => servesHostname(listener, route))) {
          yield {
            resource: route,
            path: ['spec', 'hostnames'],
            value: hostnamesOf(route),
            message: `Gateway ${ref.namespace}/${ref.name} serves ${hosts} and none of the route's host names, so the route is not accepted and gets no requests`,
          };
          continue;
        }
        // The others of an accepted route may be served by another parent.
        if (parentRefsOf(world, route).length > 1 || listeners.some(({ hostname }) => hostname === undefined)) continue;
        for (const [i, host] of hostnamesOf(route).entries()) {
          if (listeners.some(({ hostname }) => hostnamesIntersect(hostname!, host))) continue;
          yield {
            resource: route,
            path: ['spec', 'hostnames', i],
            value: host,
            message: `Gateway ${ref.namespace}/${ref.name} serves ${hosts} only, so requests for ${host} do not reach the route`,
          };
        }
      }
    }
  },
});
