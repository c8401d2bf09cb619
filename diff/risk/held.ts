import { number, string } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { isPaused } from '../../simulate/rollout/strategy';
import { podsOf } from '../../world/autoscalers';
import type { WorldChange } from './risk';
import { ordinalsOf } from './volumes';
import type { WorkloadChange } from './workloads';

/** Why a controller leaves the pods of a workload as they are when their template changes. */
export interface Held {
  /** What happens instead, in a sentence without a full stop. */
  readonly message: string;
  /** What replaces them, beginning with a verb. */
  readonly advice: string;
}

/** What is said of a rollout of which no more is known. */
export const REPLACED = 'pods are replaced by those of a new revision';

/** Kinds whose controllers replace pods by themselves. */
const ROLLED_OUT: readonly string[] = ['Deployment', 'Rollout', 'StatefulSet', 'DaemonSet'];

/** Whether pods are replaced when the template of a workload changes. */
export function replacesPods(diff: WorldChange, workload: WorkloadChange): boolean {
  return ROLLED_OUT.includes(workload.after.resource.kind) && heldBack(diff, workload) === undefined;
}

/** What keeps all pods of a long-running workload from being replaced; undefined: nothing does. */
export function heldBack(diff: WorldChange, { before, after }: WorkloadChange): Held | undefined {
  const { resource } = after;
  const { kind } = resource;
  if (isPaused(after))
    return {
      message: 'no pod is replaced: it is paused, and makes pods of the old template until it is resumed',
      advice: 'take spec.paused away (kubectl rollout resume) when it is to be rolled out',
    };
  if (isOnDelete(after))
    return {
      message:
        'no pod is replaced by itself (updateStrategy OnDelete): one that is deleted comes back with the new template',
      advice: 'delete its pods by hand, one when the one before is ready: kubectl delete pod',
    };
  if (kind === 'ReplicaSet' || kind === 'ReplicationController')
    return {
      message: `no pod is replaced: a ${kind} makes pods of the new template only where one is missing`,
      advice: 'delete its pods by hand, one when the one before is ready, or use a Deployment',
    };
  if (!ROLLED_OUT.includes(kind)) return undefined;
  const [had, has] = [podsOf(diff.before, before), podsOf(diff.after, after)];
  if (had?.max === 0 || has?.max === 0)
    return { message: 'no pod is replaced: there is none', advice: 'look at it when it gets pods again' };
  const partition = partitionOf(after);
  const last = has === undefined ? undefined : ordinalsOf(resource).from + has.max - 1;
  if (partition !== undefined && last !== undefined && partition > last)
    return {
      message: `no pod is replaced: its last ordinal is ${last}, and only those from ${partition} are (partition)`,
      advice: 'lower spec.updateStrategy.rollingUpdate.partition step by step, and look at the new pods in between',
    };
  return undefined;
}

/** Whether its controller replaces only pods that somebody deletes. */
export function isOnDelete({ resource }: WorkloadManifest): boolean {
  return (
    ['StatefulSet', 'DaemonSet'].includes(resource.kind) &&
    string(resource.at(['spec', 'updateStrategy', 'type'])) === 'OnDelete'
  );
}

/** The first ordinal that a rollout of a StatefulSet replaces, where that is not the first one; undefined: it replaces all. */
export function partitionOf(workload: WorkloadManifest): number | undefined {
  const { resource } = workload;
  if (resource.kind !== 'StatefulSet' || isOnDelete(workload)) return undefined;
  const partition = number(resource.at(['spec', 'updateStrategy', 'rollingUpdate', 'partition'])) ?? 0;
  return partition > ordinalsOf(resource).from ? partition : undefined;
}
