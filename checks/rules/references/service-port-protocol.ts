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
  description: "a Service's port has the protocol of the pods' port that it leads to",
  severity: 'will-break',
  needs: [],
  source: 'staging/src/k8s.io/endpointslice/utils.go',
  fix: "give the Service's port the protocol of the container's port, or declare the port in both",
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
        const written = service.resource.at([...port.path, 'protocol']) !== undefined;
        const others = [...new Set(same.map(({ protocol }) => protocol))].join(' and ');
        const named = typeof port.target === 'string';
        if (!named && service.headless) continue;
        yield {
          resource: service.resource,
          path: written ? [...port.path, 'protocol'] : port.path,
          value: written ? port.protocol : undefined,
          // A name is looked up along with the protocol; a number is sent to whether it is declared or not.
          verdict: named && !service.headless ? 'fail' : 'unknown',
          message:
            named && !service.headless
              ? `this port is for ${port.protocol} and the pods' port ${port.target} is for ${others} only, so it has no endpoints and every connection is refused`
              : `the pods declare port ${port.target} for ${others} only, this one is for ${port.protocol}: whether a program listens to that too is not known; declare it at the container if one does`,
        };
      }
    }
  },
});
