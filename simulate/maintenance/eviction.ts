import { boundOf, needsScale } from '../../world/budgets';
import type { BudgetStatus, GuardedBudget } from '../scheduling/budget';
import { guards, letsUnhealthyGo, statusOf } from '../scheduling/budget';
import type { Member } from '../scheduling/member';

/** How `kubectl drain` is called. */
export interface DrainOptions {
  /** `--ignore-daemonsets`. */
  readonly ignoreDaemonSets: boolean;
  /** `--delete-emptydir-data`. */
  readonly deleteEmptyDirData: boolean;
  /** `--force`: pods that nothing makes anew. */
  readonly force: boolean;
}

/** As nodes are emptied here: what DaemonSets keep stays, and data in emptyDirs go. */
export function drainOptions(force: boolean): DrainOptions {
  return { ignoreDaemonSets: true, deleteEmptyDirData: true, force };
}

/** What drain does with a pod before it evicts any: it starts only where none is an error. */
export interface DrainChoice {
  readonly does: 'evict' | 'leave' | 'refuse';
  readonly reason: string;
}

/** The filters of `kubectl drain`, in their order (k8s.io/kubectl/pkg/drain/filters.go). */
export function drainChoice({ controller, mirror, finished, keepsData }: Member, options: DrainOptions): DrainChoice {
  if (controller?.kind === 'DaemonSet' && !finished)
    return options.ignoreDaemonSets
      ? { does: 'leave', reason: 'its DaemonSet keeps it there' }
      : { does: 'refuse', reason: 'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' };
  if (mirror) return { does: 'leave', reason: 'its kubelet runs it from a file' };
  if (finished) return { does: 'evict', reason: '' };
  if (keepsData && !options.deleteEmptyDirData)
    return { does: 'refuse', reason: 'cannot delete Pods with local storage (use --delete-emptydir-data to override)' };
  if (!controller && !options.force)
    return { does: 'refuse', reason: 'cannot delete Pods that declare no controller (use --force to override)' };
  return { does: 'evict', reason: controller ? '' : 'nothing makes it anew' };
}

/** Why the eviction API refuses a pod now; undefined: it lets it go (pkg/registry/core/pod/storage/eviction.go). */
export function evictionRefusal(
  member: Member,
  budgets: readonly GuardedBudget[],
  members: Iterable<Member>,
  gone: ReadonlySet<Member>,
): string | undefined {
  return evictionHold(member, budgets, members, gone)?.reason;
}

/** A pod that the eviction API does not let go. */
export interface EvictionHold {
  /** What the API says. */
  readonly reason: string;
  /** What lets it go. */
  readonly fix: string;
}

/** The same, with what mends it. */
export function evictionHold(
  member: Member,
  budgets: readonly GuardedBudget[],
  members: Iterable<Member>,
  gone: ReadonlySet<Member>,
): EvictionHold | undefined {
  if (member.finished || member.waiting || member.pod.terminating) return undefined;
  const found = budgets.filter((each) => guards(each, member));
  const [budget, ...others] = found;
  if (!budget) return undefined;
  if (others.length > 0)
    return {
      reason: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      fix: `Let one PodDisruptionBudget alone select it: delete all but one of ${found.map(({ name }) => name).join(', ')}, or make their selectors disjoint.`,
    };
  const guarded = [...members].filter((each) => guards(budget, each));
  const status = statusOf(budget, guarded, gone);
  if (!member.ready && letsUnhealthyGo(budget, status)) return undefined;
  return status.allowed > 0
    ? undefined
    : {
        reason: `Cannot evict pod as it would violate the pod's disruption budget. ${because(budget, status)}`,
        fix: mendOf(member, budget, guarded, status),
      };
}

function because({ name }: GuardedBudget, { desired, healthy, failed }: BudgetStatus): string {
  if (failed !== undefined)
    return `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${failed}`;
  if (healthy > desired) return `The disruption budget ${name} does not allow evicting pods currently`;
  return `The disruption budget ${name} needs ${desired} healthy pods and has ${healthy} currently`;
}

/** What of a budget keeps a pod: that its number cannot be told, that pods are not ready, or its bound. */
function mendOf(member: Member, budget: GuardedBudget, guarded: readonly Member[], status: BudgetStatus): string {
  const { name, resource } = budget;
  const { field } = boundOf(resource);
  const isCounted = guarded.some(({ controller }) => controller?.scale !== undefined);
  if (status.failed !== undefined || (needsScale(resource) && !isCounted))
    return `Set minAvailable of ${name} to a number: only that works for pods without a controller that has a scale.`;
  if (!member.ready)
    return `Make the pod ready, or set unhealthyPodEvictionPolicy: AlwaysAllow in ${name}: then pods that are not ready may go.`;
  if (guarded.some((each) => !each.ready && !each.finished) && status.desired < guarded.length)
    return `Make those pods of ${name} ready that are not: until then it lets none go.`;
  if (field === 'minAvailable')
    return `Run one pod more than minAvailable of ${name} needs, or set maxUnavailable: 1 instead.`;
  return `Set maxUnavailable: 1 in ${name}.`;
}
