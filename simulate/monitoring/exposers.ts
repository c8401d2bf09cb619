import type { ProgramName } from '../../manifests/programs';
import { containerOf } from '../../manifests/programs';
import type { Resource } from '../../manifests/resource';
import { WorkloadManifest } from '../../manifests/workload';
import { METRICS_ANNOTATION } from '../../model/marks';
import { memo } from '../../model/memo';
import { isComponentMetric } from '../../upstream/kubernetes/component-metrics';
import { operatedBy } from '../../world/operated-pods';
import { makesPods } from '../../world/pods';
import { serviceOf } from '../../world/services';
import type { World } from '../../world/world';

/** Who exposes a series: pods that say so or that run a program that is known for it, or a component of the cluster. */
export type Exposer =
  | { readonly of: 'workload'; readonly workload: WorkloadManifest; readonly statedBy: Resource | undefined }
  | { readonly of: 'kubelet' | 'API server' };

/** Programs that are known for the series that they expose. */
const PROGRAMS: readonly (readonly [metric: RegExp, program: ProgramName])[] = [
  [/^kube_/, 'kube-state-metrics'],
  [/^node_/, 'node-exporter'],
  [/^prometheus_/, 'prometheus'],
  [/^alertmanager_/, 'alertmanager'],
  [/^grafana_/, 'grafana'],
  [/^redis_/, 'redis-exporter'],
  [/^argocd_/, 'argo-cd'],
  [/^traefik_/, 'traefik'],
  [/^nginx_ingress_/, 'ingress-nginx'],
];

/** Whoever exposes a series, as far as it is known here. */
export function exposersOf(world: World, metric: string): readonly Exposer[] {
  const stated = statements(world).flatMap(({ resource, patterns, workloads }) =>
    patterns.some((pattern) => declares(pattern, metric))
      ? workloads.map((workload): Exposer => ({ of: 'workload', workload, statedBy: resource }))
      : [],
  );
  if (stated.length > 0) return stated;
  const program = PROGRAMS.find(([pattern]) => pattern.test(metric))?.[1];
  if (program)
    return [...world.workloads, ...world.operated]
      .filter(makesPods)
      .filter(({ running }) => containerOf(running, program) !== undefined)
      .map((workload): Exposer => ({ of: 'workload', workload, statedBy: undefined }));
  if (/^(container_|machine_|cadvisor_|kubelet_|prober_)/.test(metric)) return [{ of: 'kubelet' }];
  return isComponentMetric(metric) ? [{ of: 'API server' }] : [];
}

/** All that workloads and Services say that they expose. */
export const annotatedMetrics = memo((world: World): readonly string[] =>
  statements(world).flatMap(({ patterns }) => patterns),
);

/** What the pods of a workload say that they expose. */
export function metricsOfWorkload(world: World, workload: WorkloadManifest): readonly string[] {
  return statements(world).flatMap(({ patterns, workloads }) => (workloads.includes(workload) ? patterns : []));
}

/** Whether a series is what is declared so; a histogram or summary is declared without the suffixes of its series. */
export function declares(pattern: string, metric: string): boolean {
  const names = [metric, metric.replace(/_(bucket|sum|count)$/, '')];
  return names.some((name) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}

interface Statement {
  readonly resource: Resource;
  readonly patterns: readonly string[];
  /** Whose pods it speaks of: its own, or those behind it. */
  readonly workloads: readonly WorkloadManifest[];
}

const statements = memo((world: World): readonly Statement[] =>
  [...world.resources, ...world.external].flatMap((resource) => {
    const patterns = (resource.annotations[METRICS_ANNOTATION] ?? '').split(/[\s,]+/).filter(Boolean);
    if (patterns.length === 0) return [];
    const namespace = world.namespaceOf(resource);
    const own = world.workloads.find((each) => each.resource === resource) ?? WorkloadManifest.of(resource, namespace);
    const behind = resource.kind === 'Service' ? (serviceOf(world, namespace, resource.name)?.workloads ?? []) : [];
    return [{ resource, patterns, workloads: own ? [own] : [...operatedBy(world, resource), ...behind] }];
  }),
);
