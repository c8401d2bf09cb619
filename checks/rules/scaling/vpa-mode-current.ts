import { verticalScalersIn } from '../../../world/vertical-scalers';
import { check } from '../../check';

const manifests = (mode: string) => `
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  targetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  updatePolicy: { updateMode: '${mode}' }
`;

export default check({
  id: 'vpa-mode-current',
  group: 'scaling',
  description: 'a VerticalPodAutoscaler says how it changes pods, and not that any way will do',
  severity: 'advice',
  needs: [],
  source: 'https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/features.md',
  fix: 'set updateMode to Recreate, which is what Auto does, or to InPlaceOrRecreate from Kubernetes 1.33 on',
  example: {
    broken: manifests('Auto'),
    fails: ['VerticalPodAutoscaler/shop/web spec.updatePolicy.updateMode'],
    fixed: manifests('Recreate'),
  },
  *judge(world) {
    for (const { resource, mode } of verticalScalersIn(world))
      if (mode === 'Auto' && !world.isExternal(resource))
        yield {
          ...{ resource, path: ['spec', 'updatePolicy', 'updateMode'], value: mode },
          message:
            'the mode Auto is deprecated and goes with a later version of the API: it evicts pods as Recreate does, and what it will do then is not promised',
        };
  },
});
