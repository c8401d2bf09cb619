import type { Resource } from '../../../manifests/resource';
import { list, number, record, string } from '../../../manifests/resource';
import { near } from '../../../model/near';
import { serviceOf } from '../../../world/services';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { missing } from '../../missing';

const SERVICE = 'kubernetes.io/service-name';
const manifests = (label: string) => `
apiVersion: v1
kind: Service
metadata: { name: billing, namespace: shop }
spec: { ports: [{ name: https, port: 443 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: billing-1, namespace: shop${label} }
addressType: IPv4
ports: [{ name: https, port: 8443 }]
endpoints: [{ addresses: [10.1.2.3] }]
`;

export default check({
  id: 'endpointslice-serves',
  group: 'references',
  description: 'an EndpointSlice belongs to a Service and has the names of its ports',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/',
  fix: `set the label ${SERVICE} to the name of the Service, and the name of each port to that of the Service's port`,
  example: {
    broken: manifests(''),
    fails: ['EndpointSlice/shop/billing-1 metadata'],
    fixed: manifests(`, labels: { ${SERVICE}: billing }`),
  },
  *judge(world) {
    for (const slice of world.of('EndpointSlice')) {
      // What a controller made goes with its Service.
      if (slice.group !== 'discovery.k8s.io' || list(slice.at(['metadata', 'ownerReferences'])).length > 0) continue;
      yield* judge(world, slice);
    }
  },
});

function* judge(world: World, slice: Resource): Iterable<Finding> {
  const name = slice.labels[SERVICE];
  if (!name) {
    yield {
      resource: slice,
      path: ['metadata'],
      value: slice.at(['metadata']),
      message: `the label ${SERVICE} is not set, so no Service has these endpoints`,
    };
    return;
  }
  const namespace = world.namespaceOf(slice);
  const service = serviceOf(world, namespace, name);
  if (!service) {
    const path = ['metadata', 'labels', SERVICE];
    const found = missing(
      world,
      { resource: slice, path, kind: 'Service', namespace, name },
      'nothing has these endpoints',
    );
    if (found) yield found;
    return;
  }
  if (service.backing !== 'manual' || service.ports.length === 0) return;
  const ports = service.ports.map((port) => port.name ?? '');
  for (const [i, entry] of list(slice.at(['ports'])).entries()) {
    const port = record(entry);
    const own = string(port?.['name']) ?? '';
    if (number(port?.['port']) === undefined || ports.includes(own)) continue;
    yield {
      resource: slice,
      path: ['ports', i, ...(own === '' ? [] : ['name'])],
      value: own === '' ? entry : own,
      message: `Service ${name} has no port ${own === '' ? 'without a name' : `named ${own}`} (it has: ${service.portList}): endpoints are found by the name of the port, so this one gets no connection${near(own, ports)}`,
    };
  }
}
