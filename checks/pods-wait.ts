import type { WorkloadManifest } from '../manifests/workload';
import { podsOf } from '../world/autoscalers';
import type { World } from '../world/world';
import type { Finding } from './check';

/**
 * Whether pods of a workload wait where no node takes them. A DaemonSet that means no node has no pods, which is how add-ons for some
 * kinds of nodes are written; one that names its node is never scheduled.
 */
export function isWaiting(world: World, workload: WorkloadManifest): boolean {
  const { resource, podSpec } = workload;
  if (resource.kind === 'DaemonSet' || podSpec['nodeName'] !== undefined) return false;
  return podsOf(world, workload)?.max !== 0;
}

/** That pods wait; or `unknown`: why there may be a node for them after all. */
export function waits(
  message: string,
  consequence: string,
  unknown: string | undefined,
): Pick<Finding, 'message' | 'verdict' | 'settledBy'> {
  if (unknown === undefined) return { message: `${message}: ${consequence}` };
  return { message: `${message}: ${unknown}`, verdict: 'unknown', settledBy: 'nodes' };
}
