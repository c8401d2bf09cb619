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
metadata: { name: web, namespace: shop }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - { topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: web } } }
      containers: [{ name: web, image: 'shop/web:3.1.0' }]
`;

export default check({
  id: 'antiaffinity-domains',
  group: 'scheduling',
  description: 'required anti-affinity leaves each pod a node or zone of its own',
  severity: 'will-break',
  needs: ['nodes'],
  source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/',
  fix: 'run as many pods as there are nodes or zones, or prefer that they keep apart (preferredDuringSchedulingIgnoredDuringExecution)',
  example: {
    facts: NODES,
    broken: manifests(3),
    fails: [
      'Deployment/shop/web spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution',
    ],
    fixed: manifests(2),
  },
  *judge(world) {
    yield* unplacedFindings(world, 'apart', {
      at: ({ workload: { podSpecPath } }) => [
        ...podSpecPath,
        'affinity',
        'podAntiAffinity',
        'requiredDuringSchedulingIgnoredDuringExecution',
      ],
      why: 'since pods must keep apart',
    });
  },
});
