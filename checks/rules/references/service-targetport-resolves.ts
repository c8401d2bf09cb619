import { near } from '../../../model/near';
import { servicesOf } from '../../../world/services';
import { check } from '../../check';

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
  description: "a Service's targetPort is a port that its pods have",
  severity: 'will-break',
  needs: [],
  source: 'staging/src/k8s.io/endpointslice/utils.go',
  fix: 'set targetPort to a port of the container, by its name or its number',
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
        // The same name or number in the other protocol is what service-port-protocol speaks of.
        if (ports.some(({ name, number }) => name === port.target || number === port.target)) continue;
        const written = service.resource.at([...port.path, 'targetPort']) !== undefined;
        const path = written ? [...port.path, 'targetPort'] : [...port.path, 'port'];
        const has =
          ports.map(({ name, number }) => (name ? `${name} (${number})` : String(number))).join(', ') || 'none';
        if (typeof port.target === 'string') {
          if (targets.length > 0) continue;
          const lost = `no container of its pods has a port called ${port.target} (they have: ${has})`;
          yield service.headless
            ? {
                resource: service.resource,
                path,
                value: port.target,
                verdict: 'unknown',
                message: `${lost}; names still lead to the pods, but whoever asks for the port (SRV records, a ServiceMonitor) finds none: whether somebody does is not known`,
              }
            : {
                resource: service.resource,
                path,
                value: port.target,
                message: `${lost}, so port ${port.number} has no endpoints and every connection to it is refused${near(
                  port.target,
                  ports.flatMap(({ name }) => name ?? []),
                )}`,
              };
          continue;
        }
        // Ports need not be declared; where some are, one that is not is doubtful. Nobody translates a headless Service's.
        if (service.headless || !ports.some(({ protocol }) => protocol === port.protocol)) continue;
        yield {
          resource: service.resource,
          path,
          value: port.target,
          verdict: 'unknown',
          message: `its pods declare ports ${has}, and not ${port.target}: whether a program listens there is not known, and if none does, every connection is refused; declare the port at the container if one does`,
        };
      }
    }
  },
});
