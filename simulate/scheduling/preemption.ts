import { isEmptySelector, selects } from '../../manifests/selector';
import { refusalAt } from './filter';
import type { SchedulerPod } from './pod';
import type { NodeRefusal } from './refusal';
import type { ClusterState, NodeState } from './state';

/** What a PodDisruptionBudget says to those who preempt. */
export interface BudgetAllowance {
  readonly namespace: string;
  readonly selector: unknown;
  /** How many of its pods may go; fewer than none when more have gone. */
  readonly allowed: number;
  /** Pods that the eviction API has counted already, by name. */
  readonly disrupted: ReadonlySet<string>;
}

/** The pods of a node that go to make room for another. */
export interface Victims {
  readonly node: NodeState;
  /** The most important first. */
  readonly pods: readonly SchedulerPod[];
  /** How many of them their budgets would keep. */
  readonly violations: number;
}

/** Where a pod is placed, and the pods that go from there for it. */
export interface ChosenNode {
  readonly node: string;
  readonly victims: readonly SchedulerPod[];
}

/** Why a pod may not preempt others, in the scheduler's own words; undefined: it may. `refusals`: what each node says to it. */
export function ineligibility(
  pod: SchedulerPod,
  state: ClusterState,
  refusals: ReadonlyMap<NodeState, NodeRefusal | undefined>,
): string | undefined {
  if (!pod.preempts) return 'not eligible due to preemptionPolicy=Never.';
  const nominated = pod.nominatedNode === undefined ? undefined : state.node(pod.nominatedNode);
  if (!nominated || refusals.get(nominated)?.preemptible === false) return undefined;
  const isMakingRoom = [...nominated.pods].some((other) => other.preempted && other.priority < pod.priority);
  return isMakingRoom ? 'not eligible due to a terminating pod on the nominated node.' : undefined;
}

/**
 * The nodes that take a pod when less important pods go, with those pods, in the order of the nodes (framework/preemption). `few`: no
 * more of them than the scheduler itself looks for, which begins anywhere: 100, or a tenth, when there is one whose budgets allow it.
 */
export function preemptionCandidates(
  pod: SchedulerPod,
  state: ClusterState,
  refusals: ReadonlyMap<NodeState, NodeRefusal | undefined>,
  budgets: readonly BudgetAllowance[],
  few = false,
): Victims[] {
  if (!state.hasBelow(pod.priority)) return [];
  const nodes = [...refusals].flatMap(([node, refusal]) => (refusal?.preemptible ? [node] : []));
  const most = few ? Math.max(100, Math.trunc(nodes.length / 10)) : nodes.length;
  const found: Victims[] = [];
  let isAllowed = false;
  for (const node of nodes) {
    if (isAllowed && found.length >= most) break;
    const victims = victimsOn(pod, node, state, budgets);
    if (!victims) continue;
    found.push(victims);
    isAllowed ||= victims.violations === 0;
  }
  return found;
}

/** The pods of a node that have to go for a pod; undefined: it would not help (SelectVictimsOnNode). */
function victimsOn(
  pod: SchedulerPod,
  node: NodeState,
  state: ClusterState,
  budgets: readonly BudgetAllowance[],
): Victims | undefined {
  const less = lessImportantOn(node, pod);
  if (less.length === 0) return undefined;
  return state.trying(node.name, () => {
    for (const each of less) state.lift(each, node.name);
    const gone = new Set<SchedulerPod>();
    const fits = refusalAt(pod, state, node) === undefined;
    // Those come back first whose budgets would be violated, the most important before the others.
    const violating = violatingOf(less, budgets);
    const inTurn = [...less.filter((each) => violating.has(each)), ...less.filter((each) => !violating.has(each))];
    for (const each of inTurn) {
      state.add(each, node.name);
      if (!fits || refusalAt(pod, state, node) === undefined) continue;
      state.lift(each, node.name);
      gone.add(each);
    }
    for (const each of gone) state.add(each, node.name);
    if (!fits || gone.size === 0) return undefined;
    const pods = less.filter((each) => gone.has(each));
    return { node, pods, violations: pods.filter((each) => violating.has(each)).length };
  });
}

