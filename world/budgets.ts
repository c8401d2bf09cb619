import type { Resource } from '../manifests/resource';
import type { WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import { addTo } from '../model/multimap';
import { partOf, podsOf } from './autoscalers';
import { podsMatching } from './pods';
import type { World } from './world';

/** A PodDisruptionBudget with the workloads whose pods it guards. */
export interface Budget {
  readonly resource: Resource;
  readonly namespace: string;
  readonly workloads: readonly WorkloadManifest[];
}

/** Every budget that is judged. */
export const budgetsOf = memo((world: World): readonly Budget[] =>
  world
    .of('PodDisruptionBudget')
    .filter(({ group }) => group === 'policy')
    .map((resource) => {
      const namespace = world.namespaceOf(resource);
      return { resource, namespace, workloads: podsMatching(world, namespace, resource.at(['spec', 'selector'])) };
    }),
);

/** The budgets that select a workload's pods. */
export function budgetsOfWorkload(world: World, workload: WorkloadManifest): readonly Budget[] {
  return byWorkload(world).get(workload) ?? [];
}

const byWorkload = memo((world: World): ReadonlyMap<WorkloadManifest, readonly Budget[]> => {
  const map = new Map<WorkloadManifest, Budget[]>();
  for (const budget of budgetsOf(world)) for (const selected of budget.workloads) addTo(map, selected, budget);
  return map;
});

/** How many of so many healthy pods may be evicted, as the disruption controller counts: it rounds both fields up. */
export function allowedDisruptions(budget: Resource, pods: number): number | undefined {
  const { field, value } = boundOf(budget);
  // Without either field the controller expects no pods, and lets none go.
  if (field === undefined) return 0;
  const bound = partOf(value, pods, 'up');
  if (bound === undefined) return undefined;
  return field === 'maxUnavailable' ? Math.min(pods, bound) : Math.max(0, pods - bound);
}

/** What counts where a budget is a share of the replicas: only pods of what has a scale. */
const WITHOUT_SCALE: ReadonlySet<string> = new Set(['DaemonSet', 'Job', 'CronJob']);

/** Whether the budget asks for the scale of the pods' owners, which a plain number in minAvailable does not. */
export function needsScale(budget: Resource): boolean {
  const { field, value } = boundOf(budget);
  return field === 'maxUnavailable' || (field === 'minAvailable' && typeof value === 'string');
}

/** The workloads that a budget selects and that have no scale: with them the controller gives up, and lets no pod go. */
export function withoutScale({ resource, workloads }: Budget): readonly WorkloadManifest[] {
  return needsScale(resource) ? workloads.filter(({ resource: { kind } }) => WITHOUT_SCALE.has(kind)) : [];
}

/** How many pods a budget guards at least and at most, all of them healthy; undefined where nodes or time decide. */
export function podsSelected(
  world: World,
  { resource, workloads }: Budget,
): { readonly min: number; readonly max: number; readonly scalers: readonly Resource[] } | undefined {
  let [least, most] = [0, 0];
  const scalers: Resource[] = [];
  for (const workload of workloads) {
    // A pod of its own counts as none where the scale of an owner is asked for.
    if (workload.resource.kind === 'Pod' && needsScale(resource)) continue;
    const pods = WITHOUT_SCALE.has(workload.resource.kind) ? undefined : podsOf(world, workload);
    if (!pods) return undefined;
    least += pods.min;
    most += pods.max;
    if (pods.scaler) scalers.push(pods.scaler);
  }
  return { min: least, max: most, scalers };
}

/** The field of a budget that says how much, with its value. */
export function boundOf(budget: Resource): {
  readonly field: 'maxUnavailable' | 'minAvailable' | undefined;
  readonly value: unknown;
} {
  for (const field of ['maxUnavailable', 'minAvailable'] as const) {
    const value = budget.at(['spec', field]);
    if (value !== undefined && value !== null) return { field, value };
  }
  return { field: undefined, value: undefined };
}
