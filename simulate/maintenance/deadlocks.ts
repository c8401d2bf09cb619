import type { Resource } from '../../manifests/resource';
import { memo } from '../../model/memo';
import type { World } from '../../world/world';
import { guards } from '../scheduling/budget';
import type { Member } from '../scheduling/member';
import { maySuit } from '../scheduling/own-terms';
import { queueOf } from '../scheduling/queue';
import { OUT_OF_REACH } from '../scheduling/storage/filters';
import { isDoubtful } from '../scheduling/storage/state';
import { settledNodes } from '../scheduling/unplaceable';
import { boundlessOf, runningBeside } from '../scheduling/unplaced';
import { drainOptions } from './eviction';
import { liveCluster } from './live';
import { maintain } from './maintain';

/** A drain that never ends: a budget waits for a pod which waits for a node. */
export interface Deadlock {
  readonly node: string;
  readonly budget: Resource;
  /** The pod that was evicted first, and in whose place one waits, and why it does. */
  readonly evicted: Member;
  readonly reason: string;
  /** The pod that may not go until then. */
  readonly blocked: Member;
  /** Whether its pods can be on no other node; else they are there in one of the ways in which they may be placed. */
  readonly certain: boolean;
}

/** What happens where each node is drained and comes back, one after the other; the first deadlock of each budget. */
export const deadlocksOf = memo((world: World): readonly Deadlock[] => {
  if (boundlessOf(world).size > 0) return [];
  const nodes = settledNodes(world);
  const cluster = nodes && liveCluster(world, { nodes, pods: runningBeside(world, queueOf(world)) });
  if (!cluster) return [];
  const found = new Map<Resource, Deadlock>();
  for (const { name } of nodes) {
    const { pods } = maintain(cluster, name, drainOptions(true));
    const waiting = pods.filter(
      ({ verdict, to, reason }) => verdict === 'evicted' && to === undefined && reason !== '',
    );
    for (const { verdict, member: blocked } of pods) {
      if (verdict !== 'blocked') continue;
      const [budget, ...others] = cluster.budgetsIn(blocked.pod.namespace).filter((each) => guards(each, blocked));
      const first = budget && waiting.find(({ member }) => member.controller && guards(budget, member));
      if (!first || others.length > 0 || found.has(budget.resource)) continue;
      const isBound = ({ pod }: Member) =>
        pod.nodeName !== undefined || nodes.filter((node) => maySuit(pod, node)).length === 1;
      const { member: evicted, reason } = first;
      // Where its volume is follows from where it was placed, which may have been elsewhere.
      const isHeld = !reason.includes(OUT_OF_REACH) || (isBound(evicted) && !isDoubtful(reason));
      const certain = isBound(blocked) && isHeld;
      found.set(budget.resource, { node: name, budget: budget.resource, evicted, reason, blocked, certain });
    }
  }
  return [...found.values()];
});
