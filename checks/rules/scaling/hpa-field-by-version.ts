import { disabledIn, knowsGates } from '../../../upstream/kubernetes/disabled-fields';
import { autoscalersOf } from '../../../world/autoscalers';
import { behaviorPath } from '../../../world/keda';
import { check } from '../../check';

const manifests = (behavior: string) => `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  maxReplicas: 8
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]
  behavior: { scaleUp: { stabilizationWindowSeconds: 30${behavior} } }
`;

/** The first version whose API has the field. */
const KNOWN_SINCE = 33;
/** The first in which the feature is on by default (pkg/features/kube_features.go, HPAConfigurableTolerance). */
const KEPT_SINCE = 35;

export default check({
  id: 'hpa-field-by-version',
  group: 'scaling',
  description: 'the API server keeps every field of an autoscaler',
  severity: 'will-break',
  needs: ['kubernetes-version'],
  source: 'staging/src/k8s.io/api/autoscaling/v2/types.go',
  fix: 'remove the field, or upgrade the cluster to Kubernetes 1.35',
  example: {
    facts: `
apiVersion: v1
kind: Node
metadata: { name: general-1 }
status: { nodeInfo: { kubeletVersion: v1.34.2 } }
`,
    broken: manifests(", tolerance: '0.05'"),
    fails: ['HorizontalPodAutoscaler/shop/web spec.behavior.scaleUp.tolerance'],
    fixed: manifests(''),
  },
  *judge(world) {
    const { minor } = world.facts;
    for (const { resource } of autoscalersOf(world)) {
      for (const direction of ['scaleUp', 'scaleDown']) {
        const path = [...behaviorPath(resource), direction, 'tolerance'];
        const value = resource.at(path);
        if (value === undefined || value === null) continue;
        const by = resource.kind === 'ScaledObject' ? ' that KEDA makes' : '';
        if (minor === undefined)
          yield {
            ...{ resource, path, value, verdict: 'unknown' as const },
            message: `whether the API server keeps the tolerance is not known: it does from Kubernetes 1.${KEPT_SINCE} on; say the version with --kubernetes`,
          };
        // Of a field that the API does not have, unknown-field says so; that of KEDA's resource is in its own schema.
        else if (minor >= KNOWN_SINCE ? isDropped(minor) : resource.kind === 'ScaledObject')
          yield {
            ...{ resource, path, value },
            message: `Kubernetes 1.${minor} drops the tolerance from the autoscaler${by} without a word, unless its feature gate HPAConfigurableTolerance is on: it works with the tolerance of the controller, 10%`,
          };
      }
    }
  },
});

function isDropped(minor: number): boolean {
  return (
    knowsGates(minor) && disabledIn('autoscaling.v2.HPAScalingRules', minor, false)?.fields.has('tolerance') === true
  );
}
