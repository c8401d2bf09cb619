import { backendRefsOf, routesOf } from '../../../world/routes';
import { serviceOf } from '../../../world/services';
import { check } from '../../check';
import { deadEnd } from '../../endpoints';
import { missing } from '../../missing';

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

/** What travels to the backends of each kind of route. */
const PROTOCOL: ReadonlyMap<string, string> = new Map(Object.entries({ UDPRoute: 'UDP' }));

export default check({
  id: 'route-backend',
  group: 'references',
  description: 'the backends of a route are Services that exist, and ports that they have',
  severity: 'will-break',
  needs: ['elsewhere'],
  source: 'https://gateway-api.sigs.k8s.io/api-types/httproute/',
  fix: "name a Service that exists, and its own port, not the pods'",
  example: {
    broken: manifests(8080),
    fails: ['HTTPRoute/shop/web spec.rules[0].backendRefs[0].port'],
    fixed: manifests(80),
  },
  *judge(world) {
    for (const route of routesOf(world)) {
      const protocol = PROTOCOL.get(route.kind) ?? 'TCP';
      for (const { group, kind, name, namespace, port, path } of backendRefsOf(world, route)) {
        if (group !== '' || kind !== 'Service') continue; // an implementation's own
        const absent = missing(
          world,
          { resource: route, path: [...path, 'name'], kind: 'Service', namespace, name },
          'requests are answered with 500',
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
            message: `the reference to Service ${name} has no port, and the API server refuses the route`,
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
              message: `${end.why}, so requests are answered with 503`,
              causedBy: end.causedBy,
            };
          continue;
        }
        const other = service.port(port);
        const target = service.ports.find((candidate) => candidate.target === port);
        yield {
          resource: route,
          path: [...path, 'port'],
          value: port,
          message: other
            ? `port ${port} of Service ${name} is for ${other.protocol} only, so requests are answered with 500`
            : `Service ${name} has no port ${port} (it has: ${service.portList}), so requests are answered with 500` +
              (target
                ? `; ${port} is the port of its pods, a route names the Service's, which is ${target.number}`
                : ''),
        };
      }
    }
  },
});
