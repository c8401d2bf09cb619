import type { Json } from '../../manifests/resource';
import { number, string } from '../../manifests/resource';
import { knownIn } from '../../world/known';
import type { World } from '../../world/world';
import type { SchedulerPod } from './pod';

/** The classes that every cluster has. */
export const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/**
 * A pod with the priority and the preemption policy that admission writes into its spec, by its class or the class for all that name
 * none; what the spec has already stands (plugin/pkg/admission/priority).
 */
export function withPriority(world: World, pod: SchedulerPod, spec: Json): SchedulerPod {
  const given = number(spec['priority']);
  const policy = string(spec['preemptionPolicy']);
  if (given !== undefined && policy !== undefined) return pod;
  const name = string(spec['priorityClassName']);
  const classes = [...knownIn(world, 'PriorityClass', ''), ...(world.facts.known('priorityClasses') ?? [])];
  const found = name
    ? classes.find((each) => each.name === name)
    : classes.find((each) => each.at(['globalDefault']) === true);
  return {
    ...pod,
    priority: given ?? number(found?.at(['value'])) ?? SYSTEM_PRIORITIES[name ?? ''] ?? 0,
    preempts: (policy ?? found?.at(['preemptionPolicy'])) !== 'Never',
  };
}
