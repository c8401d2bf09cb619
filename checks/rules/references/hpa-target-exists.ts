import { string } from '../../../manifests/resource';
import { autoscalersOf } from '../../../world/autoscalers';
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
  group: 'references',
  description: 'the target of an autoscaler exists in its namespace and has a scale subresource',
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
    for (const { resource, namespace, target } of autoscalersOf(world)) {
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
      }
    }
  },
});
