import type { Path, Resource } from '../../../manifests/resource';
import { networkOf } from '../../../simulate/network/network';
import { proxiesOf } from '../../../simulate/network/proxies';
import { backendRefsOf, ingressBackendsOf, ingressesOf, routesOf } from '../../../world/routes';
import { serviceOf } from '../../../world/services';
import { check } from '../../check';
import { wrongPortBehind } from '../../policy-ports';

const manifests = (peer: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'web:1.4.2' }] } }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec: { parentRefs: [{ name: public, namespace: gateways }], rules: [{ backendRefs: [{ name: web, port: 80 }] }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec: { podSelector: {}, ingress: [{ from: [${peer}], ports: [{ port: 8080 }] }] }
`;

export default check({
  id: 'gateway-flow-allowed',
  group: 'networking',
  description: 'policies allow the gateway or ingress controller to reach the backends of routes and Ingresses',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  fix: "allow ingress from the namespace and pods of the gateway's proxy to the port of the backend's pods",
  example: {
    broken: manifests('{ podSelector: {} }'),
    fails: ['HTTPRoute/shop/web spec.rules[0].backendRefs[0]'],
    fixed: manifests(
      '{ podSelector: {} }, { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: gateways } } }',
    ),
  },
  *judge(world) {
    const network = networkOf(world);
    for (const route of routesOf(world)) {
      for (const { group, kind, namespace, name, port, path } of backendRefsOf(world, route)) {
        if (group === '' && kind === 'Service' && port !== undefined) yield* judge(route, path, namespace, name, port);
      }
    }
    for (const ingress of ingressesOf(world)) {
      for (const { service, port, path } of ingressBackendsOf(ingress))
        if (port !== undefined) yield* judge(ingress, path, world.namespaceOf(ingress), service, port);
    }

    function* judge(resource: Resource, path: Path, namespace: string, name: string, wanted: number | string) {
      const service = serviceOf(world, namespace, name);
      const port = service?.port(wanted);
      if (!service || !port) return;
      for (const target of service.targets(port)) {
        const to = network.endpointOf(target.workload);
        const passages = proxiesOf(world).map((proxy) => network.reach(proxy, to, target.number, port.protocol));
        // Which proxy forwards the requests is not known for sure: one that may connect is enough.
        if (
          network.hasOtherPolicies(to) ||
          passages.some(({ ingress, egress }) => ingress.verdict !== 'denied' && egress.verdict !== 'denied')
        )
          continue;
        const isolating = passages[0]!.ingress.by.map((policy) => policy.name).join(', ');
        const servicePort = target.number === port.number ? '' : ` (port ${port.number} of Service ${name})`;
        const where = `${world.idOf(target.workload.resource)} port ${target.number}${servicePort}`;
        const at = { resource, path, value: name };
        if (network.isComplete(to))
          yield {
            ...at,
            causedBy: wrongPortBehind(world, passages[0]!, target.number),
            message: `policies (${isolating}) do not allow any gateway or ingress controller to connect to ${where}, so requests time out or get a 502, 503 or 504 response`,
          };
        else
          yield {
            ...at,
            verdict: 'unknown' as const,
            message: `the known policies (${isolating}) do not allow any gateway or ingress controller to connect to ${where}; whether another policy of namespace ${target.workload.namespace} does is not known: judge its manifests too`,
          };
      }
    }
  },
});
