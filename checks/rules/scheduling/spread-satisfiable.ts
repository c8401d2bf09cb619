import { check } from '../../check';
import { unplacedFindings } from '../../unplaced-finding';

const NODES = [1, 2]
  .map(
    (n) => `
apiVersion: v1
kind: Node
metadata: { name: node-${n}, labels: { kubernetes.io/hostname: node-${n}, topology.kubernetes.io/zone: a } }
status: { allocatable: { cpu: '4', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.35.0 } }
`,
  )
  .join('---');
const manifests = (minDomains: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      topologySpreadConstraints:
        - maxSkew: 1
          minDomains: ${minDomains}
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: DoNotSchedule
          labelSelector: { matchLabels: { app: web } }
      containers: [{ name: web, image: 'shop/web:3.1.0' }]
`;

export default check({
  id: 'spread-satisfiable',
  group: 'scheduling',
  description: 'topology spread constraints that must be met can be met on the nodes that there are',
  severity: 'will-break',
  needs: ['nodes'],
  source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/',
  fix: 'spread over a label that the nodes have, allow a larger maxSkew, or set whenUnsatisfiable: ScheduleAnyway',
  example: {
    facts: NODES,
    broken: manifests(3),
    fails: ['Deployment/shop/web spec.template.spec.topologySpreadConstraints'],
    fixed: manifests(1),
  },
  *judge(world) {
    yield* unplacedFindings(world, 'spread', {
      at: ({ workload: { podSpecPath } }) => [...podSpecPath, 'topologySpreadConstraints'],
      why: 'since pods must be spread evenly',
    });
  },
});
