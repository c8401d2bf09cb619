import { changesOf } from '../kinds';
import { riskRule } from '../risk';

const hpa = (bounds: string, labels = 'a: b') => `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop, labels: { ${labels} } }
spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, ${bounds} }
`;
const KINDS = ['HorizontalPodAutoscaler', 'ScaledObject', 'ScaledJob', 'VerticalPodAutoscaler'];
const GROUPS = ['autoscaling', 'keda.sh', 'autoscaling.k8s.io'];

export default riskRule({
  id: 'autoscaling-bounds',
  class: 'capacity',
  description: 'the bounds, targets and behaviour of an autoscaler',
  reason: 'They decide how many pods run, or how large they are: what a workload can do under load, and what it costs.',
  source: 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/',
  advice: 'ask whether the maximum fits: strata plan capacity',
  example: {
    before: hpa('minReplicas: 2, maxReplicas: 5'),
    after: hpa('minReplicas: 2, maxReplicas: 50'),
    finds: ['HorizontalPodAutoscaler/shop/web spec.maxReplicas'],
    harmless: hpa('minReplicas: 2, maxReplicas: 5', 'a: c'),
  },
  *find(diff) {
    for (const change of changesOf(diff, ...KINDS)) {
      const { does, after } = change;
      if (!GROUPS.includes((after ?? change.before)!.group)) continue;
      if (does === 'added')
        yield { change, message: 'an autoscaler decides from now on how many pods run, or how large they are' };
      if (does === 'removed') yield { change, message: 'the number or the size of the pods stays as it is now' };
      for (const field of change.fields)
        if (field.path[0] === 'spec')
          yield { change, field, message: 'the autoscaler may keep another number of pods, or pods of another size' };
    }
  },
});
