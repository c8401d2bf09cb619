import type { Workload } from '../../../manifests/workload';
import { addTo } from '../../../model/multimap';
import type { Autoscaler } from '../../../world/autoscalers';
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
  group: 'references',
  description: 'the pods of a workload are scaled by one autoscaler',
  severity: 'will-break',
  needs: [],
  source: 'pkg/controller/podautoscaler/horizontal.go',
  fix: 'keep one autoscaler for the workload and give it all the metrics',
  example: {
    broken: `${hpa('web-cpu', 'web')}---${hpa('web-memory', 'web')}`,
    fails: ['HorizontalPodAutoscaler/shop/web-memory spec.scaleTargetRef'],
    fixed: `${hpa('web', 'web')}---${hpa('worker', 'worker')}`,
  },
  *judge(world) {
    const byTarget = new Map<string, Autoscaler[]>();
    const byPods = new Map<Workload, Autoscaler[]>();
    for (const scaler of autoscalersOf(world)) {
      const { target, namespace } = scaler;
      addTo(byTarget, `${target.kind}/${namespace}/${target.name}`, scaler);
      // The controller asks which pods the target's selector finds: a selector that is too wide finds those of others.
      const workload = workloadScaled(world, scaler);
      const selector = workload?.resource.at(['spec', 'selector']);
      for (const found of selector ? podsMatching(world, namespace, selector) : []) addTo(byPods, found, scaler);
    }
    const told = new Set<Autoscaler>();
    for (const scalers of byTarget.values()) {
      for (const scaler of scalers.slice(1)) {
        told.add(scaler);
        const { resource, target } = scaler;
        yield {
          resource,
          path: target.path,
          value: target.name,
          message: `${scalers[0]!.resource.kind} ${scalers[0]!.resource.name} scales ${target.kind} ${target.name} too, so both stop scaling (AmbiguousSelector)`,
        };
      }
    }
    for (const [workload, scalers] of byPods) {
      for (const scaler of scalers.slice(1)) {
        if (told.has(scaler)) continue;
        told.add(scaler);
        yield {
          resource: scaler.resource,
          path: scaler.target.path,
          value: scaler.target.name,
          message: `the selectors of the targets of ${scalers[0]!.resource.name} and ${scaler.resource.name} both find the pods of ${workload.resource.kind} ${workload.resource.name}, so both stop scaling (AmbiguousSelector)`,
        };
      }
    }
  },
});
