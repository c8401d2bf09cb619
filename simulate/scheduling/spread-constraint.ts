import { number, record, string } from '../../manifests/resource';
import type { Labels } from '../../manifests/selector';
import { withLabelKeys } from './label-keys';

/** How far the numbers of pods in domains of nodes may differ. */
export interface SpreadConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly selector: unknown;
  /** With fewer domains the smallest number is 0. */
  readonly minDomains: number;
  /** Whether nodes that the pod cannot be on for its affinity, or for their taints, are left out of account. */
  readonly honors: { readonly affinity: boolean; readonly taints: boolean };
}

/** `DoNotSchedule`: those that must be met. `ScheduleAnyway`: those that nodes are preferred by. */
export function constraintsOf(
  constraints: readonly unknown[],
  labels: Labels,
  action: 'DoNotSchedule' | 'ScheduleAnyway',
): SpreadConstraint[] {
  return constraints.flatMap((entry) => {
    const given = record(entry);
    if (!given || string(given['whenUnsatisfiable']) !== action) return [];
    return [
      {
        topologyKey: string(given['topologyKey']) ?? '',
        maxSkew: number(given['maxSkew']) ?? 1,
        selector: withLabelKeys(given['labelSelector'], labels, given['matchLabelKeys']),
        minDomains: number(given['minDomains']) ?? 1,
        honors: {
          affinity: given['nodeAffinityPolicy'] !== 'Ignore',
          taints: given['nodeTaintsPolicy'] === 'Honor',
        },
      },
    ];
  });
}
