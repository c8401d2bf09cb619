import { list, record } from '../../../manifests/resource';
import type { Container, WorkloadManifest } from '../../../manifests/workload';
import { listeningOf } from '../../../world/metrics-programs';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (port: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: kube-state-metrics, namespace: monitoring }
spec:
  selector: { matchLabels: { app: kube-state-metrics } }
  template:
    metadata: { labels: { app: kube-state-metrics } }
    spec:
      containers:
        - name: kube-state-metrics
          image: registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.19.1
          args: [--port=${port}]
          ports: [{ name: metrics, containerPort: 8080 }, { name: telemetry, containerPort: 8081 }]
`;

export default check({
  id: 'listen-port-declared',
  group: 'monitoring',
  description: 'exporters and other programs of monitoring listen at the ports that their containers declare',
  severity: 'will-break',
  needs: [],
  source: 'https://prometheus.io/docs/prometheus/latest/command-line/prometheus/',
  fix: 'declare the port that the arguments name, or name the declared one in the arguments',
  example: {
    broken: manifests(9090),
    fails: ['Deployment/monitoring/kube-state-metrics spec.template.spec.containers[0].args[0]'],
    fixed: manifests(8080),
  },
  *judge(world) {
    for (const workload of world.workloads)
      for (const container of workload.running) {
        const finding = judge(workload, container);
        if (finding) yield finding;
      }
  },
});

/** A port that is declared, and another one at which the program listens instead. */
function judge({ resource }: WorkloadManifest, container: Container): Finding | undefined {
  const listening = listeningOf(container);
  const declared = list(container.json['ports'])
    .map(record)
    .flatMap((port) =>
      typeof port?.['containerPort'] === 'number' && (port['protocol'] ?? 'TCP') === 'TCP'
        ? [port['containerPort']]
        : [],
    );
  if (!listening) return undefined;
  const { ports, program, movedBy } = listening;
  const dead = declared.find((number) => !ports.some((port) => port.number === number && !port.isLocal));
  const undeclared = ports.filter(({ number, isLocal }) => isLocal || !declared.includes(number));
  // One more that is declared harms nobody, as long as all that are served are.
  if (dead === undefined || undeclared.length === 0) return undefined;
  const isLocal = ports.some((port) => port.number === dead);
  const where = [
    ...new Set(ports.map(({ number, isLocal: local }) => (local ? `localhost:${number}` : String(number)))),
  ];
  const path = movedBy === undefined ? [...container.path, 'ports'] : [...container.path, 'args', movedBy];
  return {
    resource,
    path,
    value: resource.at(path),
    message: `${program} listens at ${where.join(' and ')}, and the container declares port ${dead}${isLocal ? ', where nothing from outside of the pod is answered' : ''}: whoever scrapes it, probes it or sends to it there is refused`,
  };
}
