import type { Resource } from '../../manifests/resource';
import { number, record } from '../../manifests/resource';
import { selects } from '../../manifests/selector';
import { partOf } from '../../world/autoscalers';
import { boundOf, needsScale } from '../../world/budgets';
import { everyKnown } from '../../world/known';
import type { World } from '../../world/world';
import type { Member } from './member';
import type { BudgetAllowance } from './preemption';

/** A PodDisruptionBudget, as the disruption controller and the eviction API read it. */
export interface GuardedBudget {
  readonly resource: Resource;
  readonly name: string;
  readonly namespace: string;
}

/** How a budget stands. */
export interface BudgetStatus {
  readonly desired: number;
  readonly healthy: number;
  readonly allowed: number;
  /** Why the controller cannot tell: then it lets no pod go. */
  readonly failed?: string;
}

export function knownBudgets(world: World): GuardedBudget[] {
  return everyKnown(world, 'PodDisruptionBudget')
    .filter(({ group }) => group === 'policy')
    .map((resource) => ({ resource, name: resource.name, namespace: world.namespaceOf(resource) }));
}

export function guards({ resource, namespace }: GuardedBudget, { pod }: Member): boolean {
  return pod.namespace === namespace && selects(resource.at(['spec', 'selector']), pod.labels);
}

/** Unhealthy pods may go whatever it says, or only where enough others are healthy. */
export function letsUnhealthyGo({ resource }: GuardedBudget, { healthy, desired }: BudgetStatus): boolean {
  return resource.at(['spec', 'unhealthyPodEvictionPolicy']) === 'AlwaysAllow' || (healthy >= desired && desired > 0);
}

/** What the controller counts among the pods that there are; `gone` are on their way out (pkg/controller/disruption). */
export function statusOf(budget: GuardedBudget, members: Iterable<Member>, gone: ReadonlySet<Member>): BudgetStatus {
  const guarded = [...members].filter((member) => guards(budget, member));
  const healthy = guarded.filter((member) => member.ready && !member.pod.terminating && !gone.has(member)).length;
  const { field, value } = boundOf(budget.resource);
  const scaled = needsScale(budget.resource);
  const unscaled = guarded.find(({ controller }) => controller && controller.scale === undefined);
  if (scaled && unscaled)
    return { desired: 0, healthy, allowed: 0, failed: `found no controllers for pod "${unscaled.pod.name}"` };
  const expected = scaled ? scaleOf(guarded) : guarded.length;
  const bound = partOf(value, expected, 'up') ?? 0;
  const desired = field === 'maxUnavailable' ? Math.max(0, expected - bound) : field === 'minAvailable' ? bound : 0;
  const isNone = field === undefined || expected <= 0;
  return { desired, healthy, allowed: isNone ? 0 : Math.max(0, healthy - desired) };
}

/** What it says to those who preempt: as its status has it, or as it would be by the pods that there are. */
export function allowanceOf({ resource, namespace, name }: GuardedBudget, members: Iterable<Member>): BudgetAllowance {
  const status = record(resource.at(['status']));
  return {
    namespace,
    selector: resource.at(['spec', 'selector']),
    allowed:
      number(status?.['disruptionsAllowed']) ?? statusOf({ resource, namespace, name }, members, new Set()).allowed,
    disrupted: new Set(Object.keys(record(status?.['disruptedPods']) ?? {})),
  };
}

function scaleOf(guarded: readonly Member[]): number {
  const scales = new Map(
    guarded.flatMap(({ controller }) => (controller ? [[controller.name, controller.scale ?? 0]] : [])),
  );
  return [...scales.values()].reduce((sum, scale) => sum + scale, 0);
}
