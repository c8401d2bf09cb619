import type { Resource } from '../../../manifests/resource';
import { list, record } from '../../../manifests/resource';
import { ingressBackendsOf, ingressesOf } from '../../../world/routes';
import { serviceOf } from '../../../world/services';
import type { World } from '../../../world/world';
import { check } from '../../check';
import { deadEnd } from '../../endpoints';
import { missing } from '../../missing';

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

/** A Rollout writes the annotation of the Ingress whose traffic it splits, when it runs. */
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
  description: "an Ingress's backends are Services of its namespace, and ports that they have",
  severity: 'will-break',
  needs: ['elsewhere'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/ingress/',
  fix: "name a Service of the Ingress's own namespace and one of its ports, by its number or by the name that the Service gives it",
  example: {
    broken: `${service}{ name: http } } } }] }`,
    fails: ['Ingress/shop/web spec.rules[0].http.paths[0].backend.service.port'],
    fixed: `${service}{ number: 80 } } } }] }`,
  },
  *judge(world) {
    for (const ingress of ingressesOf(world)) {
      const namespace = world.namespaceOf(ingress);
      for (const { service: name, port, path } of ingressBackendsOf(ingress)) {
        // The AWS Load Balancer Controller takes such a backend from an annotation: no Service is meant.
        if (
          port === 'use-annotation' &&
          (ingress.annotations[`alb.ingress.kubernetes.io/actions.${name}`] !== undefined ||
            annotatedByRollout(world, ingress))
        )
          continue;
        const absent = missing(
          world,
          { resource: ingress, path: [...path, 'name'], kind: 'Service', namespace, name },
          'requests are answered with 503',
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
              message: `${end.why}, so requests are answered with 503`,
              causedBy: end.causedBy,
            };
          continue;
        }
        const same = typeof port === 'number' ? target.ports.find(({ target }) => target === port) : undefined;
        yield {
          resource: ingress,
          path: [...path, 'port'],
          value: port,
          message:
            `Service ${name} has no port ${typeof port === 'number' ? '' : 'named '}${port} (it has: ${target.portList}), so requests are answered with 503` +
            (same ? `; ${port} is the port of its pods, an Ingress names the Service's, which is ${same.number}` : ''),
        };
      }
    }
  },
});
