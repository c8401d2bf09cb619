import { mappings } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import type { ObjectChange } from '../../object-change';
import { stepsTo } from '../containers';
import { fieldAt } from '../paths';
import { newlyPublished } from '../published';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';

const web = (port: string) => `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'example.com/web:1.4.0', ports: [{ ${port} }] }] }
`;

export default riskRule({
  id: 'host-port-opened',
  class: 'exposure',
  description: 'pods that listen on a port of their node',
  reason:
    'Whoever reaches the node reaches the port, and pods in the network of the node are beyond most NetworkPolicies.',
  source: 'https://kubernetes.io/docs/concepts/configuration/overview/',
  advice: 'reach the pods by a Service instead',
  example: {
    before: web('containerPort: 8080'),
    after: web('containerPort: 8080, hostPort: 8080'),
    finds: ['DaemonSet/shop/web spec.template.spec.containers[web].ports[8080].hostPort'],
    harmless: web('containerPort: 8081'),
  },
  *find(diff) {
    const opened = newlyPublished(diff).filter(({ service }) => service === undefined);
    for (const { workload, end } of new Map(opened.map((each) => [each.end, each])).values()) {
      const change = diff.changes.find(({ after }) => after === workload!.resource);
      if (change) yield* told(change, workload!, end);
    }
  },
});

function* told(change: ObjectChange, workload: WorkloadManifest, end: string): Iterable<FoundRisk> {
  const [, protocol, number] = end.split(' ');
  if (number === undefined) {
    yield {
      change,
      field: fieldAt(change, [...workload.podSpecPath.map(String), 'hostNetwork']),
      message: 'pods are in the network of their node: every port that they listen on is one of the node',
    };
    return;
  }
  for (const container of workload.containers)
    for (const { containerPort, hostPort, protocol: written, hostIP } of mappings(container.json['ports'])) {
      const isIt = `${written ?? 'TCP'} ${String(containerPort)}` === `${protocol} ${number}`;
      if (!isIt || typeof hostPort !== 'number' || hostPort === 0) continue;
      const path = [
        ...stepsTo(workload.podSpecPath, container),
        'ports',
        { containerPort: Number(number), protocol: protocol! },
      ];
      const address = hostIP === undefined ? '' : ` at ${String(hostIP)}`;
      yield {
        change,
        field: fieldAt(change, [...path, 'hostPort']) ?? fieldAt(change, path),
        message: `pods listen on ${protocol} ${hostPort}${address} of their node`,
      };
    }
}
