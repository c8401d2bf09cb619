import { servicesOf } from '../../../world/services';
import { check } from '../../check';

const manifests = (protocol: string) => `
apiVersion: v1
kind: Service
metadata: { name: resolver, namespace: net }
spec: { selector: { app: resolver }, ports: [{ port: 53, protocol: ${protocol}, targetPort: dns }] }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: resolver, namespace: net }
spec:
  selector: { matchLabels: { app: resolver } }
  template:
    metadata: { labels: { app: resolver } }
    spec: { containers: [{ name: resolver, image: 'unbound:1.21.1', ports: [{ name: dns, containerPort: 53, protocol: UDP }] }] }
`;

export default check({
  id: 'service-port-protocol',
  group: 'references',
  description: 'a Service port has the same protocol as the container port that it targets',
  severity: 'will-break',
  needs: [],
  source: 'staging/src/k8s.io/endpointslice/utils.go',
  fix: 'set the protocol of the container port on the Service port, or declare the container port with both protocols',
  example: {
    broken: manifests('TCP'),
    fails: ['Service/net/resolver spec.ports[0].protocol'],
    fixed: manifests('UDP'),
  },
  *judge(world) {
    for (const service of servicesOf(world)) {
      for (const port of service.ports) {
        const ports = service.workloads.flatMap((workload) => workload.ports);
        const same = ports.filter(({ name, number }) => name === port.target || number === port.target);
        if (same.length === 0 || same.some(({ protocol }) => protocol === port.protocol)) continue;
        // schema-valid says that the API server refuses any other.
        if (!['TCP', 'UDP', 'SCTP'].includes(port.protocol)) continue;
        const written = service.resource.at([...port.path, 'protocol']) !== undefined;
        const others = [...new Set(same.map(({ protocol }) => protocol))].join(' and ');
        const named = typeof port.target === 'string';
        if (!named && service.headless) continue;
        const at = {
          resource: service.resource,
          path: written ? [...port.path, 'protocol'] : port.path,
          value: written ? port.protocol : undefined,
        };
        // A port name is resolved together with the protocol; a number is forwarded whether it is declared or not.
        if (named && !service.headless)
          yield {
            ...at,
            message: `this port has protocol ${port.protocol} and the container port ${port.target} has protocol ${others}, so it has no endpoints and every connection is refused`,
          };
        else
          yield {
            ...at,
            verdict: 'unknown',
            message: `the pods declare port ${port.target} with protocol ${others}, and this port has protocol ${port.protocol}: whether a program listens with that protocol too is not known; declare it on the container if one does`,
          };
      }
    }
  },
});
