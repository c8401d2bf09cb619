import { check } from '../../check';
import { replicasPath, unplacedFindings } from '../../unplaced-finding';

const NODES = ['node-1', 'node-2']
  .map(
    (name) => `
apiVersion: v1
kind: Node
metadata: { name: ${name}, labels: { kubernetes.io/hostname: ${name} } }
status: { allocatable: { cpu: '4', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.35.0 } }
`,
  )
  .join('---');
const manifests = (memory: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', resources: { requests: { memory: ${memory} } } }] }
`;

export default check({
  id: 'replicas-fit',
  group: 'scheduling',
  description: 'the nodes have room for every replica of every workload together',
  severity: 'will-break',
  needs: ['nodes'],
  source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/',
  fix: 'run fewer replicas, lower the requests, or add nodes',
  example: {
    facts: NODES,
    broken: manifests('5Gi'),
    fails: ['Deployment/shop/web spec.replicas'],
    fixed: manifests('4Gi'),
  },
  *judge(world) {
    yield* unplacedFindings(world, 'room', {
      at: ({ workload }) => replicasPath(workload),
      why: 'since what the pods ask for does not fit',
    });
  },
});
