import type { Resource } from '../../../manifests/resource';
import { list, record } from '../../../manifests/resource';
import { ingressBackendsOf, ingressesOf } from '../../../world/routes';
import { serviceOf } from '../../../world/services';
import type { World } from '../../../world/world';
import { check } from '../../check';
import { deadEnd } from '../../endpoints';
import { missing } from '../../missing';
import { respeltPort } from '../../respelt';

const service = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec:
  rules:
    - host: shop.example.com
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: `;

/** Argo Rollouts sets the annotation on the Ingress whose traffic a Rollout splits. */
function annotatedByRollout(world: World, ingress: Resource): boolean {
  return world.of('Rollout').some((rollout) => {
    const alb = record(rollout.at(['spec', 'strategy', 'canary', 'trafficRouting', 'alb']));
    return (
      world.namespaceOf(rollout) === world.namespaceOf(ingress) &&
      [alb?.['ingress'], ...list(alb?.['ingresses'])].includes(ingress.name)
    );
  });
}

export default check({
  id: 'ingress-backend',
  group: 'references',
  description: 'the backends of an Ingress are Services of its namespace and ports of those Services',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/ingress/',
  fix: "name a Service of the Ingress's own namespace and one of its ports, by the number or name that the Service has",
  example: {
    broken: `${service}{ name: http } } } }] }`,
    fails: ['Ingress/shop/web spec.rules[0].http.paths[0].backend.service.port'],
    fixed: `${service}{ number: 80 } } } }] }`,
  },
  *judge(world) {
    for (const ingress of ingressesOf(world)) {
      const namespace = world.namespaceOf(ingress);
      for (const { service: name, port, path } of ingressBackendsOf(ingress)) {
        // The AWS Load Balancer Controller reads such a backend from an annotation, not from a Service.
        if (
          port === 'use-annotation' &&
          (ingress.annotations[`alb.ingress.kubernetes.io/actions.${name}`] !== undefined ||
            annotatedByRollout(world, ingress))
        )
          continue;
        const absent = missing(
          world,
          { resource: ingress, path: [...path, 'name'], kind: 'Service', namespace, name },
          'requests get a 503 response',
        );
        if (absent) {
          yield absent;
          continue;
        }
        const target = serviceOf(world, namespace, name);
        if (!target || port === undefined || target.backing === 'external') continue;
        const served = target.port(port);
        if (served) {
          const end = deadEnd(world, target, served);
          if (end)
            yield {
              resource: ingress,
              path: [...path, 'name'],
              value: name,
              message: `${end.why}, so requests get a 503 response`,
              causedBy: end.causedBy,
            };
          continue;
        }
        const same = typeof port === 'number' ? target.ports.find(({ target }) => target === port) : undefined;
        const what = typeof port === 'number' ? `port ${port}` : `port named ${port}`;
        const hint = same
          ? `; ${port} is the port of its pods, and an Ingress names the Service port, ${same.number}`
          : '';
        const names = target.ports.flatMap(({ name }) => name ?? []);
        const namePath = [...path, 'port', 'name'];
        yield {
          resource: ingress,
          path: [...path, 'port'],
          value: port,
          message: `Service ${name} has no ${what} (it has: ${target.portList}), so requests get a 503 response${hint}`,
          ...respeltPort(port, names, target.ports.length === 1, namePath),
        };
      }
    }
  },
});
