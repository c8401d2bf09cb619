import type { Path, Resource } from '../../manifests/resource';
import { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import type { World } from '../../world/world';
import type { FieldChange } from '../field-change';
import type { ObjectChange } from '../object-change';
import type { WorldChange } from './risk';

/** A workload that is there before and after. */
export interface WorkloadChange {
  readonly change: ObjectChange;
  readonly before: WorkloadManifest;
  readonly after: WorkloadManifest;
}

/** The workloads that a change touches and that stay. */
export const changedWorkloads = memo(({ before, after, changes }: WorldChange): readonly WorkloadChange[] =>
  changes.flatMap((change) => {
    if (change.does !== 'changed') return [];
    const [was, is] = [workloadOf(before, change.before), workloadOf(after, change.after)];
    return was && is ? [{ change, before: was, after: is }] : [];
  }),
);

/** The workload that an object of a world is: the one that the views of that world speak of. */
export function workloadOf(world: World, resource: ObjectChange['before']): WorkloadManifest | undefined {
  if (!resource) return undefined;
  return byResource(world).get(resource) ?? WorkloadManifest.of(resource, world.namespaceOf(resource));
}

const byResource = memo(
  (world: World): ReadonlyMap<Resource, WorkloadManifest> =>
    new Map(world.workloads.map((workload) => [workload.resource, workload])),
);

/** Whether a field stands at or below a path that has no lists. */
export function isBelow({ path }: Pick<FieldChange, 'path'>, above: Path): boolean {
  return above.every((step, i) => path[i] === step);
}

/** The changes in the template of a workload's pods. */
export function templateFields({ change, after }: WorkloadChange): readonly FieldChange[] {
  return change.fields.filter((field) => isBelow(field, after.templatePath));
}
