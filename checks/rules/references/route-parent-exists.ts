import { near } from '../../../model/near';
import { holderOf, listenerHoldersOf, listenersOf } from '../../../world/listeners';
import { nearObject } from '../../../world/near';
import { listenersMeant, parentRefsOf, routesOf } from '../../../world/routes';
import { check } from '../../check';
import { unknownReference } from '../../missing';
import { respelt } from '../../respelt';
import { notAccepted } from '../../route-words';

const manifests = (section: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: public, namespace: shop }
spec: { gatewayClassName: traefik, listeners: [{ name: http, port: 80, protocol: HTTP }, { name: https, port: 443, protocol: HTTPS }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec: { parentRefs: [{ name: public, sectionName: ${section} }], rules: [{ backendRefs: [{ name: web, port: 80 }] }] }
`;

export default check({
  id: 'route-parent-exists',
  group: 'references',
  description: 'the Gateway or ListenerSet of a route exists and has the listener and port that the parentRef names',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://gateway-api.sigs.k8s.io/api-types/httproute/',
  fix: "set the parentRef's name, namespace, sectionName and port to those of a listener of a Gateway or ListenerSet",
  example: {
    broken: manifests('web-https'),
    fails: ['HTTPRoute/shop/web spec.parentRefs[0].sectionName'],
    fixed: manifests('https'),
  },
  *judge(world) {
    for (const route of routesOf(world)) {
      for (const ref of parentRefsOf(world, route)) {
        const { kind, name, namespace, sectionName, port, path } = ref;
        const parent = holderOf(world, ref);
        if (!parent) {
          const found = world.find(kind, namespace, name);
          const at = { resource: route, path: [...path, 'name'], value: name };
          if (found.is === 'unknown') {
            yield unknownReference(world, { ...at, kind, namespace, name }, found.settledBy);
            continue;
          }
          const elsewhere = listenerHoldersOf(world).find((other) => other.kind === kind && other.name === name);
          const hint = elsewhere
            ? `; there is one in namespace ${world.namespaceOf(elsewhere)}: set the namespace in the parentRef`
            : nearObject(world, kind, namespace, name);
          yield {
            ...at,
            message: `namespace ${namespace} has no ${kind} ${name}, ${notAccepted(world, route, ref)}${hint}`,
          };
          continue;
        }
        // A Gateway may have all of its listeners from ListenerSets.
        if (
          listenersMeant(parent, ref).length > 0 ||
          (listenersOf(parent).length === 0 && sectionName === undefined && port === undefined)
        )
          continue;
        const listeners = listenersOf(parent);
        const known =
          listeners.map((listener) => `${listener.name} (${listener.port ?? 'any port'})`).join(', ') || 'none';
        const parentHasNo = `${kind} ${namespace}/${name} has no listener`;
        const follows = `(it has: ${known}), ${notAccepted(world, route, ref)}`;
        if (sectionName === undefined)
          yield {
            resource: route,
            path: [...path, 'port'],
            value: port,
            message: `${parentHasNo} on port ${port} ${follows}`,
          };
        else {
          const wanted = port === undefined ? `named ${sectionName}` : `named ${sectionName} on port ${port}`;
          const names = listeners.map((listener) => listener.name);
          yield {
            resource: route,
            path: [...path, 'sectionName'],
            value: sectionName,
            message: `${parentHasNo} ${wanted} ${follows}${near(sectionName, names)}`,
            ...respelt(sectionName, names),
          };
        }
      }
    }
  },
});
