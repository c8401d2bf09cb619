import type { ObjectChange } from '../../object-change';
import type { PolicyMatch } from './match';
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
