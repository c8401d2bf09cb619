import type { WorkloadManifest } from '../../manifests/workload';
import { podsOf } from '../../world/autoscalers';
import { quotasOf } from '../../world/requests';
import type { World } from '../../world/world';
import { freshPod, knownNodes } from '../scheduling/fresh-pod';
import { runningPods } from '../scheduling/known-pods';
import { roomOn } from '../scheduling/own-terms';
import { freesRoomFirst, strategyOf } from './strategy';

/**
 * Whether it is plain without following anything that a rollout is not certain to stall: an old pod may go before, or nothing but resources
 * holds back its pods, and the nodes, if they are empty, have room for one more than it has.
 */
export function isSpacious(world: World, workload: WorkloadManifest): boolean {
  const pods = podsOf(world, workload)?.min;
  if (pods === undefined) return false;
  if (freesRoomFirst(strategyOf(workload, pods)!)) return true;
  const pod = freshPod(world, workload);
  const { antiAffinity, affinity, spread, hostPorts, volumes } = pod;
  const conditions = [antiAffinity, affinity, spread, hostPorts, volumes.claims, volumes.disks];
  if (conditions.some(({ length }) => length > 0) || quotasOf(world, workload.namespace).length > 0) return false;
  if (runningPods(world).length > 0) return false;
  const room = (knownNodes(world) ?? []).reduce((sum, node) => sum + roomOn(pod, node), 0n);
  return room > BigInt(pods);
}
