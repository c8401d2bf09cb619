import { record } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import type { Budget } from '../../../world/budgets';
import { allowedDisruptions, boundOf, budgetsOf, podsSelected } from '../../../world/budgets';
import { labelsOfPods, selectsKnown } from '../../../world/known-labels';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { versionSwitches } from '../../version-switches';

const version = (name: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web-${name}, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: web, version: ${name} } }
  template:
    metadata: { labels: { app: web, version: ${name} } }
    spec: { containers: [{ name: web, image: 'shop/web:${name}' }] }
---`;

const budget = (name: string, labels: string, least: number) => `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: ${name}, namespace: shop }
spec: { minAvailable: ${least}, selector: { matchLabels: { ${labels} } } }
`;

const manifests = (...budgets: readonly string[]) => `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web, version: blue }, ports: [{ port: 80, targetPort: 8080 }] }
---${version('blue')}${version('green')}${budgets.join('---')}`;

export default check({
  id: 'pdb-per-version',
  group: 'disruption',
  description: 'a PodDisruptionBudget counts pods of one version, where a Service leads to one of several',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/',
  fix: 'give each version a PodDisruptionBudget of its own, with the label of the version in its selector',
  example: {
    broken: manifests(budget('web', 'app: web', 3)),
    fails: ['PodDisruptionBudget/shop/web spec.minAvailable'],
    fixed: manifests(
      budget('web-blue', 'app: web, version: blue', 2),
      budget('web-green', 'app: web, version: green', 2),
    ),
  },
  *judge(world) {
    for (const budget of budgetsOf(world)) {
      yield* judgeRollouts(world, budget);
      const found = versionSwitches(world).find(
        ({ service, live, idle }) =>
          service.namespace === budget.namespace &&
          live.every((each) => budget.workloads.includes(each)) &&
          idle.some((each) => budget.workloads.includes(each)),
      );
      if (!found) continue;
      const counts = evictable(world, budget, found.live);
      if (!counts || counts.together < counts.live || counts.alone >= counts.live) continue;
      const { field, value } = boundOf(budget.resource);
      yield {
        resource: budget.resource,
        path: field ? ['spec', field] : ['spec'],
        value,
        message: `Service ${found.service.name} leads to ${counts.live === 1 ? 'one pod' : `${counts.live} pods`} of ${counts.all}, and ${field} ${String(value)} counts all of them: ${counts.together} may be evicted at once, all that serve among them`,
      };
    }
  },
});

/**
 * A Rollout of Argo that starts the next version beside the one that serves: until the old one has gone, there are as many pods again. The
 * budget counts both, by their ReplicaSets (pkg/controller/disruption, getPodReplicaSet).
 */
function* judgeRollouts(world: World, budget: Budget): Iterable<Finding> {
  for (const workload of budget.workloads) {
    const { resource } = workload;
    if (resource.kind !== 'Rollout' || !record(resource.at(['spec', 'strategy', 'blueGreen']))) continue;
    // It may choose pods by what activeMetadata says.
    if (selectsKnown(budget.resource.at(['spec', 'selector']), labelsOfPods(workload)) !== 'yes') continue;
    const live = podsSelected(world, { ...budget, workloads: [workload] })?.min;
    if (live === undefined || live === 0) continue;
    const all = 2 * live;
    const [together, alone] = [all, live].map((pods) => allowedDisruptions(budget.resource, pods));
    if (together === undefined || alone === undefined || together < live || alone >= live) continue;
    const { field, value } = boundOf(budget.resource);
    yield {
      resource: budget.resource,
      path: field ? ['spec', field] : ['spec'],
      value,
      message: `while Rollout ${resource.name} has two versions, ${live === 1 ? 'one pod' : `${live} pods`} of ${all} ${live === 1 ? 'serves' : 'serve'}, and ${field} ${String(value)} counts all of them: ${together} may be evicted at once, all that serve among them; a number as maxUnavailable, below ${live}, holds then, too, or a label of activeMetadata in the selector`,
    };
  }
}

/** How many pods a budget lets go, together with those of versions that get no requests and without them; undefined where it is not known. */
function evictable(
  world: World,
  budget: Budget,
  live: readonly WorkloadManifest[],
): { readonly all: number; readonly live: number; readonly together: number; readonly alone: number } | undefined {
  const [all, own] = [budget.workloads, live].map((workloads) => podsSelected(world, { ...budget, workloads })?.min);
  if (all === undefined || own === undefined || own === 0) return undefined;
  const [together, alone] = [all, own].map((pods) => allowedDisruptions(budget.resource, pods));
  return together === undefined || alone === undefined ? undefined : { all, live: own, together, alone };
}
