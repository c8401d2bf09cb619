import type { Quantity } from '../../../manifests/quantity';
import { parseQuantity, quantityText } from '../../../manifests/quantity';
import { record } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { autoscalersOf, workloadScaled } from '../../../world/autoscalers';
import { behaviorPath } from '../../../world/keda';
import { amounts } from '../../../world/pod-amounts';
import { hasPodResources, podResources, resourcesOf } from '../../../world/requests';
import type { ResourceMetric } from '../../../world/utilizations';
import { resourceMetrics } from '../../../world/utilizations';
import { changesRequest, verticalScalersOf } from '../../../world/vertical-scalers';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (percent: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: web, image: 'shop/web:3.1.0', resources: { requests: { cpu: 500m }, limits: { cpu: 500m } } }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  minReplicas: 2
  maxReplicas: 8
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: ${percent} } } }]
`;

/** The controller's own, unless the autoscaler says otherwise (--horizontal-pod-autoscaler-tolerance). */
const TOLERANCE = 0.1;
/** Since when an autoscaler may have a tolerance of its own, and since when one that is reached exactly is within it. */
const [OWN_SINCE, EXACT_SINCE] = [35, 33];

export default check({
  id: 'hpa-target-reachable',
  group: 'scaling',
  description: 'what pods may use can exceed the target of their autoscaler by more than its tolerance',
  severity: 'will-break',
  needs: [],
  source: 'pkg/controller/podautoscaler/replica_calculator.go',
  fix: 'lower the target, or raise the limits above the requests',
  example: {
    broken: manifests(95),
    fails: ['HorizontalPodAutoscaler/shop/web spec.metrics[0].resource.target.averageUtilization'],
    fixed: manifests(70),
  },
  *judge(world) {
    for (const scaler of autoscalersOf(world)) {
      const { resource } = scaler;
      const workload = workloadScaled(world, scaler);
      const up = record(resource.at([...behaviorPath(resource), 'scaleUp']));
      if (!workload || scaler.min >= scaler.max || up?.['selectPolicy'] === 'Disabled') continue;
      const tolerance = toleranceOf(world, up?.['tolerance']);
      for (const metric of resourceMetrics(resource)) {
        const most = mostOf(world, workload, metric);
        if (!most || !staysWithin(world, most.ratio, tolerance)) continue;
        const { target } = metric;
        const shown = resource.at(target.path);
        yield {
          resource,
          path: target.path,
          ...(typeof shown === 'object' ? {} : { value: shown }),
          message: `${most.text}, ${times(most.ratio)} the target and within the tolerance of ${Math.round(tolerance * 1000) / 10}%: however high the load, ${resource.name} adds no pod by it`,
          ...(target.by === 'share'
            ? {
                fix: `lower the target to ${highest(most.percent!, tolerance)}% or less, or raise the limits above the requests`,
              }
            : {}),
        };
      }
    }
  },
});

/** `1.05 times`; where it is the target itself, nothing more. */
function times(ratio: number): string {
  const text = String(Math.round(ratio * 1000) / 1000);
  return `${text} times`;
}

/** The largest whole percentage that pods can exceed. */
function highest(percent: number, tolerance: number): number {
  return Math.max(1, Math.ceil(percent / (1 + tolerance)) - 1);
}

function toleranceOf(world: World, given: unknown): number {
  const own = parseQuantity(given);
  const { minor } = world.facts;
  return own === undefined || (minor !== undefined && minor < OWN_SINCE) ? TOLERANCE : Number(own) / 1e9;
}

/** As the controller computes it. From 1.33 on the exact bound is within; before, the sum of a ratio and 1 may miss it. */
function staysWithin(world: World, ratio: number, tolerance: number): boolean {
  const { minor } = world.facts;
  const exact = ratio <= 1 + tolerance;
  const before = ratio <= 1 || Math.abs(1 - ratio) <= tolerance;
  if (minor === undefined) return exact && before;
  return minor >= EXACT_SINCE ? exact : before;
}

/** The most that a metric can come to, of its target; undefined where nothing limits the pods, or something changes what does. */
function mostOf(
  world: World,
  workload: WorkloadManifest,
  { name, container: wanted, target }: ResourceMetric,
): { readonly ratio: number; readonly percent?: number; readonly text: string } | undefined {
  const containers = workload.running.filter(({ name: own }) => wanted === undefined || own === wanted);
  const changed = verticalScalersOf(world, workload).some((vertical) =>
    containers.some((each) => changesRequest(vertical, each, name)),
  );
  const use = changed || containers.length === 0 ? undefined : limitOf(world, workload, containers, name);
  if (use === undefined) return undefined;
  const who = wanted === undefined ? 'a pod' : `container ${wanted}`;
  const uses = `${who} uses at most its limit of ${quantityText(use, name)} ${name}`;
  if (target.by === 'amount')
    return target.amount > 0n ? { ratio: Number(use) / Number(target.amount), text: uses } : undefined;
  const requests =
    wanted === undefined && hasPodResources(workload)
      ? podResources(world, workload, 'requests').get(name)
      : sum(containers.map((each) => resourcesOf(world, workload, each).requests.get(name)));
  if (!requests || target.percent <= 0) return undefined;
  const percent = Number((100n * use) / requests);
  return { ratio: percent / target.percent, percent, text: `${uses}, which is ${percent}% of its request` };
}

/** What the containers can use together: their limits, or that of the pod. */
function limitOf(
  world: World,
  workload: WorkloadManifest,
  containers: WorkloadManifest['running'],
  name: string,
): Quantity | undefined {
  const each = sum(containers.map((container) => resourcesOf(world, workload, container).limits.get(name)));
  const whole = amounts(record(workload.podSpec['resources'])?.['limits']).get(name) || undefined;
  const bounds = [each, whole].filter((bound) => bound !== undefined);
  return bounds.sort((a, b) => Number(a - b))[0];
}

/** Undefined where one is not set: an amount of 0 is no limit. */
function sum(of: readonly (Quantity | undefined)[]): Quantity | undefined {
  return of.every((amount) => amount) ? of.reduce<Quantity>((total, amount) => total + amount!, 0n) : undefined;
}
