import { allowsListeners, gatewayOfSet, holderOf, listenerSetsOf } from '../../../world/listeners';
import { check } from '../../check';
import { missing } from '../../missing';

const manifests = (allowed: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: public, namespace: gateways }
spec:
  gatewayClassName: traefik
  allowedListeners: { namespaces: { from: ${allowed} } }
  listeners: [{ name: http, port: 80, protocol: HTTP }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: { name: shop, namespace: shop }
spec:
  parentRef: { name: public, namespace: gateways }
  listeners: [{ name: shop, port: 80, protocol: HTTP, hostname: shop.example.com }]
`;

export default check({
  id: 'listenerset-attached',
  group: 'references',
  description: 'the Gateway of a ListenerSet exists and takes listeners from its namespace',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://gateway-api.sigs.k8s.io/geps/gep-1713/',
  fix: "name an existing Gateway, and let its spec.allowedListeners.namespaces take the ListenerSet's namespace (by default it takes none)",
  example: {
    broken: manifests('Same'),
    fails: ['ListenerSet/shop/shop spec.parentRef'],
    fixed: manifests('All'),
  },
  *judge(world) {
    for (const set of listenerSetsOf(world)) {
      const parent = gatewayOfSet(world, set);
      if (!parent) continue;
      const gateway = holderOf(world, parent);
      const place = { resource: set, path: ['spec', 'parentRef', 'name'] };
      const follows = 'its listeners are not served';
      if (!gateway) {
        const absent = missing(world, { ...place, ...parent }, follows);
        if (absent) yield absent;
        continue;
      }
      const namespace = world.namespaceOf(set);
      const allowed = allowsListeners(world, gateway, namespace);
      if (allowed === 'yes') continue;
      const at = { resource: set, path: ['spec', 'parentRef'], value: parent.name };
      const id = `Gateway ${parent.namespace}/${parent.name}`;
      const from = gateway.at(['spec', 'allowedListeners', 'namespaces', 'from']) ?? 'None';
      if (allowed === 'unknown')
        yield {
          ...at,
          verdict: 'unknown',
          message: `whether ${id} takes listeners from namespace ${namespace} depends on the labels of the namespace; judge the Namespace too, or --declare it`,
        };
      else if (from === 'None') yield { ...at, message: `${id} takes no ListenerSets (the default), so ${follows}` };
      else
        yield {
          ...at,
          message:
            from === 'Same'
              ? `${id} takes only ListenerSets of its own namespace, so ${follows}`
              : `${id} takes no ListenerSets of namespace ${namespace}, whose labels its allowedListeners do not select, so ${follows}`,
        };
    }
  },
});
