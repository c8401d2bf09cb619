import type { WorkloadManifest } from '../../manifests/workload';
import { podsOf, workloadNamed } from '../../world/autoscalers';
import type { Budget } from '../../world/budgets';
import { allowedDisruptions, budgetsOf, budgetsOfWorkload, withoutScale } from '../../world/budgets';
import type { World } from '../../world/world';
import type { ObjectChange } from '../object-change';
import { changesOf } from './kinds';
import type { WorldChange } from './risk';

/** How many pods of a workload may be evicted at once, before a budget changes and after. */
export interface Evictions {
  readonly change: ObjectChange;
  readonly workload: WorkloadManifest;
  readonly pods: number;
  readonly before: number;
  readonly after: number;
}

/** What changes for the workloads of the budgets that change; both are counted with the pods that there are afterwards. */
export function* evictionsOf(diff: WorldChange): Iterable<Evictions> {
  for (const change of changesOf(diff, 'PodDisruptionBudget')) {
    const [was, is] = [budgetOf(diff.before, change.before), budgetOf(diff.after, change.after)];
    const names = new Map([...(was?.workloads ?? []), ...(is?.workloads ?? [])].map((each) => [nameOf(each), each]));
    for (const { resource, namespace } of names.values()) {
      const [old, now] = [diff.before, diff.after].map((world) =>
        workloadNamed(world, resource.kind, namespace, resource.name),
      );
      const pods = now && podsOf(diff.after, now)?.min;
      if (!old || !now || !pods) continue;
      const [before, after] = [allowedOf(diff.before, old, pods), allowedOf(diff.after, now, pods)];
      if (before !== undefined && after !== undefined && before !== after)
        yield { change, workload: now, pods, before, after };
    }
  }
}

function budgetOf(world: World, resource: ObjectChange['before']): Budget | undefined {
  return resource && budgetsOf(world).find((budget) => budget.resource === resource);
}

/** The least that any of its budgets allows; all pods where there is none. */
function allowedOf(world: World, workload: WorkloadManifest, pods: number): number | undefined {
  const each = budgetsOfWorkload(world, workload).map((budget) =>
    withoutScale(budget).length > 0 ? 0 : allowedDisruptions(budget.resource, pods),
  );
  return each.includes(undefined) ? undefined : Math.min(pods, ...(each as number[]));
}

function nameOf({ resource, namespace }: WorkloadManifest): string {
  return `${resource.kind}/${namespace}/${resource.name}`;
}
