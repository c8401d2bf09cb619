import type { Fleet } from '../../diff/fleet/fleet';
import { fleetOf } from '../../diff/fleet/fleet-of';
import { targetChange } from '../../diff/target-change';
import { worldOf } from '../checks/judging';

/** What becomes of one set of manifests, all that there is, as `strata diff` has it. */
export function fleetOfTexts(before: string, after: string): Fleet {
  return fleetOf([targetChange('shop', worldOf(before, { complete: true }), worldOf(after, { complete: true }))]);
}
