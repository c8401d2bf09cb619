import type { WorkloadManifest } from '../../../manifests/workload';
import { addTo } from '../../../model/multimap';
import type { Scaler } from '../../../world/autoscalers';
import { autoscalersOf, workloadScaled } from '../../../world/autoscalers';
import { podsMatching } from '../../../world/pods';
import { check } from '../../check';

const hpa = (name: string, target: string) => `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: ${name}, namespace: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: ${target} }
  maxReplicas: 5
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]
`;

export default check({
  id: 'hpa-target-unique',
  group: 'scaling',
  description: 'the pods of a workload have at most one autoscaler',
  severity: 'will-break',
  needs: [],
  source: 'pkg/controller/podautoscaler/horizontal.go',
  fix: 'keep one autoscaler for the workload and give it all metrics',
  example: {
    broken: `${hpa('web-cpu', 'web')}---${hpa('web-memory', 'web')}`,
    fails: ['HorizontalPodAutoscaler/shop/web-memory spec.scaleTargetRef'],
    fixed: `${hpa('web', 'web')}---${hpa('worker', 'worker')}`,
  },
  *judge(world) {
    const byTarget = new Map<string, Scaler[]>();
    const byPods = new Map<WorkloadManifest, Scaler[]>();
    const seen = new Set<string>();
    for (const scaler of autoscalersOf(world)) {
      const { target, namespace } = scaler;
      // One object that is defined twice is one autoscaler: duplicate-object says so.
      const id = world.idOf(scaler.resource);
      if (seen.has(id)) continue;
      seen.add(id);
      addTo(byTarget, `${target.kind}/${namespace}/${target.name}`, scaler);
      // The controller takes all pods that the target's selector selects: one that is too wide selects pods of other workloads.
      const workload = workloadScaled(world, scaler);
      const selector = workload?.resource.at(['spec', 'selector']);
      for (const found of selector ? podsMatching(world, namespace, selector) : []) addTo(byPods, found, scaler);
    }
    const reported = new Set<Scaler>();
    for (const scalers of byTarget.values()) {
      for (const scaler of scalers.slice(1)) {
        reported.add(scaler);
        const { resource, target } = scaler;
        yield {
          resource,
          path: target.path,
          value: target.name,
          message: `${scalers[0]!.resource.kind} ${scalers[0]!.resource.name} also scales ${target.kind} ${target.name}, so both stop scaling (AmbiguousSelector)`,
        };
      }
    }
    for (const [workload, scalers] of byPods) {
      for (const scaler of scalers.slice(1)) {
        if (reported.has(scaler)) continue;
        reported.add(scaler);
        yield {
          resource: scaler.resource,
          path: scaler.target.path,
          value: scaler.target.name,
          message: `the selectors of the targets of ${scalers[0]!.resource.name} and ${scaler.resource.name} both select the pods of ${workload.resource.kind} ${workload.resource.name}, so both stop scaling (AmbiguousSelector)`,
        };
      }
    }
  },
});
