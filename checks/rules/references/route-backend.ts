import { backendRefsOf, routesOf } from '../../../world/routes';
import { serviceOf } from '../../../world/services';
import { check } from '../../check';
import { noCoreKind } from '../../core-kinds';
import { deadEnd } from '../../endpoints';
import { missing } from '../../missing';
import { backendFails } from '../../route-words';

const manifests = (port: number) => `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec: { parentRefs: [{ name: public }], rules: [{ backendRefs: [{ name: web, port: ${port} }] }] }
`;

/** The protocol of each kind of route to its backends. */
const PROTOCOL: ReadonlyMap<string, string> = new Map(Object.entries({ UDPRoute: 'UDP' }));

export default check({
  id: 'route-backend',
  group: 'references',
  description: 'the backends of a route are existing Services and ports of those Services',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://gateway-api.sigs.k8s.io/api-types/httproute/',
  fix: 'name an existing Service and its own port, not the port of its pods',
  example: {
    broken: manifests(8080),
    fails: ['HTTPRoute/shop/web spec.rules[0].backendRefs[0].port'],
    fixed: manifests(80),
  },
  *judge(world) {
    for (const route of routesOf(world)) {
      const protocol = PROTOCOL.get(route.kind) ?? 'TCP';
      for (const { group, kind, name, namespace, port, path } of backendRefsOf(world, route)) {
        const wrong = group === '' ? noCoreKind(kind, ['Service']) : undefined;
        if (wrong)
          yield {
            resource: route,
            path: [...path, 'kind'],
            value: kind,
            message: `${wrong}, so ${backendFails(route.kind, 'invalid')}`,
          };
        if (group !== '' || kind !== 'Service') continue; // defined by the implementation
        const absent = missing(
          world,
          { resource: route, path: [...path, 'name'], kind: 'Service', namespace, name },
          backendFails(route.kind, 'invalid'),
        );
        if (absent) {
          yield absent;
          continue;
        }
        const service = serviceOf(world, namespace, name);
        if (!service) continue;
        if (port === undefined) {
          yield {
            resource: route,
            path,
            message: `the reference to Service ${name} has no port: the API server rejects the route`,
          };
          continue;
        }
        if (service.backing === 'external') continue;
        const served = service.port(port, protocol);
        if (served) {
          const end = deadEnd(world, service, served);
          if (end)
            yield {
              resource: route,
              path: [...path, 'name'],
              value: name,
              message: `${end.why}, so ${backendFails(route.kind, 'no pods')}`,
              causedBy: end.causedBy,
            };
          continue;
        }
        const other = service.port(port);
        const target = service.ports.find((candidate) => candidate.target === port);
        const at = { resource: route, path: [...path, 'port'], value: port };
        const hint = target
          ? `; ${port} is the port of its pods, and a route names the Service port, ${target.number}`
          : '';
        if (other)
          yield {
            ...at,
            message: `port ${port} of Service ${name} has protocol ${other.protocol} only, so ${backendFails(route.kind, 'invalid')}`,
          };
        else
          yield {
            ...at,
            message: `Service ${name} has no port ${port} (it has: ${service.portList}), so ${backendFails(route.kind, 'invalid')}${hint}`,
          };
      }
    }
  },
});
