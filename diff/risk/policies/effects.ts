import type { Json, Resource } from '../../../manifests/resource';
import { record, strings } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { memo } from '../../../model/memo';
import { workloadNamed } from '../../../world/autoscalers';
import { namespaceLabels, selectsKnown } from '../../../world/known-labels';
import { namespacesWithPods, podsMatching } from '../../../world/pods';
import type { World } from '../../../world/world';
import type { ObjectChange } from '../../object-change';
import { isolatingPolicies } from '../isolation';
import { isKept } from '../kinds';
import type { WorldChange } from '../risk';
import { isUnseen, mayHoldOthers } from '../unseen';
import { calicoPolicies, ciliumPolicies, grants, istioAuthorization, linkerdServers } from './add-ons';
import { adminPolicies, antreaPolicies, networkPolicyApi } from './kubernetes';
import type { PolicyMatch } from './match';
import { isWider, uncovered } from './match';
import type { PolicyApi, PolicyStance } from './stance';

/** What a change of a policy does that the simulation of the network does not see. */
export interface PolicyEffect {
  readonly change: ObjectChange;
  readonly does: 'opens' | 'closes';
  readonly side: PolicyStance['side'];
  /** What opens or closes; `everything` where the policy no longer, or newly, isolates. */
  readonly what: 'everything' | readonly PolicyMatch[];
  readonly api: PolicyApi;
  /** Whether the pods that it is about are known, and those at the other end are not. @default false */
  readonly isOfPeers?: true;
}

const APIS: readonly PolicyApi[] = [
  networkPolicyApi,
  adminPolicies,
  antreaPolicies,
  ciliumPolicies,
  calicoPolicies,
  istioAuthorization,
  linkerdServers,
  grants,
];
/** Those that are simulated: only what they do to pods that are not among the manifests is told here. */
const SIMULATED: readonly PolicyApi[] = [networkPolicyApi, adminPolicies];

/** The effects of all policies that change. */
export const policyEffects = memo((diff: WorldChange): readonly PolicyEffect[] =>
  diff.changes.flatMap((change) => {
    const api = APIS.find(({ reads }) => reads((change.after ?? change.before)!));
    if (!api || (!change.after && isKept(change.before!))) return [];
    if (!isToldHere(diff, change, api)) return api === networkPolicyApi ? ofUnseenPeers(diff, change) : [];
    return (['in', 'out'] as const).flatMap((side) => effectsOn(diff, change, api, side));
  }),
);

function isToldHere(diff: WorldChange, change: ObjectChange, api: PolicyApi): boolean {
  if (api === networkPolicyApi) return isUnseen(diff, change, (policy) => policy.at(['spec', 'podSelector']) ?? {});
  // Those of administrators are about whole namespaces: none is known where there are no pods at all.
  if (SIMULATED.includes(api))
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

/** What a NetworkPolicy opens and closes between pods that are here and pods that are not. */
function ofUnseenPeers(diff: WorldChange, change: ObjectChange): readonly PolicyEffect[] {
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

/** The stances that are certainly about all pods that another one is about. */
function among(stances: readonly PolicyStance[], about: PolicyStance): PolicyStance[] {
  return stances.filter(
    ({ side, namespace, selector }) =>
      side === about.side &&
      (namespace === '' || namespace === about.namespace) &&
      isWider(selector ?? {}, about.selector ?? {}),
  );
}

function others(world: World, own: Resource | undefined, api: PolicyApi, about: PolicyStance): PolicyStance[] {
  return among(
    stancesIn(world)
      .filter((each) => each.api === api && each.resource !== own)
      .map(({ stance }) => stance),
    about,
  );
}

const stancesIn = memo((world: World) =>
  [...world.resources, ...world.external].flatMap((resource) =>
    APIS.filter(({ reads }) => reads(resource)).flatMap((api) =>
      api.stances(world, resource).map((stance) => ({ api, resource, stance })),
    ),
  ),
);

/** What policies let through together; everything where none of them isolates. */
function allowedBy(stances: readonly PolicyStance[], api: PolicyApi): readonly PolicyMatch[] {
  // What a grant is about is isolated by something else.
  if (api !== grants && !stances.some(({ isolates }) => isolates)) return [{ conditions: {} }];
  return stances.flatMap(({ allows }) => allows);
}

function deniedBy(stances: readonly PolicyStance[]): readonly PolicyMatch[] {
  return stances.flatMap(({ denies }) => denies);
}
