import { deadlocksOf } from '../../../simulate/maintenance/deadlocks';
import { memberName } from '../../../simulate/maintenance/live';
import { mayGrow, settledNodes } from '../../../simulate/scheduling/unplaceable';
import { check } from '../../check';

const NODES = ['batch', 'general', 'general-2']
  .map(
    (name) => `
apiVersion: v1
kind: Node
metadata: { name: ${name}, labels: { kubernetes.io/hostname: ${name}, pool: ${name.replace('-2', '')} } }
status: { allocatable: { cpu: '4', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.35.0 } }
`,
  )
  .join('---');
const manifests = (pool: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { nodeSelector: { pool: ${pool} }, containers: [{ name: web, image: 'shop/web:3.1.0' }] }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: shop }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: web } } }
`;

export default check({
  id: 'drain-simulated',
  group: 'disruption',
  description: 'no drain of a node waits for ever for pods that find no other node',
  severity: 'will-break',
  needs: ['nodes'],
  source: 'https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/',
  fix: 'let the pods run on more nodes, or keep them apart so that no node runs two of them',
  example: {
    facts: NODES,
    broken: manifests('batch'),
    fails: ['PodDisruptionBudget/shop/web spec.maxUnavailable'],
    fixed: manifests('general'),
  },
  *judge(world) {
    // Where one node is all there is, nothing can be moved; where nodes are added, the pods that wait get one.
    if ((settledNodes(world) ?? []).length < 2 || mayGrow(world)) return;
    const judged = world.of('PodDisruptionBudget');
    for (const { node, budget, evicted, reason, blocked, certain } of deadlocksOf(world)) {
      if (!judged.includes(budget)) continue;
      const path = ['spec', budget.at(['spec', 'maxUnavailable']) === undefined ? 'minAvailable' : 'maxUnavailable'];
      const what = `a drain of node ${node} evicts ${memberName(evicted)}, the pod in its place finds no other node (${reason}), and until it is ready this budget does not let ${memberName(blocked)} go: the drain never ends`;
      yield {
        resource: budget,
        path,
        value: budget.at(path),
        ...(certain
          ? { message: what }
          : { verdict: 'unknown', settledBy: 'program', message: `where the scheduler places both there, ${what}` }),
      };
    }
  },
});