/** Whether a node takes a pod when all less important pods are gone from it. */
export function takesWithoutLess(pod: SchedulerPod, node: NodeState, state: ClusterState): boolean {
  const less = lessImportantOn(node, pod);
  if (less.length === 0) return false;
  return state.trying(node.name, () => {
    for (const each of less) state.lift(each, node.name);
    const fits = refusalAt(pod, state, node) === undefined;
    for (const each of less) state.add(each, node.name);
    return fits;
  });
}

/** The most important first. */
function lessImportantOn(node: NodeState, pod: SchedulerPod): SchedulerPod[] {
  return [...node.pods].filter(({ priority }) => priority < pod.priority).sort(byImportance);
}

/** Of pods of one priority, the one that runs longest is the most important; of equal ones it is not said which. */
function byImportance(a: SchedulerPod, b: SchedulerPod): number {
  return b.priority - a.priority || startOf(a) - startOf(b) || (nameOf(a) < nameOf(b) ? -1 : 1);
}

/** One that has not started is the newest. */
function startOf({ started }: SchedulerPod): number {
  return started ?? Number.MAX_SAFE_INTEGER;
}

function nameOf({ namespace, name }: SchedulerPod): string {
  return `${namespace}/${name}`;
}

/** The pods that more go than their budgets allow with, counted in their order (filterPodsWithPDBViolation). */
function violatingOf(pods: readonly SchedulerPod[], budgets: readonly BudgetAllowance[]): Set<SchedulerPod> {
  const left = budgets.map(({ allowed }) => allowed);
  const violating = new Set<SchedulerPod>();
  for (const pod of pods)
    for (const [i, budget] of budgets.entries()) {
      if (!guardsPod(budget, pod) || budget.disrupted.has(pod.name)) continue;
      left[i]! -= 1;
      if (left[i]! < 0) violating.add(pod);
    }
  return violating;
}

/** To the scheduler a budget with an empty selector guards nothing, and a pod without labels has no budget. */
function guardsPod({ namespace, selector }: BudgetAllowance, pod: SchedulerPod): boolean {
  return (
    namespace === pod.namespace &&
    Object.keys(pod.labels).length > 0 &&
    !isEmptySelector(selector) &&
    selects(selector, pod.labels)
  );
}

/** Budgets when pods have gone: those count no more, until others are ready in their places. */
export function budgetsAfter(
  budgets: readonly BudgetAllowance[],
  gone: readonly SchedulerPod[],
): readonly BudgetAllowance[] {
  if (gone.length === 0) return budgets;
  return budgets.map((budget) => {
    const went = gone.filter((pod) => guardsPod(budget, pod) && !budget.disrupted.has(pod.name)).length;
    return { ...budget, allowed: Math.max(0, budget.allowed - went) };
  });
}

/** The node whose pods are missed least (pickOneNodeForPreemption); of equal ones the first. Undefined where there is none. */
export function leastMissed(candidates: readonly Victims[]): Victims | undefined {
  let best: { readonly victims: Victims; readonly cost: readonly number[] } | undefined;
  for (const victims of candidates) {
    const cost = costOf(victims);
    if (!best || isLess(cost, best.cost)) best = { victims, cost };
  }
  return best?.victims;
}

/** What is compared, in this order; less is better. */
function costOf({ pods, violations }: Victims): number[] {
  const highest = pods[0]!.priority;
  // The scheduler adds so much to each, so that fewer pods are better though priorities are below 0.
  const sum = pods.reduce((all, { priority }) => all + priority + 2 ** 31, 0);
  const oldest = Math.min(...pods.filter(({ priority }) => priority === highest).map(startOf));
  return [violations, highest, sum, pods.length, -oldest];
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at >= 0 && a[at]! < b[at]!;
}
