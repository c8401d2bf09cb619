import type { Quantity } from '../../../manifests/quantity';
import { parseQuantity, quantityText } from '../../../manifests/quantity';
import type { Path } from '../../../manifests/resource';
import { record } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { unplaceableOf } from '../../../simulate/scheduling/unplaceable';
import { podsOf } from '../../../world/autoscalers';
import { amounts } from '../../../world/pod-amounts';
import { podCountsFor, podsNeed, quotasWithPods } from '../../../world/quotas';
import { limitsOf, resourcesOf } from '../../../world/requests';
import type { VerticalScaler } from '../../../world/vertical-scalers';
import { changesRequest, policyFor, verticalScalersIn, workloadSized } from '../../../world/vertical-scalers';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (cpu: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', resources: { requests: { cpu: 500m } } }] }
---
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  targetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  resourcePolicy: { containerPolicies: [{ containerName: web, maxAllowed: { cpu: '${cpu}' } }] }
`;

export default check({
  id: 'vpa-bounds-fit',
  group: 'scaling',
  description:
    'a pod at the bounds of its VerticalPodAutoscaler fits a node, the LimitRange, and with all replicas the quota',
  severity: 'will-break',
  needs: [],
  source: 'https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/known-limitations.md',
  fix: 'lower maxAllowed to what a node and the quota have left',
  example: {
    facts: `
apiVersion: v1
kind: Node
metadata: { name: general-1 }
status: { allocatable: { cpu: '4', memory: 16Gi, pods: '110' } }
`,
    broken: manifests('16'),
    fails: ['VerticalPodAutoscaler/shop/web spec.resourcePolicy.containerPolicies[0].maxAllowed.cpu'],
    fixed: manifests('2'),
  },
  *judge(world) {
    for (const vertical of verticalScalersIn(world)) {
      const workload = workloadSized(world, vertical);
      if (vertical.mode === 'Off' || world.isExternal(vertical.resource) || !workload) continue;
      for (const name of ['cpu', 'memory']) {
        const bound = boundOf(world, vertical, workload, name);
        if (bound) yield* judgeBound(world, vertical, workload, name, bound);
        yield* judgeMinimum(world, vertical, workload, name);
      }
    }
  },
});

interface Bound {
  /** What the pod may come to ask for. */
  readonly total: Quantity;
  /** The largest of the bounds that make it. */
  readonly path: Path;
}

/** The most that a pod may be made to ask for; undefined where nothing bounds a container. */
function boundOf(world: World, vertical: VerticalScaler, workload: WorkloadManifest, name: string): Bound | undefined {
  let total = 0n;
  let largest: { readonly amount: Quantity; readonly path: Path } | undefined;
  for (const container of workload.running) {
    if (!changesRequest(vertical, container, name)) {
      total += resourcesOf(world, workload, container).requests.get(name) ?? 0n;
      continue;
    }
    const policy = policyFor(vertical, container.name);
    const amount = parseQuantity(record(policy?.json['maxAllowed'])?.[name]);
    if (!policy || !amount) continue;
    total += amount;
    if (!largest || amount > largest.amount) largest = { amount, path: [...policy.path, 'maxAllowed', name] };
  }
  return largest && { total, path: largest.path };
}

function* judgeBound(
  world: World,
  { resource }: VerticalScaler,
  workload: WorkloadManifest,
  name: string,
  { total, path }: Bound,
): Iterable<Finding> {
  const at = { resource, path, value: resource.at(path) };
  const asks = `a pod of ${workload.resource.kind} ${workload.resource.name} may come to ask for ${quantityText(total, name)} of ${name}`;
  const nodes = world.facts.known('nodes') ?? [];
  const each = nodes.flatMap((node) => amounts(node.at(['status', 'allocatable'])).get(name) ?? []);
  const most = each.sort((a, b) => Number(b - a))[0];
  // Where it does not fit today, fits-some-node says so.
  if (most !== undefined && each.length === nodes.length && total > most && !unplaceableOf(world, workload)) {
    yield {
      ...at,
      message: `${asks}, and the largest node has ${quantityText(most, name)}: at that size it stays pending`,
    };
    return;
  }
  const pods = podsOf(world, workload);
  for (const quota of pods ? quotasWithPods(world) : []) {
    if (!quota.workloads.includes(workload)) continue;
    for (const key of [name, `requests.${name}`]) {
      const hard = quota.hard.get(key);
      const need = hard === undefined ? undefined : podsNeed(world, quota, key);
      if (hard === undefined || !need || need.steady > hard) continue;
      const own = podCountsFor(world, workload, key) ?? 0n;
      const grown = need.steady + (total > own ? (total - own) * BigInt(Math.max(0, Math.trunc(pods!.max))) : 0n);
      if (grown <= hard) continue;
      yield {
        ...at,
        message: `${asks}, and ${pods!.max} of them with what else is in the namespace for ${quantityText(grown, name)}; ResourceQuota ${quota.resource.name} has ${quantityText(hard, name)}: at that size pods that are replaced are refused (exceeded quota)`,
      };
      return;
    }
  }
}

/** A minimum is set after the LimitRange is heeded, so that pods are refused where it is above the maximum of that (getCappedRecommendationForContainer). */
function* judgeMinimum(
  world: World,
  vertical: VerticalScaler,
  workload: WorkloadManifest,
  name: string,
): Iterable<Finding> {
  for (const container of workload.running) {
    if (!changesRequest(vertical, container, name)) continue;
    const policy = policyFor(vertical, container.name);
    const least = parseQuantity(record(policy?.json['minAllowed'])?.[name]);
    if (!policy || !least) continue;
    for (const { resource, type, json } of limitsOf(world, workload.namespace)) {
      const most = type === 'Container' ? amounts(json['max']).get(name) : undefined;
      if (most === undefined || least <= most) continue;
      const path = [...policy.path, 'minAllowed', name];
      yield {
        ...{ resource: vertical.resource, path, value: vertical.resource.at(path) },
        message: `container ${container.name} is made to ask for ${quantityText(least, name)} of ${name} at least, and LimitRange ${resource.name} allows ${quantityText(most, name)}: no pod is admitted`,
        fix: 'lower minAllowed to the maximum of the LimitRange, or raise that',
      };
      return;
    }
  }
}
