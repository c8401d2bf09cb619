import { list, record, string } from '../../../manifests/resource';
import { listenerHoldersOf, listenersOf } from '../../../world/listeners';
import { backendRefsOf, isGranted, routesOf } from '../../../world/routes';
import { check } from '../../check';
import { backendFails } from '../../route-words';

const manifests = (from: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: edge }
spec: { parentRefs: [{ name: public }], rules: [{ backendRefs: [{ name: web, namespace: shop, port: 80 }] }] }
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: { name: from-edge, namespace: shop }
spec:
  from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: ${from} }]
  to: [{ group: '', kind: Service }]
`;

export default check({
  id: 'referencegrant-present',
  group: 'references',
  description: 'a ReferenceGrant in the target namespace allows a cross-namespace reference',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://gateway-api.sigs.k8s.io/api-types/referencegrant/',
  fix: 'add a ReferenceGrant to the target namespace, with the kind and namespace of the referring object in spec.from',
  example: {
    broken: manifests('gateways'),
    fails: ['HTTPRoute/edge/web spec.rules[0].backendRefs[0].namespace'],
    fixed: manifests('edge'),
  },
  *judge(world) {
    for (const route of routesOf(world)) {
      for (const ref of backendRefsOf(world, route))
        yield* judge(route, [...ref.path, 'namespace'], ref, backendFails(route.kind, 'invalid'));
    }
    for (const holder of listenerHoldersOf(world)) {
      for (const listener of listenersOf(holder)) {
        for (const [i, entry] of list(holder.at([...listener.path, 'tls', 'certificateRefs'])).entries()) {
          const ref = record(entry);
          const to = {
            group: string(ref?.['group']) ?? '',
            kind: string(ref?.['kind']) ?? 'Secret',
            name: string(ref?.['name']) ?? '',
            namespace: string(ref?.['namespace']) || world.namespaceOf(holder),
          };
          yield* judge(
            holder,
            [...listener.path, 'tls', 'certificateRefs', i, 'namespace'],
            to,
            `listener ${listener.name} has no certificate and does not respond`,
          );
        }
      }
    }

    function* judge(
      resource: (typeof world.resources)[number],
      path: readonly (string | number)[],
      to: { readonly group: string; readonly kind: string; readonly name: string; readonly namespace: string },
      consequence: string,
    ) {
      const namespace = world.namespaceOf(resource);
      if (to.namespace === namespace || isGranted(world, { group: resource.group, kind: resource.kind, namespace }, to))
        return;
      const at = { resource, path, value: to.namespace };
      if (world.isComplete(to.namespace, 'ReferenceGrant'))
        yield {
          ...at,
          message: `no ReferenceGrant in namespace ${to.namespace} allows ${resource.kind}s of namespace ${namespace} to refer to ${to.kind} ${to.name}, so ${consequence}`,
        };
      else
        yield {
          ...at,
          verdict: 'unknown' as const,
          message: `whether namespace ${to.namespace} has a ReferenceGrant for ${resource.kind}s of namespace ${namespace} is not known; --declare it if it is defined elsewhere`,
        };
    }
  },
});
