import { number } from '../../../manifests/resource';
import type { Scaler } from '../../../world/autoscalers';
import { autoscalersOf, workloadScaled } from '../../../world/autoscalers';
import type { Unrequested } from '../../../world/utilizations';
import { metricCount, unrequested, utilizations } from '../../../world/utilizations';
import type { World } from '../../../world/world';
import type { ObjectChange } from '../../object-change';
import { stepsTo } from '../containers';
import { fieldAt } from '../paths';
import type { WorldChange } from '../risk';
import { riskRule } from '../risk';

const web = (requests: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'example.com/web:1.4.0', resources: { requests: { ${requests} } } }] }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  minReplicas: 2
  maxReplicas: 9
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]
`;

export default riskRule({
  id: 'autoscaler-blind',
  class: 'disruption',
  description: 'an autoscaler that gets no utilization any more, as its pods do not request what it is a percentage of',
  reason:
    'One container without the request is enough: the controller computes nothing of the metric (FailedGetResourceMetric). With no other metric the number of pods stays as it is, with others it only grows.',
  source: 'pkg/controller/podautoscaler/replica_calculator.go',
  advice: 'keep the request in every container of the pod, sidecars included, or let a LimitRange give a default',
  example: {
    before: web('cpu: 250m, memory: 64Mi'),
    after: web('memory: 64Mi'),
    finds: ['Deployment/shop/web spec.template.spec.containers[web].resources.requests.cpu'],
    harmless: web('cpu: 100m'),
  },
  *find(diff) {
    for (const scaler of touchedScalers(diff)) {
      const twin = autoscalersOf(diff.before).find(
        (each) => each.resource.kind === scaler.resource.kind && keyOf(diff.before, each) === keyOf(diff.after, scaler),
      );
      const blind = utilizations(scaler.resource).flatMap((metric) => {
        const lack = first(unrequested(diff.after, scaler, metric));
        return lack ? [{ metric, lack }] : [];
      });
      // What saw something before, and sees nothing now, has lost it; a metric that is new takes nothing away.
      const sawNone = !twin || !workloadScaled(diff.before, twin) || seesNone(diff.before, twin);
      const seesMore = blind.length < metricCount(scaler.resource);
      for (const { metric, lack } of blind) {
        // One that never saw anything is as blind as before.
        const had =
          twin &&
          utilizations(twin.resource).find(
            ({ name, container }) => name === metric.name && container === metric.container,
          );
        if (twin && had && (sawNone || first(unrequested(diff.before, twin, had)))) continue;
        const change = causeOf(diff, scaler, lack);
        if (!change) continue;
        yield {
          change,
          field: fieldOf(change, lack, metric.name),
          ...(sawNone || (!had && seesMore) ? { class: 'capacity' as const } : {}),
          message: `${diff.after.idOf(scaler.resource)} gets no ${metric.name} utilization: ${lackText(lack, metric.name, metric.container)}; ${stateText(diff.after, scaler, sawNone, seesMore)}`,
        };
      }
    }
  },
});

/** The autoscalers whose own manifest, target or LimitRange changes. */
function* touchedScalers(diff: WorldChange): Iterable<Scaler> {
  const changed = new Set(diff.changes.flatMap(({ after }) => after ?? []));
  const ranges = new Set(diff.changes.flatMap(({ kind, namespace }) => (kind === 'LimitRange' ? [namespace] : [])));
  for (const scaler of autoscalersOf(diff.after)) {
    const target = workloadScaled(diff.after, scaler);
    if (target && (changed.has(target.resource) || changed.has(scaler.resource) || ranges.has(scaler.namespace)))
      yield scaler;
  }
}

/** Whether an autoscaler gets nothing of any of its metrics. */
function seesNone(world: World, scaler: Scaler): boolean {
  const all = utilizations(scaler.resource);
  return all.length >= metricCount(scaler.resource) && all.every((metric) => first(unrequested(world, scaler, metric)));
}

function keyOf(world: World, { resource }: Scaler): string {
  return `${world.namespaceOf(resource)}/${resource.name}`;
}

function first<Item>(items: Iterable<Item>): Item | undefined {
  for (const item of items) return item;
  return undefined;
}

/** The workload, or else what gave it a default, or else the autoscaler. */
function causeOf(diff: WorldChange, scaler: Scaler, { workload }: Unrequested): ObjectChange | undefined {
  const at = (wanted: ObjectChange['after']) => diff.changes.find(({ after }) => after === wanted);
  const own = at(workload.resource);
  const hasPods = own?.fields.some(({ path }) => path[1] === 'template') || own?.does === 'added';
  return (
    (hasPods ? own : undefined) ??
    diff.changes.find(
      ({ kind, namespace, does }) => kind === 'LimitRange' && namespace === scaler.namespace && does !== 'added',
    ) ??
    at(scaler.resource) ??
    own
  );
}

function fieldOf(change: ObjectChange, lack: Unrequested, name: string) {
  if (change.does !== 'changed') return undefined;
  if (change.kind === 'LimitRange') return fieldAt(change, ['spec']);
  if (change.kind === 'HorizontalPodAutoscaler')
    return fieldAt(change, ['spec', 'metrics']) ?? fieldAt(change, ['spec', 'scaleTargetRef']);
  const { workload } = lack;
  return lack.why === 'container'
    ? fieldAt(change, [...stepsTo(workload.podSpecPath, lack.container), 'resources', 'requests', name])
    : fieldAt(change, workload.podSpecPath.map(String));
}

function lackText(lack: Unrequested, name: string, container: string | undefined): string {
  switch (lack.why) {
    case 'no-container':
      return `its pods have no container ${container ?? ''}`;
    case 'pod':
      return `neither the pod nor its containers request ${name}`;
    case 'container':
      return `container ${lack.container.name} has no ${name} request`;
  }
}

/** What becomes of the number of pods. */
function stateText(world: World, scaler: Scaler, sawNone: boolean, seesMore: boolean): string {
  if (seesMore) return 'by its other metrics it adds pods, and takes none away';
  const replicas = number(workloadScaled(world, scaler)?.resource.at(['spec', 'replicas']));
  const written = replicas === undefined ? '' : `, or ${replicas} when the manifest is applied`;
  return `it scales ${sawNone ? 'nothing' : 'no more'}, and there stay as many pods as there are${written}`;
}
