import type { Path } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { hpasOf } from '../../../world/autoscalers';
import type { World } from '../../../world/world';
import { check } from '../../check';

const apiService = (group: string, version: string) => `
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: ${version}.${group} }
spec: { group: ${group}, version: ${version}, service: { name: adapter, namespace: kube-system }, groupPriorityMinimum: 100, versionPriority: 100 }
`;
const manifests = (metric: string) => `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  maxReplicas: 5
  metrics: [${metric}]
`;

/** The API that serves each type of metric, and its usual implementation. */
const APIS = {
  resource: { group: 'metrics.k8s.io', by: 'metrics-server' },
  custom: { group: 'custom.metrics.k8s.io', by: 'an adapter such as prometheus-adapter' },
  external: { group: 'external.metrics.k8s.io', by: 'an adapter such as KEDA or prometheus-adapter' },
} as const;
const API_OF: ReadonlyMap<string, keyof typeof APIS> = new Map(
  Object.entries({
    Resource: 'resource',
    ContainerResource: 'resource',
    Pods: 'custom',
    Object: 'custom',
    External: 'external',
  }),
);

export default check({
  id: 'hpa-metric-served',
  group: 'scaling',
  description: 'the cluster serves the metrics API that an autoscaler reads',
  severity: 'will-break',
  needs: ['cluster'],
  source: 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/',
  fix: 'install a server for the metrics API (metrics-server for CPU and memory), or use a metric that is served',
  example: {
    facts: apiService('metrics.k8s.io', 'v1beta1'),
    broken: manifests(
      "{ type: Pods, pods: { metric: { name: visits_per_second }, target: { type: AverageValue, averageValue: '10' } } }",
    ),
    fails: ['HorizontalPodAutoscaler/shop/web spec.metrics[0].type'],
    fixed: manifests(
      '{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }',
    ),
  },
  *judge(world) {
    const served = servedGroups(world);
    // What serves it may stand in what could not be read.
    const known =
      world.unread.length === 0 &&
      (world.facts.known('apiServices') !== undefined || world.external.some(({ kind }) => kind === 'APIService'));
    for (const resource of hpasOf(world)) {
      const reported = new Set<string>();
      for (const { type, path } of metricsOf(resource.at(['spec', 'metrics']))) {
        const api = APIS[API_OF.get(type) ?? 'resource'];
        if (served.has(api.group) || reported.has(api.group)) continue;
        reported.add(api.group);
        if (known)
          yield {
            resource,
            path,
            value: type,
            message: `the cluster does not serve ${api.group}, so the autoscaler gets no metric (FailedGet${type}Metric) and does not scale: ${api.by} is missing`,
          };
        else
          yield {
            resource,
            path,
            value: type,
            verdict: 'unknown',
            message: `whether the cluster serves ${api.group} (${api.by}) is not known; name the cluster, or give the output of \`kubectl get apiservices -o yaml\``,
          };
      }
    }
  },
});

function* metricsOf(metrics: unknown): Iterable<{ readonly type: string; readonly path: Path }> {
  if (list(metrics).length === 0) yield { type: 'Resource', path: ['spec'] };
  for (const [i, entry] of list(metrics).entries()) {
    const type = string(record(entry)?.['type']);
    if (type && API_OF.get(type)) yield { type, path: ['spec', 'metrics', i, 'type'] };
  }
}

function servedGroups(world: World): ReadonlySet<string> {
  const all = [
    ...world.of('APIService'),
    ...world.external.filter(({ kind }) => kind === 'APIService'),
    ...(world.facts.known('apiServices') ?? []),
  ];
  return new Set(all.flatMap((service) => string(service.at(['spec', 'group'])) ?? []));
}
