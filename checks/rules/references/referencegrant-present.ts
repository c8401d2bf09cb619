import { list, record, text } from '../../../manifests/resource';
import { backendRefsOf, gatewaysOf, isGranted, listenersOf, routesOf } from '../../../world/routes';
import { check } from '../../check';

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
  description: 'a reference into another namespace is allowed there by a ReferenceGrant',
  severity: 'will-break',
  needs: ['elsewhere'],
  source: 'https://gateway-api.sigs.k8s.io/api-types/referencegrant/',
  fix: 'add a ReferenceGrant to the namespace that is referred to, naming the kind and namespace that the reference comes from',
  example: {
    broken: manifests('gateways'),
    fails: ['HTTPRoute/edge/web spec.rules[0].backendRefs[0].namespace'],
    fixed: manifests('edge'),
  },
  *judge(world) {
    for (const route of routesOf(world)) {
      for (const ref of backendRefsOf(world, route))
        yield* judge(route, [...ref.path, 'namespace'], ref, 'requests are answered with 500');
    }
    for (const gateway of gatewaysOf(world)) {
      for (const listener of listenersOf(gateway)) {
        for (const [i, entry] of list(gateway.at([...listener.path, 'tls', 'certificateRefs'])).entries()) {
          const ref = record(entry);
          const to = {
            group: text(ref?.['group']) ?? '',
            kind: text(ref?.['kind']) ?? 'Secret',
            name: text(ref?.['name']) ?? '',
            namespace: text(ref?.['namespace']) || world.namespaceOf(gateway),
          };
          yield* judge(
            gateway,
            [...listener.path, 'tls', 'certificateRefs', i, 'namespace'],
            to,
            `listener ${listener.name} has no certificate and does not answer`,
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
      if (to.namespace === namespace || isGranted(world, { kind: resource.kind, namespace }, to)) return;
      const whole = world.isWhole(to.namespace);
      yield {
        resource,
        path,
        value: to.namespace,
        verdict: whole ? ('fail' as const) : ('unknown' as const),
        message: whole
          ? `no ReferenceGrant of namespace ${to.namespace} lets ${resource.kind}s of namespace ${namespace} refer to ${to.kind} ${to.name}, so ${consequence}`
          : `whether namespace ${to.namespace} has a ReferenceGrant for ${resource.kind}s of namespace ${namespace} is not known; --declare it if it stands elsewhere`,
      };
    }
  },
});
