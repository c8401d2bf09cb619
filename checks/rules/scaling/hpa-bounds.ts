import { number } from '../../../manifests/resource';
import { hpasOf } from '../../../world/autoscalers';
import { check } from '../../check';

const manifests = (least: number) => `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  minReplicas: ${least}
  maxReplicas: 5
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]
`;

export default check({
  id: 'hpa-bounds',
  group: 'scaling',
  description: "an autoscaler's minimum does not exceed its maximum",
  severity: 'will-break',
  needs: [],
  source: 'pkg/apis/autoscaling/validation/validation.go',
  fix: 'set minReplicas to at most maxReplicas, and maxReplicas to at least 1',
  example: { broken: manifests(8), fails: ['HorizontalPodAutoscaler/shop/web spec.minReplicas'], fixed: manifests(2) },
  *judge(world) {
    for (const resource of [...hpasOf(world), ...world.of('ScaledObject').filter(({ group }) => group === 'keda.sh')]) {
      const keda = resource.kind === 'ScaledObject';
      const [low, high] = keda ? ['minReplicaCount', 'maxReplicaCount'] : ['minReplicas', 'maxReplicas'];
      const least = number(resource.at(['spec', low!]));
      const most = number(resource.at(['spec', high!]));
      const consequence = keda
        ? 'KEDA creates no autoscaler and nothing scales'
        : 'the API server rejects the autoscaler and nothing scales';
      // Of an autoscaler of Kubernetes, schema-valid says that a field is too small.
      if (keda && most !== undefined && most < 1)
        yield {
          resource,
          path: ['spec', high!],
          value: most,
          message: `${high} ${most} is less than 1: ${consequence}`,
        };
      else if (least !== undefined && most !== undefined && least > most)
        yield {
          resource,
          path: ['spec', low!],
          value: least,
          message: `${low} ${least} exceeds ${high} ${most}: ${consequence}`,
        };
    }
  },
});
