import { check } from '../../check';

export default check({
  id: 'endpoints-deprecated',
  group: 'upgrade',
  description: 'addresses of a Service without a selector are an EndpointSlice, not Endpoints',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/',
  fix: 'write an EndpointSlice (discovery.k8s.io/v1) with the label kubernetes.io/service-name',
  example: {
    broken: `
apiVersion: v1
kind: Endpoints
metadata: { name: billing, namespace: shop }
subsets: [{ addresses: [{ ip: 10.1.2.3 }], ports: [{ port: 443 }] }]
`,
    fails: ['Endpoints/shop/billing kind'],
    fixed: `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: billing-1, namespace: shop, labels: { kubernetes.io/service-name: billing } }
addressType: IPv4
ports: [{ port: 443 }]
endpoints: [{ addresses: [10.1.2.3] }]
`,
  },
  *judge(world) {
    for (const resource of world.of('Endpoints')) {
      // A controller still makes them for each Service.
      if (resource.group !== '' || resource.isPrinted) continue;
      yield {
        resource,
        path: ['kind'],
        value: 'Endpoints',
        message:
          'Endpoints are deprecated since Kubernetes 1.33, and hold one family of addresses and no more than 1000 of them',
      };
    }
  },
});
