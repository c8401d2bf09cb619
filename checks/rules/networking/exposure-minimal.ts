import { list } from '../../../manifests/resource';
import { isKnownGateway } from '../../../simulate/network/proxies';
import { sendingsTo } from '../../../world/senders';
import { servicesOf } from '../../../world/services';
import type { World } from '../../../world/world';
import { check } from '../../check';

const service = (type: string) => `
apiVersion: v1
kind: Service
metadata: { name: redis, namespace: shop }
spec: { type: ${type}, selector: { app: redis }, ports: [{ port: 6379 }] }
`;

/** Data stores that are not meant to be public, by port. */
const DATA_STORES: Readonly<Record<number, string>> = {
  2379: 'etcd',
  3306: 'MySQL',
  5432: 'PostgreSQL',
  6379: 'Redis',
  9042: 'Cassandra',
  9200: 'Elasticsearch',
  11211: 'memcached',
  15672: 'RabbitMQ management',
  27017: 'MongoDB',
};

/** Annotations that make a cloud load balancer internal. */
const INTERNAL = /internal|source-ranges|private/i;

export default check({
  id: 'exposure-minimal',
  group: 'networking',
  description: 'a Service is exposed outside the cluster only on purpose, and in one way only',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/',
  fix: 'use type ClusterIP, with an Ingress or route for what is meant to be public; or restrict loadBalancerSourceRanges',
  example: { broken: service('LoadBalancer'), fails: ['Service/shop/redis spec.type'], fixed: service('ClusterIP') },
  *judge(world) {
    for (const { resource, namespace, name, type, ports, workloads } of servicesOf(world)) {
      if (list(resource.at(['spec', 'externalIPs'])).length > 0) {
        yield {
          resource,
          path: ['spec', 'externalIPs'],
          value: resource.at(['spec', 'externalIPs']),
          message:
            'externalIPs claim an address for the whole cluster: anyone who may write Services can intercept traffic meant for others',
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
        const via = type === 'NodePort' ? 'a node' : 'the load balancer';
        yield {
          resource,
          path: ['spec', 'type'],
          value: type,
          message: `${what} (port ${store.number}) is open to everyone who can reach ${via}, without the checks of a gateway`,
        };
      } else if (isBehindProxy(world, namespace, name) && !workloads.some(isKnownGateway)) {
        // One gateway may stand behind another one.
        yield {
          resource,
          path: ['spec', 'type'],
          value: type,
          message: `an Ingress or route already serves it, and type ${type} opens a second way in, without the TLS and rules of the first`,
        };
      }
    }
  },
});

/** Whether a gateway or Ingress controller leads to it, and needs no node port for that. */
function isBehindProxy(world: World, namespace: string, name: string): boolean {
  const ways = sendingsTo(world, namespace, name);
  // Of a TraefikService that no route here names, nobody knows whether requests come by it.
  const serves = ways.some(({ by, from }) => by === 'gateway' && from.kind !== 'TraefikService');
  return serves && !ways.some(({ by }) => by === 'nodes');
}
