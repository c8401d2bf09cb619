import type { Path } from '../../../manifests/resource';
import { list, number, record, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { near } from '../../../model/near';
import { autoscalersOf, verticalScalersOf, workloadScaled } from '../../../world/autoscalers';
import { amounts } from '../../../world/pod-amounts';
import { hasPodResources, podResources, resourcesOf } from '../../../world/requests';
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
  group: 'references',
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
      const workload = workloadScaled(world, scaler);
      if (!workload || resource.kind !== 'HorizontalPodAutoscaler') continue;
      for (const { name, container, path } of utilizations(resource.at(['spec'])))
        yield* judgeMetric(world, workload, resource.name, name, container, (at) => ({
          resource,
          path: [...path, ...at],
        }));
    }
  },
});

interface Utilization {
  readonly name: string;
  /** @default - all containers */
  readonly container: string | undefined;
  readonly path: Path;
}

/** The metrics that are a percentage of requests; the controller uses CPU utilization where none is set. */
function* utilizations(value: unknown): Iterable<Utilization> {
  const spec = record(value);
  const metrics = list(spec?.['metrics']);
  // autoscaling/v1, and the default of both versions.
  if (metrics.length === 0) yield { name: 'cpu', container: undefined, path: ['spec'] };
  for (const [i, entry] of metrics.entries()) {
    const metric = record(entry);
    const field = metric?.['type'] === 'ContainerResource' ? 'containerResource' : 'resource';
    const source = record(metric?.[field]);
    const name = string(source?.['name']);
    if (
      !name ||
      (number(record(source?.['target'])?.['averageUtilization']) ?? number(source?.['targetAverageUtilization'])) ===
        undefined
    )
      continue;
    yield {
      name,
      container: field === 'resource' ? undefined : (string(source?.['container']) ?? ''),
      path: ['spec', 'metrics', i, field],
    };
  }
}

function* judgeMetric(
  world: World,
  workload: WorkloadManifest,
  hpa: string,
  name: string,
  wanted: string | undefined,
  at: (path: Path) => Pick<Finding, 'resource' | 'path'>,
): Iterable<Finding> {
  const consequence = `${hpa} gets no ${name} utilization (FailedGetResourceMetric) and does not scale`;
  const containers = workload.running.filter(({ name: own }) => wanted === undefined || own === wanted);
  if (wanted !== undefined && containers.length === 0) {
    yield {
      ...at(['container']),
      value: wanted,
      message: `the pods of ${workload.resource.kind} ${workload.resource.name} have no container ${wanted}, so ${consequence}${near(
        wanted,
        workload.running.map((container) => container.name),
      )}`,
    };
    return;
  }
  if (wanted === undefined && hasPodResources(workload)) {
    if (!podResources(world, workload, 'requests').has(name))
      yield {
        resource: workload.resource,
        path: [...workload.podSpecPath, 'resources'],
        message: `neither the pod nor its containers request ${name}, so ${consequence}`,
      };
    return;
  }
  for (const container of containers) {
    if (resourcesOf(world, workload, container).requests.has(name)) continue;
    const stated = record(container.json['resources']);
    const vertical = verticalScalersOf(world, workload)[0];
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
        message: `container ${container.name} has no ${name} request: whether VerticalPodAutoscaler ${vertical.name} sets it in time is not known; until then, ${consequence}`,
      };
    else yield { ...place, message: `container ${container.name} has no ${name} request, so ${consequence}` };
  }
}
