import type { Member } from '../scheduling/member';
import type { LiveCluster } from './live';
import { displacedText, leftWithout, mostImportantFirst } from './live';

/** What becomes of a pod whose node is gone, or that goes for one of those. */
export interface LostPod {
  readonly member: Member;
  /** `back`: one in its place runs. `waiting`: it finds no node. `gone`: nothing makes it anew, or only there. */
  readonly verdict: 'back' | 'waiting' | 'gone';
  readonly to: string | undefined;
  readonly reason: string;
}

/** Nodes that were lost at once. */
export interface Loss {
  readonly nodes: readonly string[];
  readonly pods: readonly LostPod[];
  /** Controllers all of whose ready pods were there. */
  readonly down: readonly string[];
}

/** Nodes are gone at once, as when a zone fails; what ran there is made anew elsewhere, the most important first. */
export function lose(cluster: LiveCluster, nodes: readonly string[]): Loss {
  const there = nodes.flatMap((node) => cluster.membersOn(node));
  const down = new Set(leftWithout(cluster, new Set(there)).filter((name) => !name.startsWith('DaemonSet/')));
  for (const member of there) cluster.remove(member);
  for (const node of nodes) cluster.state.drop(node);
  const pods = mostImportantFirst(there).flatMap((member): LostPod[] => {
    const left = { member, verdict: 'gone' as const, to: undefined };
    if (member.controller?.kind === 'DaemonSet') return [{ ...left, reason: 'its DaemonSet runs one for each node' }];
    if (!member.controller || member.mirror) return [{ ...left, reason: 'nothing makes it anew' }];
    if (member.finished) return [{ ...left, reason: 'it had ended' }];
    const { to, reason, displaced, down: without } = cluster.makeAnew(member);
    for (const name of without) down.add(name);
    return [
      { member, verdict: to === undefined ? 'waiting' : 'back', to, reason },
      ...displaced.map((each) => ({
        member: each.member,
        verdict: each.verdict,
        to: each.to,
        reason: displacedText(each),
      })),
    ];
  });
  return { nodes, pods, down: [...down] };
}
