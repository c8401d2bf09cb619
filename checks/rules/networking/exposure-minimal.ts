import { list } from '../../../manifests/resource';
import { backendRefsOf, ingressBackendsOf, ingressesOf, routesOf } from '../../../world/routes';
import { servicesOf } from '../../../world/services';
import type { World } from '../../../world/world';
import { check } from '../../check';

const service = (type: string) => `
apiVersion: v1
kind: Service
metadata: { name: redis, namespace: shop }
spec: { type: ${type}, selector: { app: redis }, ports: [{ port: 6379 }] }
`;

/** What is no business of anybody outside. */
const DATA_STORES: Readonly<Record<number, string>> = {
  2379: 'etcd',
  3306: 'MySQL',
  5432: 'PostgreSQL',
  6379: 'Redis',
  9042: 'Cassandra',
  9200: 'Elasticsearch',
  11211: 'memcached',
  15672: "RabbitMQ's management",
  27017: 'MongoDB',
};

/** Annotations that keep a cloud's load balancer inside the network. */
const INTERNAL = /internal|source-ranges|private/i;

/** Controllers that go through node ports on purpose. */
const NEEDS_NODE_PORT = /^(alb|gce|gce-internal)$/;

function routed(world: World): Set<string> {
  const services = new Set<string>();
  for (const route of routesOf(world))
    for (const { kind, namespace, name } of backendRefsOf(world, route))
      if (kind === 'Service') services.add(`${namespace}/${name}`);
  for (const ingress of ingressesOf(world)) {
    if (
      NEEDS_NODE_PORT.test(
        String(ingress.at(['spec', 'ingressClassName']) ?? ingress.annotations['kubernetes.io/ingress.class'] ?? 'gce'),
      )
    )
      continue;
    for (const { service } of ingressBackendsOf(ingress)) services.add(`${world.namespaceOf(ingress)}/${service}`);
  }
  return services;
}

export default check({
  id: 'exposure-minimal',
  group: 'networking',
  description: 'a Service is open to the outside only where that is its purpose, and by one way only',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/',
  fix: 'use type ClusterIP, and an Ingress or route for what is meant for the outside; or restrict loadBalancerSourceRanges',
  example: { broken: service('LoadBalancer'), fails: ['Service/shop/redis spec.type'], fixed: service('ClusterIP') },
  *judge(world) {
    const behindProxy = routed(world);
    for (const { resource, namespace, name, type, ports } of servicesOf(world)) {
      if (list(resource.at(['spec', 'externalIPs'])).length > 0) {
        yield {
          resource,
          path: ['spec', 'externalIPs'],
          value: resource.at(['spec', 'externalIPs']),
          message:
            'externalIPs take over an address for the whole cluster, and whoever may write Services can catch traffic that is meant for others by them',
        };
      }
      if (type !== 'NodePort' && type !== 'LoadBalancer') continue;
      const isRestricted =
        list(resource.at(['spec', 'loadBalancerSourceRanges'])).length > 0 ||
        (type === 'LoadBalancer' &&
          Object.entries(resource.annotations).some(([key, value]) => INTERNAL.test(key) || INTERNAL.test(value)));
      const store = ports.find(
        (port) => DATA_STORES[port.number] ?? (typeof port.target === 'number' ? DATA_STORES[port.target] : undefined),
      );
      if (store && !isRestricted) {
        const what = DATA_STORES[store.number] ?? DATA_STORES[store.target as number]!;
        yield {
          resource,
          path: ['spec', 'type'],
          value: type,
          message: `${what} (port ${store.number}) is open to ${type === 'NodePort' ? 'everybody who reaches a node' : 'everybody who reaches the load balancer'}, past all that a gateway would check`,
        };
      } else if (behindProxy.has(`${namespace}/${name}`)) {
        yield {
          resource,
          path: ['spec', 'type'],
          value: type,
          message: `requests come by an Ingress or route already, and type ${type} opens a second way that has none of its TLS and rules`,
        };
      }
    }
  },
});
