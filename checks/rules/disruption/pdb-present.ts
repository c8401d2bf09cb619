import { podsOf } from '../../../world/autoscalers';
import { budgetsOfWorkload } from '../../../world/budgets';
import { servicesOfWorkload } from '../../../world/services';
import { check } from '../../check';

const workload = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0' }] }
`;

export default check({
  id: 'pdb-present',
  group: 'disruption',
  description: 'a workload with several pods behind a Service has a PodDisruptionBudget',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/disruptions/',
  fix: 'add a PodDisruptionBudget with maxUnavailable: 1 for the pods',
  example: {
    broken: workload,
    fails: ['Deployment/shop/web metadata.name'],
    fixed: `${workload}---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: shop }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: web } } }
`,
  },
  *judge(world) {
    for (const workload of world.workloads) {
      const { resource } = workload;
      if (
        !['Deployment', 'StatefulSet', 'ReplicaSet', 'Rollout'].includes(resource.kind) ||
        servicesOfWorkload(world, workload).length === 0
      )
        continue;
      // Each of these kinds says how many pods it has.
      const pods = podsOf(world, workload)!;
      // replica-floor reports a workload that scales down to one pod: a budget would block every drain of its node.
      if (pods.min < 2 || budgetsOfWorkload(world, workload).length > 0) continue;
      yield {
        resource,
        path: ['metadata', 'name'],
        value: resource.name,
        message: `no PodDisruptionBudget selects its ${pods.max} pods: a drain may evict all pods that share a node at once`,
      };
    }
  },
});
