import { record, strings } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { listeningPorts, programStrings } from '../../../manifests/workload';
import { near } from '../../../model/near';
import { servicesOf } from '../../../world/services';
import { check } from '../../check';
import { respeltPort } from '../../respelt';

const manifests = (port: string) => `
apiVersion: v1
kind: Service
metadata: { name: exporter, namespace: shop }
spec: { selector: { app: exporter }, ports: [{ port: 9121, targetPort: ${port} }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: exporter, namespace: shop }
spec:
  selector: { matchLabels: { app: exporter } }
  template:
    metadata: { labels: { app: exporter } }
    spec: { containers: [{ name: exporter, image: 'exporter:1.4.0', ports: [{ name: metrics, containerPort: 9121 }] }] }
`;

export default check({
  id: 'service-targetport-resolves',
  group: 'references',
  description: 'the targetPort of a Service is a port of its pods',
  severity: 'will-break',
  needs: [],
  source: 'staging/src/k8s.io/endpointslice/utils.go',
  fix: 'set targetPort to the name or number of a container port',
  example: {
    broken: manifests('metric'),
    fails: ['Service/shop/exporter spec.ports[0].targetPort'],
    fixed: manifests('metrics'),
  },
  *judge(world) {
    for (const service of servicesOf(world)) {
      if (service.workloads.length === 0) continue;
      for (const port of service.ports) {
        const targets = service.targets(port);
        const ports = service.workloads.flatMap((workload) => workload.ports);
        // service-port-protocol reports the same name or number with another protocol.
        if (ports.some(({ name, number }) => name === port.target || number === port.target)) continue;
        const written = service.resource.at([...port.path, 'targetPort']) !== undefined;
        const at = {
          resource: service.resource,
          path: [...port.path, written ? 'targetPort' : 'port'],
          value: port.target,
        };
        const has =
          ports.map(({ name, number }) => (name ? `${name} (${number})` : String(number))).join(', ') || 'none';
        if (typeof port.target === 'string') {
          // A number in quotes is no name: schema-valid says that the API server refuses it.
          if (targets.length > 0 || /^\d+$/.test(port.target)) continue;
          const names = ports.flatMap(({ name }) => name ?? []);
          const missing = `no container of its pods has a port named ${port.target} (they have: ${has})`;
          if (service.headless)
            yield {
              ...at,
              verdict: 'unknown',
              message: `${missing}; DNS names still resolve to the pods, but the port does not (SRV records, a ServiceMonitor): whether anything uses it is not known`,
            };
          else
            yield {
              ...at,
              message: `${missing}, so port ${port.number} has no endpoints and every connection to it is refused${near(port.target, names)}`,
              ...(written ? respeltPort(port.target, names, ports.length === 1 && service.ports.length === 1) : {}),
            };
          continue;
        }
        const told = service.headless ? undefined : toldPort(service.workloads, port.target);
        if (told) {
          yield {
            ...at,
            message: `its pods listen on ${told.port} (${told.said}), and no container declares or is told of ${port.target}: every connection to port ${port.number} is refused`,
            fix: `set targetPort to ${told.port}, or the port of the program to ${port.target}`,
          };
          continue;
        }
        // Declaring ports is optional, but one that is missing from a list is doubtful. A headless Service maps no ports.
        if (service.headless || !ports.some(({ protocol }) => protocol === port.protocol)) continue;
        yield {
          ...at,
          verdict: 'unknown',
          message: `its pods declare ports ${has}, but not ${port.target}: whether a program listens on it is not known, and if none does, every connection is refused; declare the port on the container if one does`,
        };
      }
    }
  },
});

/** The port that the only container of the pods is told to listen on, where it is not the target and nothing speaks of the target. */
function toldPort(
  workloads: readonly WorkloadManifest[],
  target: number,
): { readonly port: number; readonly said: string } | undefined {
  const found = workloads.map((workload) => {
    const [container, ...others] = workload.running;
    // Another container may listen on anything.
    if (!container || others.length > 0 || isInjected(workload)) return undefined;
    const speaks = new RegExp(`(^|[^\\d.])${target}(?![\\d.])`);
    if (programStrings(container).some((text) => speaks.test(text))) return undefined;
    const listening = listeningPorts(container);
    // Of several the one that is meant is not known, nor whether there are more.
    return listening.length === 1 ? listening[0] : undefined;
  });
  return found.every((told) => told !== undefined) ? found[0] : undefined;
}

/** A sidecar that a mesh adds takes the connections. */
function isInjected({ pod }: WorkloadManifest): boolean {
  const metadata = record(pod['metadata']);
  const marks = { ...strings(metadata?.['labels']), ...strings(metadata?.['annotations']) };
  return Object.keys(marks).some((key) => /istio\.io|linkerd\.io|consul\.hashicorp|dapr\.io|kuma\.io/.test(key));
}
