import { memo } from '../../../model/memo';
import type { World } from '../../../world/world';
import { calicoPolicies, ciliumPolicies, grants, istioAuthorization, linkerdServers } from './add-ons';
import { adminPolicies, antreaPolicies, networkPolicyApi } from './kubernetes';
import type { PolicyMatch } from './match';
import { isWider } from './match';
import type { PolicyApi, PolicyStance } from './stance';

/** Every API of policies that is read. */
export const POLICY_APIS: readonly PolicyApi[] = [
  networkPolicyApi,
  adminPolicies,
  antreaPolicies,
  ciliumPolicies,
  calicoPolicies,
  istioAuthorization,
  linkerdServers,
  grants,
];
/** The stances that all policies of a world take. */
export const stancesIn = memo((world: World) =>
  [...world.resources, ...world.external].flatMap((resource) =>
    POLICY_APIS.filter(({ reads }) => reads(resource)).flatMap((api) =>
      api.stances(world, resource).map((stance) => ({ api, resource, stance })),
    ),
  ),
);

/** The stances that are certainly about all pods that another one is about. */
export function among(stances: readonly PolicyStance[], about: PolicyStance): PolicyStance[] {
  return stances.filter(
    ({ side, namespace, selector }) =>
      side === about.side &&
      (namespace === '' || namespace === about.namespace) &&
      isWider(selector ?? {}, about.selector ?? {}),
  );
}

/** What policies let through together; everything where none of them isolates. */
export function allowedBy(stances: readonly PolicyStance[], api: PolicyApi): readonly PolicyMatch[] {
  if (!api.onlyAllows && !stances.some(({ isolates }) => isolates)) return [{ conditions: {} }];
  return stances.flatMap(({ allows }) => allows);
}

/** What they refuse together, whatever is allowed. */
export function deniedBy(stances: readonly PolicyStance[]): readonly PolicyMatch[] {
  return stances.flatMap(({ denies }) => denies);
}
