import { type Resource, record, strings } from '../../manifests/resource';
import type { Labels } from '../../manifests/selector';
import { amounts } from '../../world/pod-amounts';
import type { Units } from './amounts';
import { inUnits } from './amounts';
import type { SchedulerTaint } from './taints';
import { taintsOf } from './taints';

/** A node as the scheduler sees it. */
export interface SchedulerNode {
  readonly name: string;
  readonly labels: Labels;
  readonly taints: readonly SchedulerTaint[];
  /** Cordoned: `kubectl cordon`. */
  readonly unschedulable: boolean;
  /** A resource that is not among them is 0, pods included. */
  readonly allocatable: Units;
}

export function readNode(resource: Resource): SchedulerNode {
  const spec = record(resource.at(['spec'])) ?? {};
  return {
    name: resource.name,
    labels: strings(resource.at(['metadata', 'labels'])),
    taints: taintsOf(spec['taints']),
    unschedulable: spec['unschedulable'] === true,
    allocatable: inUnits(amounts(resource.at(['status', 'allocatable']))),
  };
}
