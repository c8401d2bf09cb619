import { isIP } from 'node:net';
import { string } from '../../../manifests/resource';
import { servicesOf } from '../../../world/services';
import { check } from '../../check';

const manifests = (name: string) => `
apiVersion: v1
kind: Service
metadata: { name: billing, namespace: shop }
spec: { type: ExternalName, externalName: ${name} }
`;

export default check({
  id: 'external-name-resolves',
  group: 'references',
  description: 'the externalName of a Service is a DNS name, not an address',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/',
  fix: 'write a DNS name; for an address, use a Service without a selector and an EndpointSlice',
  example: {
    broken: manifests('10.1.2.3'),
    fails: ['Service/shop/billing spec.externalName'],
    fixed: manifests('billing.example.com'),
  },
  *judge(world) {
    for (const { resource, backing, name } of servicesOf(world)) {
      const external = backing === 'external' ? string(resource.at(['spec', 'externalName'])) : undefined;
      if (external === undefined || isIP(external.replace(/\.$/, '')) !== 4) continue; // the API server refuses IPv6
      yield {
        resource,
        path: ['spec', 'externalName'],
        value: external,
        message: `the cluster's DNS answers with the alias ${external}, which is looked up as a name and not found: ${name} never resolves`,
      };
    }
  },
});
