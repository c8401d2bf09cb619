import { mappings } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import type { ObjectChange } from '../../object-change';
import { stepsTo } from '../containers';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';
import { changedWorkloads, templateFields, workloadOf } from '../workloads';

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
    for (const workload of changedWorkloads(diff))
      if (templateFields(workload).length > 0) yield* opened(workload.change, workload.before, workload.after);
    for (const change of diff.changes) {
      const workload = change.does === 'added' ? workloadOf(diff.after, change.after) : undefined;
      if (workload) yield* opened(change, undefined, workload);
    }
  },
});

function* opened(change: ObjectChange, before: WorkloadManifest | undefined, after: WorkloadManifest) {
  const spec = after.podSpecPath.map(String);
  if (after.podSpec['hostNetwork'] === true) {
    if (before?.podSpec['hostNetwork'] !== true)
      yield {
        change,
        field: fieldAt(change, [...spec, 'hostNetwork']),
        message: 'pods are in the network of their node: every port that they listen on is one of the node',
      };
    return;
  }
  const old = new Set(before ? hostPortsIn(before).map(({ text }) => text) : []);
  for (const { text, container, key } of hostPortsIn(after)) {
    if (old.has(text)) continue;
    const path = [...stepsTo(after.podSpecPath, container), 'ports', key];
    yield {
      change,
      field: fieldAt(change, [...path, 'hostPort']) ?? fieldAt(change, path),
      message: `pods listen on ${text} of their node`,
    };
  }
}

function hostPortsIn({ containers }: WorkloadManifest) {
  return containers.flatMap((container) =>
    mappings(container.json['ports']).flatMap(({ containerPort, hostPort, protocol, hostIP }) => {
      if (typeof hostPort !== 'number' || hostPort === 0) return [];
      const kind = protocol ?? 'TCP';
      return [
        {
          text: `${kind} ${hostPort}${hostIP === undefined ? '' : ` at ${hostIP}`}`,
          container,
          key: { containerPort, protocol: kind },
        },
      ];
    }),
  );
}
