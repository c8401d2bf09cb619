import type { Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { isNginxCanary, NGINX_PREFIX, nginxAnnotation } from '../../../simulate/routing/nginx-paths';
import { ingressesOf } from '../../../world/routes';
import { check } from '../../check';

const ingress = (name: string, path: string) => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: ${name}, namespace: shop }
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example.com
      http: { paths: [{ path: ${path}, pathType: Prefix, backend: { service: { name: ${name}, port: { number: 80 } } } }] }
`;

/** Annotations that merge several Ingresses on purpose. */
const JOINED_ON_PURPOSE = [
  'nginx.org/mergeable-ingress-type',
  'haproxy.org/route-acl',
  'alb.ingress.kubernetes.io/group.name',
  'alb.ingress.kubernetes.io/conditions',
  'traefik.ingress.kubernetes.io/router.priority',
];

export default check({
  id: 'ingress-host-path-unique',
  group: 'references',
  description: 'no two rules of one IngressClass route the same host and path to different backends',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/services-networking/ingress/',
  fix: 'give each backend its own host or path',
  example: {
    broken: [ingress('web', '/'), ingress('api', '/')].join('---'),
    fails: ['Ingress/shop/api spec.rules[0].http.paths[0].path'],
    fixed: [ingress('web', '/'), ingress('api', '/api')].join('---'),
  },
  *judge(world) {
    const taken = new Map<string, { resource: Resource; path: Path; backend: string }>();
    for (const ingress of ingressesOf(world)) {
      // Of a boolean, which the API server refuses, its schema tells.
      if (isNginxCanary(ingress) || ingress.at(['metadata', 'annotations', `${NGINX_PREFIX}canary`]) === true) continue;
      if (JOINED_ON_PURPOSE.some((prefix) => Object.keys(ingress.annotations).some((name) => name.startsWith(prefix))))
        continue;
      if (Object.keys(ingress.annotations).some((name) => name.startsWith('alb.ingress.kubernetes.io/'))) continue; // one load balancer each
      const className =
        string(ingress.at(['spec', 'ingressClassName'])) ?? ingress.annotations['kubernetes.io/ingress.class'] ?? '';
      const namespace = world.namespaceOf(ingress);
      for (const [i, entry] of list(ingress.at(['spec', 'rules'])).entries()) {
        const rule = record(entry);
        for (const [j, item] of list(record(rule?.['http'])?.['paths']).entries()) {
          const at = record(item);
          const host = string(rule?.['host'])?.toLowerCase() ?? '';
          const where = string(at?.['path']) ?? '/';
          const key = JSON.stringify([className, host, where, at?.['pathType']]);
          const path = ['spec', 'rules', i, 'http', 'paths', j];
          const backend = JSON.stringify([namespace, at?.['backend']]);
          const first = taken.get(key);
          if (!first) taken.set(key, { resource: ingress, path, backend });
          else if (first.resource !== ingress && world.isSame(first.resource, ingress)) continue;
          else if (first.backend !== backend) {
            const other = first.resource === ingress ? 'an earlier rule of this Ingress' : world.idOf(first.resource);
            yield {
              resource: ingress,
              path: [...path, 'path'],
              value: where,
              message: `${other} routes ${host || 'every host'}${where} to another backend; the controller rejects one of the two, or one gets no requests${noCanary(ingress)}`,
              ...(noCanary(ingress)
                ? { fix: 'set nginx.ingress.kubernetes.io/canary to "true", or give each backend its own host or path' }
                : {}),
            };
          }
        }
      }
    }
  },
});

/** Who meant a canary reads why it is none. */
function noCanary(ingress: Resource): string {
  const canary = nginxAnnotation(ingress, 'canary');
  const isMeant = Object.keys(ingress.annotations).some((key) => key.startsWith(`${NGINX_PREFIX}canary`));
  return isMeant
    ? `; it is no canary of ingress-nginx: canary is ${canary === undefined ? 'absent' : `"${canary}"`} and not "true"`
    : '';
}
