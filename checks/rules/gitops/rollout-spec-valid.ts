import { rolloutProblems } from '../../../upstream/argo-rollouts/rollout';
import { argoRolloutsOf } from '../../../world/argo-rollouts';
import { check } from '../../check';

const manifests = (canary: string, weight: number) => `
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: web, namespace: shop }
spec:
  replicas: 4
  selector: { matchLabels: { app: web } }
  strategy:
    canary:
      stableService: web
      canaryService: ${canary}
      steps: [{ setWeight: ${weight} }, { pause: { duration: 10m } }]
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0' }] }
`;

export default check({
  id: 'rollout-spec-valid',
  group: 'gitops',
  description: 'what the CustomResourceDefinition of a Rollout of Argo admits is also what its controller accepts',
  severity: 'will-break',
  needs: [],
  source: 'https://argo-rollouts.readthedocs.io/en/stable/features/specification/',
  fix: 'set the field as the message says; kubectl argo rollouts lint -f FILE asks the controller itself',
  example: {
    broken: manifests('web', 130),
    fails: [
      'Rollout/shop/web spec.strategy.canary.stableService',
      'Rollout/shop/web spec.strategy.canary.steps[0].setWeight',
    ],
    fixed: manifests('web-next', 30),
  },
  *judge(world) {
    for (const resource of argoRolloutsOf(world))
      for (const { path, value, message, isDropped } of rolloutProblems(resource))
        yield {
          ...{ resource, path, value },
          message: `${String(path.at(-1))} ${message}${isDropped ? '' : ': the Rollout is invalid (InvalidSpec), and the controller makes no new pods for it'}`,
          ...(path.at(-1) === 'gatewayAPI'
            ? {
                fix: 'route by trafficRouting.plugins: { argoproj-labs/gatewayAPI: { httpRoute: NAME, namespace: NAMESPACE } }, and install that plugin',
              }
            : {}),
        };
  },
});
