import type { Resource } from '../../../manifests/resource';
import { record, string, strings } from '../../../manifests/resource';
import { networkOf } from '../../../simulate/network/network';
import { gatewayWorkloads } from '../../../simulate/network/proxies';
import { scrapesOf } from '../../../simulate/network/scrapes';
import { ingressClassOf } from '../../../world/ingress-classes';
import { isInIstio, mutualTlsOf } from '../../../world/istio-mtls';
import { knownIn } from '../../../world/known';
import { isIngress, parentRefsOf } from '../../../world/routes';
import { choosesPods, sendingsOf } from '../../../world/senders';
import { serviceOf } from '../../../world/services';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (mode: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: edge }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: traefik, namespace: edge }
spec:
  selector: { matchLabels: { app: traefik } }
  template:
    metadata: { labels: { app: traefik } }
    spec: { containers: [{ name: traefik, image: 'traefik:v3.7.9' }] }
---
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: shop }
spec: { mtls: { mode: ${mode} } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', ports: [{ containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec:
  ingressClassName: traefik
  rules:
    - host: shop.example.com
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] }
`;

export default check({
  id: 'mutual-tls-reachable',
  group: 'networking',
  description:
    'pods that take mutual TLS of the mesh alone are led to by gateways, and scraped by a Prometheus, that are in the mesh',
  severity: 'will-break',
  needs: [],
  source: 'https://istio.io/latest/docs/tasks/security/authentication/authn-policy/',
  fix: "put the gateway's pods into the mesh, or take PERMISSIVE for this port (portLevelMtls)",
  example: {
    broken: manifests('STRICT'),
    fails: ['Ingress/shop/web spec.rules[0].http.paths[0].backend.service.name'],
    fixed: manifests('PERMISSIVE'),
  },
  *judge(world) {
    yield* gatewayFindings(world);
    yield* scrapeFindings(world);
  },
});

function* gatewayFindings(world: World): Iterable<Finding> {
  const gateways = gatewayWorkloads(world);
  // What is not here may be in the mesh.
  if (gateways.length === 0 || gateways.some((gateway) => isInIstio(world, gateway) !== false)) return;
  for (const sending of sendingsOf(world)) {
    const { from, path, by, namespace, name, port, gets } = sending;
    if (by !== 'gateway' || gets === 'never' || world.isExternal(from) || isOfIstio(world, from)) continue;
    const service = serviceOf(world, namespace, name);
    const wanted = port === undefined ? undefined : service?.port(port);
    if (!service || !wanted) continue;
    for (const { workload, number } of service.targets(wanted)) {
      if (!choosesPods(sending, workload) || isInIstio(world, workload) !== true) continue;
      const isNamed = string(from.at([...path, 'name'])) !== undefined;
      const { mode, policy } = mutualTlsOf(world, workload, number);
      if (mode !== 'STRICT' || !policy) continue;
      yield {
        resource: from,
        ...(isNamed ? { path: [...path, 'name'], value: string(from.at([...path, 'name'])) } : { path }),
        message: `${world.idOf(policy)} lets ${world.idOf(workload.resource)} take mutual TLS of the mesh alone at port ${number}, and ${gateways.map(({ resource }) => world.idOf(resource)).join(', ')} is not in the mesh: its connections are reset, and requests get a 502 or 503 response`,
      };
    }
  }
}

/** Ports of the proxy itself, which take everybody: with them it also serves what annotations of the pods say (prometheus.io/scrape). */
const OF_THE_PROXY: ReadonlySet<number> = new Set([15020, 15090]);

function* scrapeFindings(world: World): Iterable<Finding> {
  const network = networkOf(world);
  for (const { resource, path, sources, sourceIsKnown, target, scheme } of scrapesOf(world)) {
    const { workload, number } = target;
    const from = sources.flatMap(
      (source) => network.workloads().find((each) => network.endpointOf(each) === source) ?? [],
    );
    // With https it may bring a certificate of the mesh.
    if (!sourceIsKnown || from.length < sources.length || scheme !== 'http' || OF_THE_PROXY.has(number)) continue;
    if (from.some((source) => isInIstio(world, source) !== false) || isInIstio(world, workload) !== true) continue;
    const annotations = strings(record(workload.pod['metadata'])?.['annotations']);
    if (annotations['prometheus.io/scrape'] === 'true') continue;
    const { mode, policy } = mutualTlsOf(world, workload, number);
    if (mode !== 'STRICT' || !policy) continue;
    yield {
      resource,
      ...(resource.at([...path, 'port']) === undefined
        ? { path }
        : { path: [...path, 'port'], value: resource.at([...path, 'port']) }),
      message: `${world.idOf(policy)} lets ${world.idOf(workload.resource)} take mutual TLS of the mesh alone at port ${number}, and ${from.map((source) => world.idOf(source.resource)).join(', ')} is not in the mesh: the target is down and its metrics are missing`,
      fix: 'take PERMISSIVE for this port (portLevelMtls), or let the proxy serve the metrics: prometheus.io/scrape at the pods, and its port 15020',
    };
  }
}

/** Whether what serves a route is Istio's own, which is in the mesh: its Gateways, and Gateways of the Gateway API and Ingresses of its classes. */
function isOfIstio(world: World, from: Resource): boolean {
  if (from.kind === 'VirtualService') return true;
  if (isIngress(from)) return (ingressClassOf(world, from) ?? '').startsWith('istio');
  return parentRefsOf(world, from).some((parent) => {
    const gateway = knownIn(world, parent.kind, parent.namespace).find(({ name }) => name === parent.name);
    const className = string(gateway?.at(['spec', 'gatewayClassName'])) ?? '';
    const found = world.find('GatewayClass', '', className);
    const controller = found.is === 'present' ? string(found.resource.at(['spec', 'controllerName'])) : undefined;
    return (controller ?? className).startsWith('istio');
  });
}
