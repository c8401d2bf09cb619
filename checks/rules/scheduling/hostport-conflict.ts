import type { Path } from '../../../manifests/resource';
import { mappings } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { check } from '../../check';
import { unplacedFindings } from '../../unplaced-finding';

const NODES = [1, 2]
  .map(
    (n) => `
apiVersion: v1
kind: Node
metadata: { name: node-${n}, labels: { kubernetes.io/hostname: node-${n} } }
status: { allocatable: { cpu: '4', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.35.0 } }
`,
  )
  .join('---');
const manifests = (replicas: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: edge, namespace: shop }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: edge } }
  template:
    metadata: { labels: { app: edge } }
    spec: { containers: [{ name: edge, image: 'shop/edge:3.1.0', ports: [{ containerPort: 8080, hostPort: 80 }] }] }
`;

export default check({
  id: 'hostport-conflict',
  group: 'scheduling',
  description: 'a port of the node is free on a node for each pod that takes it',
  severity: 'will-break',
  needs: ['nodes'],
  source: 'https://kubernetes.io/docs/concepts/configuration/overview/',
  fix: 'do without the port of the node (a Service reaches the pods), run one pod for each node, or take another port',
  example: {
    facts: NODES,
    broken: manifests(3),
    fails: ['Deployment/shop/edge spec.template.spec.containers[0].ports[0].hostPort'],
    fixed: manifests(2),
  },
  *judge(world) {
    yield* unplacedFindings(world, 'ports', {
      at: ({ workload }) => firstPort(workload),
      why: 'since a node has each of its ports once',
    });
  },
});

/** The first port of the node that its pods take; on the node's network all ports are. */
function firstPort({ podSpecPath, containers }: WorkloadManifest): Path {
  const written = containers.flatMap(({ path, json }) =>
    mappings(json['ports']).flatMap((port, i) => (port['hostPort'] ? [[...path, 'ports', i, 'hostPort']] : [])),
  );
  return written[0] ?? [...podSpecPath, 'hostNetwork'];
}
