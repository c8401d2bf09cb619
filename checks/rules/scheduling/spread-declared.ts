import { podsOf } from '../../../world/autoscalers';
import { servicesOfWorkload } from '../../../world/services';
import { spreadTerms } from '../../../world/spread';
import { check } from '../../check';

const manifests = (spread: string) => `
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
    spec:
      containers: [{ name: web, image: 'shop/web:3.1.0' }]
      ${spread}
`;

export default check({
  id: 'spread-declared',
  group: 'scheduling',
  description: 'the pods of a workload behind a Service are spread over nodes or zones',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/',
  fix: 'add topologySpreadConstraints for kubernetes.io/hostname or topology.kubernetes.io/zone, or a podAntiAffinity',
  example: {
    broken: manifests(''),
    fails: ['Deployment/shop/web spec.template.spec'],
    fixed: manifests(
      'topologySpreadConstraints: [{ maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: { matchLabels: { app: web } } }]',
    ),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      const { resource, podSpecPath } = workload;
      if (
        !['Deployment', 'StatefulSet', 'ReplicaSet', 'Rollout'].includes(resource.kind) ||
        servicesOfWorkload(world, workload).length === 0
      )
        continue;
      const pods = podsOf(world, workload);
      if (!pods || pods.max < 2) continue;
      // What does not select these pods does not spread them.
      if (spreadTerms(workload).some(({ selectsOwn }) => selectsOwn !== false)) continue;
      yield {
        resource,
        path: podSpecPath,
        message: `only the scheduler's weak default spreads its ${pods.max} pods: the failure of one node or zone may stop all of them`,
      };
    }
  },
});
