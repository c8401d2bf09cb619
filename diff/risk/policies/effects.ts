import type { Resource } from '../../../manifests/resource';
import { memo } from '../../../model/memo';
import type { World } from '../../../world/world';
import type { ObjectChange } from '../../object-change';
import { isKept } from '../kinds';
import type { WorldChange } from '../risk';
import { isUnseen, mayHoldOthers } from '../unseen';
import { allowedBy, among, deniedBy, POLICY_APIS, stancesIn } from './apis';
import type { PolicyEffect } from './effect';
import { networkPolicyApi } from './kubernetes';
import { uncovered } from './match';
import type { PolicyApi, PolicyStance } from './stance';
import { unseenPeerEffects } from './unseen-peers';

/** The effects of all policies that change. */
export const policyEffects = memo((diff: WorldChange): readonly PolicyEffect[] =>
  diff.changes.flatMap((change) => {
    const api = POLICY_APIS.find(({ reads }) => reads((change.after ?? change.before)!));
    if (!api || (!change.after && isKept(change.before!))) return [];
    if (!isToldHere(diff, change, api)) return api === networkPolicyApi ? unseenPeerEffects(diff, change) : [];
    return (['in', 'out'] as const).flatMap((side) => effectsOn(diff, change, api, side));
  }),
);

function isToldHere(diff: WorldChange, change: ObjectChange, api: PolicyApi): boolean {
  if (api === networkPolicyApi) return isUnseen(diff, change, (policy) => policy.at(['spec', 'podSelector']) ?? {});
  // Those of administrators are about whole namespaces: none is known where there are no pods at all.
  if (api.isSimulated)
    return [diff.before, diff.after].every(
      (world) => world.workloads.length === 0 && mayHoldOthers(world, '') && world.operated.length === 0,
    );
  return true;
}

function effectsOn(
  diff: WorldChange,
  change: ObjectChange,
  api: PolicyApi,
  side: PolicyStance['side'],
): readonly PolicyEffect[] {
  const of = (world: World, resource: Resource | undefined) =>
    resource ? api.stances(world, resource).filter((stance) => stance.side === side) : [];
  const [old, now] = [of(diff.before, change.before), of(diff.after, change.after)];
  const found = new Map<PolicyEffect['does'], PolicyEffect>();
  // Each set of pods that it was, or is, about.
  const sets = new Map([...old, ...now].map((each) => [JSON.stringify([each.namespace, each.selector]), each]));
  for (const about of sets.values()) {
    const [was, is] = [
      [...among(old, about), ...others(diff.before, change.before, api, about)],
      [...among(now, about), ...others(diff.after, change.after, api, about)],
    ];
    const [before, after] = [allowedBy(was, api), allowedBy(is, api)];
    const opened = [...uncovered(after, before), ...uncovered(deniedBy(was), deniedBy(is))];
    const closed = [...uncovered(before, after), ...uncovered(deniedBy(is), deniedBy(was))];
    for (const [does, what] of [
      ['opens', opened],
      ['closes', closed],
    ] as const) {
      if (what.length === 0) continue;
      const isAll = what.some(({ conditions, blocks }) => Object.keys(conditions).length === 0 && !blocks);
      const known = found.get(does);
      if (known?.what === 'everything') continue;
      found.set(does, { change, does, side, api, what: isAll ? 'everything' : [...(known?.what ?? []), ...what] });
    }
  }
  return [...found.values()];
}

function others(world: World, own: Resource | undefined, api: PolicyApi, about: PolicyStance): PolicyStance[] {
  return among(
    stancesIn(world)
      .filter((each) => each.api === api && each.resource !== own)
      .map(({ stance }) => stance),
    about,
  );
}
