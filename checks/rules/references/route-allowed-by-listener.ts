import { allowsKind, allowsNamespace, holderOf } from '../../../world/listeners';
import { anyAllows, listenersMeant, parentRefsOf, routesOf } from '../../../world/routes';
import { check } from '../../check';
import { notAccepted } from '../../route-words';

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
  description: 'a listener of the Gateway or ListenerSet allows routes of this kind from the namespace of the route',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://gateway-api.sigs.k8s.io/guides/multiple-ns/',
  fix: "add the labels that the listener's allowedRoutes select to the route's namespace, or allow this namespace and kind in the listener",
  example: {
    broken: manifests('internal'),
    fails: ['HTTPRoute/shop/web spec.parentRefs[0]'],
    fixed: manifests('public'),
  },
  *judge(world) {
    for (const route of routesOf(world)) {
      for (const ref of parentRefsOf(world, route)) {
        const parent = holderOf(world, ref);
        const listeners = parent ? listenersMeant(parent, ref) : [];
        if (!parent || listeners.length === 0) continue;
        const allowed = anyAllows(world, listeners, route);
        if (allowed === 'yes') continue;
        const { routeNamespace } = ref;
        const names = listeners.map(({ name }) => name).join(', ');
        const kindIsAllowed = listeners.some((listener) => allowsKind(listener, route.kind));
        const onlySame = listeners.every(
          ({ holder, path }) => (holder.at([...path, 'allowedRoutes', 'namespaces', 'from']) ?? 'Same') === 'Same',
        );
        const at = { resource: route, path: ref.path, value: ref.name };
        const which = `listener ${names} of ${ref.kind} ${ref.namespace}/${ref.name}`;
        const follows = notAccepted(world, route, ref);
        if (allowed === 'unknown')
          yield {
            ...at,
            verdict: 'unknown',
            message: `whether ${which} allows routes of namespace ${routeNamespace} depends on the labels of the namespace; judge the Namespace too, or --declare it`,
          };
        else if (!kindIsAllowed) yield { ...at, message: `${which} does not allow ${route.kind}s, ${follows}` };
        else if (onlySame && listeners.some((listener) => allowsNamespace(world, listener, routeNamespace) === 'no'))
          yield {
            ...at,
            message: `${which} allows only routes of its own namespace ${world.namespaceOf(parent)} (the default), ${follows}`,
          };
        else
          yield {
            ...at,
            message: `${which} does not allow routes of namespace ${routeNamespace}, whose labels its allowedRoutes do not select, ${follows}`,
          };
      }
    }
  },
});
