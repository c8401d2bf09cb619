import type { Path, Resource } from '../../../manifests/resource';
import { list, number, record, string } from '../../../manifests/resource';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (nodePort: number) => `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { type: NodePort, selector: { app: web }, ports: [{ port: 80, nodePort: 30080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: wiki, namespace: docs }
spec: { type: NodePort, selector: { app: wiki }, ports: [{ port: 80, nodePort: ${nodePort} }] }
`;

export default check({
  id: 'service-address-unique',
  group: 'networking',
  description: 'a Service gets the node port and cluster IP that it asks for: no other one has them',
  severity: 'will-break',
  needs: ['cluster'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/',
  fix: 'give one of the two another value, or leave the field out: the API server then finds a free one',
  example: {
    broken: manifests(30080),
    fails: ['Service/docs/wiki spec.ports[0].nodePort'],
    fixed: manifests(30081),
  },
  *judge(world) {
    const takenBy = new Map<string, Resource>();
    for (const service of [...world.external, ...world.of('Service')]) {
      if (service.kind !== 'Service' || service.group !== '') continue;
      for (const { path, value, what } of addressesOf(service)) {
        if (typeof value === 'number' && !isInRange(value) && !world.isExternal(service))
          yield {
            resource: service,
            path,
            value,
            verdict: 'unknown',
            settledBy: 'cluster',
            message: `the API server refuses node ports outside of ${FIRST}-${LAST}, unless it was started with another --service-node-port-range, which is not known`,
            fix: `set a port of ${FIRST}-${LAST}, or leave it out: the API server then finds a free one`,
          };
        const key = `${what} ${value}`;
        const other = takenBy.get(key);
        if (other === undefined) takenBy.set(key, service);
        else if (!isSameService(world, other, service) && !world.isExternal(service))
          yield {
            resource: service,
            path,
            value,
            message: `${world.idOf(other)} has ${what} ${value} already, and it can be given once in a cluster: the API server refuses the Service that is applied second (provided ${what === 'clusterIP' ? 'IP' : 'port'} is already allocated)`,
          };
      }
    }
  },
});

/** The node ports of an API server that was told nothing else. */
const [FIRST, LAST] = [30000, 32767];

function isInRange(port: number): boolean {
  return port >= FIRST && port <= LAST;
}

interface Address {
  readonly path: Path;
  readonly value: number | string;
  readonly what: 'nodePort' | 'clusterIP';
}

/** What a Service asks for by value. Ports are given without a look at their protocol, but a Service may use one of them twice. */
function* addressesOf(service: Resource): Iterable<Address> {
  const spec = record(service.at(['spec'])) ?? {};
  const type = string(spec['type']) ?? 'ClusterIP';
  if (type === 'ExternalName') return;
  if (type === 'NodePort' || type === 'LoadBalancer') {
    for (const [i, entry] of list(spec['ports']).entries()) {
      const port = number(record(entry)?.['nodePort']);
      if (port) yield { path: ['spec', 'ports', i, 'nodePort'], value: port, what: 'nodePort' };
    }
    const health = number(spec['healthCheckNodePort']);
    if (health && type === 'LoadBalancer' && spec['externalTrafficPolicy'] === 'Local')
      yield { path: ['spec', 'healthCheckNodePort'], value: health, what: 'nodePort' };
  }
  const [first] = list(spec['clusterIPs']);
  const address = string(spec['clusterIP']) ?? string(first);
  if (address && address !== 'None')
    yield {
      path: ['spec', ...(spec['clusterIP'] === undefined ? ['clusterIPs', 0] : ['clusterIP'])],
      value: address,
      what: 'clusterIP',
    };
}

/** Two states of one object are for duplicate-object to report. */
function isSameService(world: World, one: Resource, other: Resource): boolean {
  return one === other || world.idOf(one) === world.idOf(other);
}
