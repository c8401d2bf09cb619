import type { Path } from '../../manifests/resource';
import { WorkloadManifest } from '../../manifests/workload';
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
export function changedWorkloads({ before, after, changes }: WorldChange): WorkloadChange[] {
  return changes.flatMap((change) => {
    if (change.does !== 'changed') return [];
    const [was, is] = [workloadOf(before, change.before), workloadOf(after, change.after)];
    return was && is ? [{ change, before: was, after: is }] : [];
  });
}

function workloadOf(world: World, resource: ObjectChange['before']): WorkloadManifest | undefined {
  return resource && WorkloadManifest.of(resource, world.namespaceOf(resource));
}

/** Whether a field stands at or below a path that has no lists. */
export function isBelow({ path }: Pick<FieldChange, 'path'>, above: Path): boolean {
  return above.every((step, i) => path[i] === step);
}

/** The changes in the template of a workload's pods. */
export function templateFields({ change, after }: WorkloadChange): readonly FieldChange[] {
  return change.fields.filter((field) => isBelow(field, after.templatePath));
}

/** Whether its controller replaces the pods when their template changes. */
export function replacesPods({ resource }: WorkloadManifest): boolean {
  const strategy = resource.at(['spec', 'updateStrategy', 'type']);
  switch (resource.kind) {
    case 'Deployment':
    case 'Rollout':
      return true;
    case 'StatefulSet':
    case 'DaemonSet':
      return strategy !== 'OnDelete';
    default:
      return false;
  }
}
