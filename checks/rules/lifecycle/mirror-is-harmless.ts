import type { WorkloadManifest } from '../../../manifests/workload';
import { MIRRORED_STATE } from '../../../model/marks';
import type { Mirrored } from '../../../world/mirrors';
import { mirrorsOf } from '../../../world/mirrors';
import { serviceOf } from '../../../world/services';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { sharedState } from '../../shared-state';

const version = (name: string, redis: string) => `
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: web, image: 'shop/web:1.4.2', env: [{ name: REDIS_URL, value: '${redis}' }] }] }
---`;
const manifests = (redis: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---${version('web', 'redis://redis:6379/0')}${version('web-next', redis)}
apiVersion: v1
kind: Service
metadata: { name: redis, namespace: shop }
spec: { selector: { app: redis }, ports: [{ port: 6379 }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: redis, namespace: shop }
spec:
  selector: { matchLabels: { app: redis } }
  template: { metadata: { labels: { app: redis } }, spec: { containers: [{ name: redis, image: 'redis:7.4.1' }] } }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec:
  parentRefs: [{ name: public }]
  rules:
    - matches: [{ path: { type: PathPrefix, value: /orders }, method: POST }]
      filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: web-next, port: 80 } } }]
      backendRefs: [{ name: web, port: 80 }]
`;

/** Methods that ask for nothing to be changed (RFC 9110, 9.2.1). What a program writes all the same no manifest tells. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

export default check({
  id: 'mirror-is-harmless',
  group: 'lifecycle',
  description: 'copies of requests reach no store that the version which answers them writes',
  severity: 'will-break',
  needs: [],
  source: 'https://gateway-api.sigs.k8s.io/guides/http-request-mirroring/',
  fix: `give the version that gets the copies a database, a key prefix or a store of its own, or copy only methods that change nothing; where it does no harm, say why by the annotation ${MIRRORED_STATE} of that workload`,
  example: {
    broken: manifests('redis://redis:6379/0'),
    fails: ['HTTPRoute/shop/web spec.rules[0].filters[0].requestMirror.backendRef.name'],
    fixed: manifests('redis://redis:6379/1'),
  },
  *judge(world) {
    for (const mirrored of mirrorsOf(world)) {
      if (mirrored.methods?.every((method) => SAFE.has(method))) continue;
      yield* judged(world, mirrored);
    }
  },
});

function* judged(world: World, mirrored: Mirrored): Iterable<Finding> {
  const { resource, path, value, live, copy, methods } = mirrored;
  const behind = ({ namespace, name }: typeof copy) => serviceOf(world, namespace, name)?.workloads ?? [];
  const told = new Set<string>();
  for (const one of new Set(live.flatMap(behind)))
    for (const other of behind(copy)) {
      if (other.resource.annotations[MIRRORED_STATE]?.trim()) continue;
      for (const { what, apart } of sharedState(world, one, other)) {
        const key = `${what} ${apart.join()}`;
        if (told.has(key)) continue;
        told.add(key);
        const requests = methods ? `${methods.join(' and ')} requests` : 'requests of every method';
        const both =
          one === other
            ? `${named(one)}, which answers them already`
            : `${named(other)}, which is told of the same ${what} as ${named(one)}`;
        const copied = `copies of ${requests} go to ${both}`;
        yield {
          ...{ resource, path, value },
          ...(apart.length === 0
            ? { message: `${copied}: what such a request writes is written twice` }
            : {
                verdict: 'unknown' as const,
                settledBy: 'program' as const,
                message: `${copied}; unless ${listed(apart)}, which ${apart.length === 1 ? 'differs' : 'differ'}, keeps apart what they write, it is written twice`,
              }),
        };
      }
    }
}

function listed(names: readonly string[]): string {
  return names.length > 4
    ? `${names.slice(0, 3).join(', ')} or one of ${names.length - 3} other settings`
    : names.join(' or ');
}

function named({ resource }: WorkloadManifest): string {
  return `${resource.kind} ${resource.name}`;
}
