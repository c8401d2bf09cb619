import {
  allowsKind,
  allowsNamespace,
  anyAllows,
  gatewayOf,
  listenersMeant,
  parentRefsOf,
  routesOf,
} from '../../../world/routes';
import { check } from '../../check';

const manifests = (access: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { access: ${access} } }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: public, namespace: gateways }
spec:
  gatewayClassName: traefik
  listeners:
    - name: http
      port: 80
      protocol: HTTP
      allowedRoutes: { namespaces: { from: Selector, selector: { matchLabels: { access: public } } } }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec: { parentRefs: [{ name: public, namespace: gateways }], rules: [{ backendRefs: [{ name: web, port: 80 }] }] }
`;

export default check({
  id: 'route-allowed-by-listener',
  group: 'references',
  description: "a listener of the route's Gateway takes routes of its kind from its namespace",
  severity: 'will-break',
  needs: ['elsewhere'],
  source: 'https://gateway-api.sigs.k8s.io/guides/multiple-ns/',
  fix: "label the route's namespace as the listener's allowedRoutes demand, or let the listener take this namespace and kind",
  example: {
    broken: manifests('internal'),
    fails: ['HTTPRoute/shop/web spec.parentRefs[0]'],
    fixed: manifests('public'),
  },
  *judge(world) {
    for (const route of routesOf(world)) {
      for (const ref of parentRefsOf(world, route)) {
        const gateway = gatewayOf(world, ref);
        const listeners = gateway ? listenersMeant(gateway, ref) : [];
        if (!gateway || listeners.length === 0) continue;
        const allowed = anyAllows(world, listeners, route);
        if (allowed === 'yes') continue;
        const { routeNamespace } = ref;
        const names = listeners.map(({ name }) => name).join(', ');
        const kindIsTaken = listeners.some((listener) => allowsKind(listener, route.kind));
        const onlySame = listeners.every(
          ({ gateway, path }) => (gateway.at([...path, 'allowedRoutes', 'namespaces', 'from']) ?? 'Same') === 'Same',
        );
        const reason = !kindIsTaken
          ? `takes no ${route.kind}`
          : listeners.some((listener) => allowsNamespace(world, listener, routeNamespace) === 'no') && onlySame
            ? `takes routes of its own namespace ${world.namespaceOf(gateway)} only (the default)`
            : `does not take routes of namespace ${routeNamespace}, whose labels its allowedRoutes do not select`;
        yield {
          resource: route,
          path: ref.path,
          value: ref.name,
          verdict: allowed === 'no' ? 'fail' : 'unknown',
          message:
            allowed === 'no'
              ? `listener ${names} of Gateway ${ref.namespace}/${ref.name} ${reason}, so the route is not accepted and gets no requests`
              : `whether listener ${names} of Gateway ${ref.namespace}/${ref.name} takes routes of namespace ${routeNamespace} depends on the namespace's labels; judge the Namespace along, or --declare it`,
        };
      }
    }
  },
});
