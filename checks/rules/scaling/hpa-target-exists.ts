import { string } from '../../../manifests/resource';
import type { Scaler } from '../../../world/autoscalers';
import { autoscalersOf, rolloutRunning, workloadScaled } from '../../../world/autoscalers';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { missing } from '../../missing';

const manifests = (name: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', resources: { requests: { cpu: 100m } } }] }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: ${name} }
  maxReplicas: 5
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]
`;

/** The API groups of Kubernetes' own scalable kinds. */
const API_OF: ReadonlyMap<string, string> = new Map(
  Object.entries({ Deployment: 'apps', ReplicaSet: 'apps', StatefulSet: 'apps', ReplicationController: '' }),
);
const NOT_SCALABLE: ReadonlySet<string> = new Set(['DaemonSet', 'Job', 'CronJob', 'Pod', 'Service']);

export default check({
  id: 'hpa-target-exists',
  group: 'scaling',
  description: 'the target of an autoscaler exists in its namespace, has a scale subresource, and pods to scale',
  severity: 'will-break',
  needs: ['external'],
  source: 'pkg/controller/podautoscaler/horizontal.go',
  fix: 'set the apiVersion, kind and name of the workload',
  example: {
    broken: manifests('website'),
    fails: ['HorizontalPodAutoscaler/shop/web spec.scaleTargetRef.name'],
    fixed: manifests('web'),
  },
  *judge(world) {
    for (const scaler of autoscalersOf(world)) {
      const { resource, namespace, target } = scaler;
      const { kind, name, path, apiVersion } = target;
      const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
      const api = API_OF.get(kind);
      if (NOT_SCALABLE.has(kind)) {
        yield {
          resource,
          path: [...path, 'kind'],
          value: kind,
          message: `a ${kind} has no scale subresource, so the autoscaler cannot scale it (FailedGetScale)`,
        };
      } else if (
        api !== undefined &&
        group !== api &&
        (api === '' || group === '' || ['extensions', 'batch', 'autoscaling', 'policy'].includes(group))
      ) {
        const right = api === '' ? 'v1' : `${api}/v1`;
        yield {
          resource,
          path: [...path, 'apiVersion'],
          value: string(resource.at([...path, 'apiVersion'])),
          message: `API group ${group || "'' (core)"} has no ${kind}, so the autoscaler cannot scale it (FailedGetScale); the apiVersion of a ${kind} is ${right}`,
        };
      } else {
        const finding = missing(
          world,
          { resource, path: [...path, 'name'], kind, namespace, name },
          'the autoscaler has nothing to scale (FailedGetScale) and the number of pods does not change',
        );
        if (finding) yield finding;
        else yield* ofRollout(world, scaler);
      }
    }
  },
});

/**
 * A workload that lends a Rollout of Argo its template (workloadRef) and has no pods itself: from 0 a HorizontalPodAutoscaler scales nothing
 * (ScalingDisabled), unless its own minimum is 0.
 */
function* ofRollout(world: World, scaler: Scaler): Iterable<Finding> {
  const { resource, namespace, target, min } = scaler;
  const workload = resource.kind === 'HorizontalPodAutoscaler' && min > 0 ? workloadScaled(world, scaler) : undefined;
  const rollout = workload && rolloutRunning(world, workload);
  if (!rollout) return;
  const scaleDown = string(rollout.at(['spec', 'workloadRef', 'scaleDown'])) ?? 'never';
  if (workload.replicas !== 0 && scaleDown === 'never') return;
  const isScaled = autoscalersOf(world).some(
    (other) => other.target.kind === 'Rollout' && other.target.name === rollout.name && other.namespace === namespace,
  );
  // What is left of the time before the Rollout does no harm.
  if (isScaled) return;
  const why = workload.replicas === 0 ? 'has replicas: 0' : `is scaled to 0 by the Rollout (scaleDown: ${scaleDown})`;
  yield {
    resource,
    path: [...target.path, 'kind'],
    value: target.kind,
    message: `Rollout ${rollout.name} makes the pods by the template of ${target.kind} ${target.name}, which ${why}: the autoscaler scales nothing (ScalingDisabled), and the Rollout keeps its number of pods`,
    fix: `name the Rollout: apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: ${rollout.name}`,
  };
}
