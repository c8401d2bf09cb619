import { record } from '../../../manifests/resource';
import { near } from '../../../model/near';
import type { Scaler } from '../../../world/autoscalers';
import { autoscalersOf } from '../../../world/autoscalers';
import { amounts } from '../../../world/pod-amounts';
import type { Utilization } from '../../../world/utilizations';
import { unrequested, utilizations } from '../../../world/utilizations';
import { changesRequest, verticalScalersOf } from '../../../world/vertical-scalers';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (resources: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: web, image: 'shop/web:3.1.0', resources: { requests: { cpu: 100m } } }
        - { name: proxy, image: 'proxy:1.9.2', resources: ${resources} }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  maxReplicas: 5
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]
`;

export default check({
  id: 'hpa-requests-set',
  group: 'scaling',
  description: 'every container whose utilization an autoscaler reads has the resource request',
  severity: 'will-break',
  needs: [],
  source: 'pkg/controller/podautoscaler/replica_calculator.go',
  fix: 'set the request in every container of the pod, sidecars included',
  example: {
    broken: manifests('{}'),
    fails: ['Deployment/shop/web spec.template.spec.containers[1].resources'],
    fixed: manifests('{ requests: { cpu: 20m } }'),
  },
  *judge(world) {
    for (const scaler of autoscalersOf(world)) {
      const { resource } = scaler;
      for (const metric of utilizations(resource))
        yield* judgeMetric(world, scaler, metric, (field) => ({
          resource,
          path: [...metric.path, ...(resource.kind === 'ScaledObject' ? ['metadata', 'containerName'] : [field])],
        }));
    }
  },
});

function* judgeMetric(
  world: World,
  scaler: Scaler,
  metric: Utilization,
  at: (field: string) => Pick<Finding, 'resource' | 'path'>,
): Iterable<Finding> {
  const { name, container: wanted } = metric;
  const consequence = `${scaler.resource.name} gets no ${name} utilization (FailedGetResourceMetric) and does not scale`;
  for (const lack of unrequested(world, scaler, metric)) {
    const { workload } = lack;
    if (lack.why === 'no-container') {
      yield {
        ...at('container'),
        value: wanted,
        message: `the pods of ${workload.resource.kind} ${workload.resource.name} have no container ${wanted}, so ${consequence}${near(
          wanted!,
          workload.running.map((container) => container.name),
        )}`,
      };
      continue;
    }
    if (lack.why === 'pod') {
      yield {
        resource: workload.resource,
        path: [...workload.podSpecPath, 'resources'],
        message: `neither the pod nor its containers request ${name}, so ${consequence}`,
      };
      continue;
    }
    const { container } = lack;
    const stated = record(container.json['resources']);
    const vertical = verticalScalersOf(world, workload).find((each) => changesRequest(each, container, name));
    const requests = record(stated?.['requests']);
    const place = {
      resource: workload.resource,
      path: [...container.path, ...(stated ? ['resources'] : []), ...(requests ? ['requests'] : [])],
      ...(amounts(requests).size > 0 ? { value: requests } : {}),
    };
    if (vertical)
      yield {
        ...place,
        verdict: 'unknown',
        message: `container ${container.name} has no ${name} request: whether VerticalPodAutoscaler ${vertical.resource.name} sets it in time is not known; until then, ${consequence}`,
      };
    else yield { ...place, message: `container ${container.name} has no ${name} request, so ${consequence}` };
  }
}
