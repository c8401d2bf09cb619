import { manualEndpointsOf } from '../../../world/manual-endpoints';
import type { ServiceView } from '../../../world/services';
import { servicesOf } from '../../../world/services';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { referrersOf } from '../../service-referrers';

const manifests = (selector: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { ${selector}ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'shop/web:3.1.0' }] } }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec: { defaultBackend: { service: { name: web, port: { name: http } } } }
`;

export default check({
  id: 'service-has-endpoints',
  group: 'references',
  description: 'a Service without a selector that something sends traffic to has endpoints',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/',
  fix: 'set spec.selector to labels of the pods, or add an EndpointSlice with the addresses and the label kubernetes.io/service-name',
  example: {
    broken: manifests(''),
    fails: ['Service/shop/web spec.selector'],
    fixed: manifests('selector: { app: web }, '),
  },
  *judge(world) {
    for (const service of servicesOf(world)) {
      if (service.backing !== 'manual' || world.isExternal(service.resource)) continue;
      const finding = judge(world, service);
      if (finding) yield finding;
    }
  },
});

function judge(world: World, service: ServiceView): Finding | undefined {
  const { resource, name } = service;
  const endpoints = manualEndpointsOf(world, service);
  const [first, ...others] = endpoints.are === 'written' ? [] : referrersOf(world, service);
  if (!first) return undefined;
  const users = `${world.idOf(first)}${others.length > 0 ? ` and ${others.length} more` : ''}`;
  const path = ['spec', 'selector'];
  const at = { resource, path, value: resource.at(path) };
  const what = 'the Service has no selector, and no EndpointSlice of it is here';
  const refused = `connections to it are refused (${users} ${others.length > 0 ? 'send' : 'sends'} traffic to it)`;
  switch (endpoints.are) {
    case 'absent':
      return {
        ...at,
        message: `the Service has neither a selector nor an EndpointSlice with addresses, so ${refused}`,
      };
    case 'made':
      return {
        ...at,
        verdict: 'unknown',
        settledBy: 'program',
        message: `${what}: whether ${world.idOf(endpoints.by)} stands for a program that makes one is not known, and without it ${refused}`,
      };
    default:
      return {
        ...at,
        verdict: 'unknown',
        message: `${what}: if none stands elsewhere, ${refused}; --declare the EndpointSlice with the label kubernetes.io/service-name: ${name}, or judge it along`,
      };
  }
}
