import { near } from '../../../model/near';
import { nearObject } from '../../../world/near';
import { gatewayOf, gatewaysOf, listenersMeant, listenersOf, parentRefsOf, routesOf } from '../../../world/routes';
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
  description: 'the Gateway of a route exists and has the listener and port that the parentRef names',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://gateway-api.sigs.k8s.io/api-types/httproute/',
  fix: "set the parentRef's name, namespace, sectionName and port to those of a Gateway's listener",
  example: {
    broken: manifests('web-https'),
    fails: ['HTTPRoute/shop/web spec.parentRefs[0].sectionName'],
    fixed: manifests('https'),
  },
  *judge(world) {
    for (const route of routesOf(world)) {
      for (const ref of parentRefsOf(world, route)) {
        const { name, namespace, sectionName, port, path } = ref;
        const gateway = gatewayOf(world, ref);
        if (!gateway) {
          const found = world.find('Gateway', namespace, name);
          const at = { resource: route, path: [...path, 'name'], value: name };
          if (found.is === 'unknown') {
            yield unknownReference(world, { ...at, kind: 'Gateway', namespace, name }, found.settledBy);
            continue;
          }
          const elsewhere = gatewaysOf(world).find((other) => other.name === name);
          const hint = elsewhere
            ? `; there is one in namespace ${world.namespaceOf(elsewhere)}: set the namespace in the parentRef`
            : nearObject(world, 'Gateway', namespace, name);
          yield {
            ...at,
            message: `namespace ${namespace} has no Gateway ${name}, ${notAccepted(world, route, ref)}${hint}`,
          };
          continue;
        }
        // A Gateway may take listeners from ListenerSets.
        if (
          listenersMeant(gateway, ref).length > 0 ||
          (listenersOf(gateway).length === 0 && sectionName === undefined && port === undefined)
        )
          continue;
        const listeners = listenersOf(gateway);
        const known = listeners.map((listener) => `${listener.name} (${listener.port})`).join(', ') || 'none';
        const gatewayHasNo = `Gateway ${namespace}/${name} has no listener`;
        const follows = `(it has: ${known}), ${notAccepted(world, route, ref)}`;
        if (sectionName === undefined)
          yield {
            resource: route,
            path: [...path, 'port'],
            value: port,
            message: `${gatewayHasNo} on port ${port} ${follows}`,
          };
        else {
          const wanted = port === undefined ? `named ${sectionName}` : `named ${sectionName} on port ${port}`;
          const names = listeners.map((listener) => listener.name);
          yield {
            resource: route,
            path: [...path, 'sectionName'],
            value: sectionName,
            message: `${gatewayHasNo} ${wanted} ${follows}${near(sectionName, names)}`,
            ...respelt(sectionName, names),
          };
        }
      }
    }
  },
});
