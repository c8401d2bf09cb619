import { HOSTNAME } from '../../../model/cluster';
import { addTo } from '../../../model/multimap';
import type { SchedulerNode } from '../../../simulate/scheduling/node';
import { mayGrow, settledNodes } from '../../../simulate/scheduling/unplaceable';
import { boundlessOf, unplacedOf, unplacedTogether } from '../../../simulate/scheduling/unplaced';
import { check } from '../../check';
import { replicasPath } from '../../unplaced-finding';

const NODES = ['node-1', 'node-2', 'node-3']
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
  replicas: 5
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', resources: { requests: { memory: ${memory} } } }] }
`;

export default check({
  id: 'n-minus-one-fits',
  group: 'scheduling',
  description: 'the other nodes have room for every replica when one node is gone',
  // It runs, until a node fails or is drained.
  severity: 'advice',
  needs: ['nodes'],
  source: 'https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/',
  fix: 'add a node, lower the requests, or run fewer replicas',
  example: {
    facts: NODES,
    broken: manifests('3Gi'),
    fails: ['Deployment/shop/web spec.replicas'],
    fixed: manifests('2Gi'),
  },
  *judge(world) {
    const nodes = settledNodes(world) ?? [];
    if (nodes.length < 2 || mayGrow(world) || boundlessOf(world).size > 0) return;
    const reported = new Set(unplacedOf(world).map(({ workload }) => workload));
    for (const [lost, ...alike] of alikeAmong(nodes)) {
      const left = nodes.filter((node) => node !== lost);
      for (const { workload, cause, verdict, waiting, pods, reason } of unplacedTogether(world, left)) {
        // What holds a pod to this very node, or keeps pods apart, is meant.
        if (cause !== 'room' || verdict !== 'pending' || reported.has(workload)) continue;
        reported.add(workload);
        const { resource } = workload;
        const path = replicasPath(workload);
        const which = alike.length === 0 ? lost!.name : `${lost!.name}, or one like it,`;
        yield {
          resource,
          path,
          value: resource.at(path),
          message: `when node ${which} fails or is drained, ${waiting} of its ${pods} pod${pods === 1 ? '' : 's'} find no other (${reason}) until it is back`,
        };
      }
    }
  },
});

/** Nodes that differ in nothing but their names: what is so without one is so without another. */
function alikeAmong(nodes: readonly SchedulerNode[]): Iterable<readonly SchedulerNode[]> {
  const found = new Map<string, SchedulerNode[]>();
  for (const node of nodes) {
    const { [HOSTNAME]: _, ...labels } = node.labels;
    const resources = [...node.allocatable].map(([name, amount]) => `${name}=${amount}`).sort();
    addTo(found, JSON.stringify([Object.entries(labels).sort(), node.taints, resources]), node);
  }
  return found.values();
}
