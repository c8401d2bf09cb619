import type { Json } from '../../../manifests/resource';
import { record, strings } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { workloadNamed } from '../../../world/autoscalers';
import { namespaceLabels, selectsKnown } from '../../../world/known-labels';
import { namespacesWithPods, podsMatching } from '../../../world/pods';
import type { World } from '../../../world/world';
import type { ObjectChange } from '../../object-change';
import { isolatingPolicies } from '../isolation';
import type { WorldChange } from '../risk';
import { mayHoldOthers } from '../unseen';
import { allowedBy } from './apis';
import type { PolicyEffect } from './effect';
import { networkPolicyApi } from './kubernetes';
import type { PolicyMatch } from './match';
import { uncovered } from './match';
import type { PolicyStance } from './stance';

/** What a NetworkPolicy opens and closes between pods that are here and pods that are not. */
export function unseenPeerEffects(diff: WorldChange, change: ObjectChange): readonly PolicyEffect[] {
  const { before, after } = change;
  const selected = [[diff.before, before] as const, [diff.after, after] as const].flatMap(([world, policy]) =>
    policy ? podsMatching(world, world.namespaceOf(policy), policy.at(['spec', 'podSelector']) ?? {}) : [],
  );
  const pods = new Map(selected.map((each) => [`${each.resource.kind}/${each.namespace}/${each.resource.name}`, each]));
  return (['in', 'out'] as const).flatMap((side) => {
    const found = new Map<PolicyEffect['does'], Map<string, PolicyMatch>>();
    for (const { resource, namespace } of pods.values()) {
      const [was, is] = [diff.before, diff.after].map((world) => {
        const workload = workloadNamed(world, resource.kind, namespace, resource.name);
        if (!workload) return undefined;
        const allows = allowedBy(stancesOfPods(world, workload, side), networkPolicyApi);
        return { world, allows: side === 'in' ? allows.flatMap((match) => byNumber(match, workload)) : allows };
      });
      // What can reach a new workload is no change of anything that was there.
      if (!was || !is) continue;
      for (const [does, some, others] of [
        ['opens', is, was],
        ['closes', was, is],
      ] as const)
        for (const match of uncovered(some.allows, others.allows))
          if (isUnseenPeer(some.world, match))
            found.set(does, (found.get(does) ?? new Map()).set(JSON.stringify(match.conditions), match));
    }
    return [...found].map(([does, what]): PolicyEffect => {
      return { change, does, side, what: [...what.values()], api: networkPolicyApi, isOfPeers: true };
    });
  });
}

/** A port that a rule names, by the numbers that the pods give that name: none where they give it to no port. */
function byNumber({ conditions, blocks }: PolicyMatch, { ports }: WorkloadManifest): PolicyMatch[] {
  const { port, ...others } = conditions;
  if (typeof port !== 'string') return [{ conditions, ...(blocks && { blocks }) }];
  return ports
    .filter(({ name, protocol }) => name === port && protocol === others['protocol'])
    .map(({ number }) => ({
      conditions: { ...others, 'from port': number, 'to port': number },
      ...(blocks && { blocks }),
    }));
}

function stancesOfPods(world: World, workload: WorkloadManifest, side: PolicyStance['side']): PolicyStance[] {
  return isolatingPolicies(world, workload, side === 'in' ? 'ingress' : 'egress').flatMap(({ resource }) =>
    networkPolicyApi.stances(world, resource).filter((stance) => stance.side === side),
  );
}

/** Whether a rule names pods that are not here, and may stand elsewhere. */
function isUnseenPeer(world: World, { conditions }: PolicyMatch): boolean {
  if (conditions['peer'] !== 'pods') return false;
  const { namespaceSelector, podSelector } = conditions;
  const own = strings(record(namespaceSelector)?.['matchLabels'])['kubernetes.io/metadata.name'];
  const places =
    own === undefined
      ? namespacesWithPods(world).filter(
          (place) => selectsKnown(namespaceSelector as Json, namespaceLabels(world, place)) !== 'no',
        )
      : [own];
  if (places.some((place) => podsMatching(world, place, podSelector).length > 0)) return false;
  return own === undefined ? world.declaredExternal === undefined : mayHoldOthers(world, own);
}
