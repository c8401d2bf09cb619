import { someNames } from '../../../model/errors';
import { untolerated } from '../../../simulate/scheduling/taints';
import { isLasting, unplaceableOf } from '../../../simulate/scheduling/unplaceable';
import { check } from '../../check';
import { isWaiting, waits } from '../../pods-wait';

const NODES = `
apiVersion: v1
kind: Node
metadata: { name: batch-1, labels: { kubernetes.io/hostname: batch-1, pool: batch } }
spec: { taints: [{ key: workload, value: batch, effect: NoSchedule }] }
status: { allocatable: { cpu: '4', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.35.0 } }
---
apiVersion: v1
kind: Node
metadata: { name: general-1, labels: { kubernetes.io/hostname: general-1, pool: general } }
status: { allocatable: { cpu: '4', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.35.0 } }
`;
const manifests = (value: string) => `
apiVersion: batch/v1
kind: Job
metadata: { name: report, namespace: shop }
spec:
  template:
    spec:
      restartPolicy: Never
      nodeSelector: { pool: batch }
      tolerations: [{ key: workload, value: ${value}, effect: NoSchedule }]
      containers: [{ name: report, image: 'shop/report:1.0.0' }]
`;

export default check({
  id: 'taints-tolerated',
  group: 'scheduling',
  description: 'a pod tolerates the taints of some node that its node selector and affinity mean',
  severity: 'will-break',
  needs: ['nodes'],
  source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/',
  fix: 'add a toleration with the key, value and effect of the taint, or let the pod ask for other nodes',
  example: {
    facts: NODES,
    broken: manifests('jobs'),
    fails: ['Job/shop/report spec.template.spec.tolerations'],
    fixed: manifests('batch'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      const fit = unplaceableOf(world, workload);
      if (!fit || fit.meant.length === 0 || fit.open.length > 0 || !isWaiting(world, workload)) continue;
      const { resource, podSpec, podSpecPath } = workload;
      const taints = fit.meant.flatMap((node) => untolerated(node.taints.filter(isLasting), fit.pod.tolerations) ?? []);
      const texts = [...new Set(taints.map(({ key, value, effect }) => `${key}${value && `=${value}`}:${effect}`))];
      const path = podSpec['tolerations'] === undefined ? podSpecPath : [...podSpecPath, 'tolerations'];
      yield {
        resource,
        path,
        value: podSpec['tolerations'],
        ...waits(
          `each of the ${fit.meant.length} nodes that it may run on has a taint that it does not tolerate (${someNames(texts, 3)})`,
          'its pods stay pending',
          fit.mayGrow ? 'whether a node without it is added is not known' : undefined,
        ),
      };
    }
  },
});
