import type { PodSpec } from './kubernetes';

/**
 * Which nodes the scheduler would take for a pod by labels and taints, from the rendered pod alone. Written after the
 * documentation of Kubernetes and not after model/node-match.ts, so that the two cannot share a mistake.
 */
export interface SchedulableNode {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  };
}

type Requirement = { readonly key: string; readonly operator: string; readonly values?: readonly string[] };

export function feasible(pod: PodSpec, node: SchedulableNode): boolean {
  const { labels } = node.metadata;
  for (const key in pod.nodeSelector) if (labels[key] !== pod.nodeSelector[key]) return false;
  const terms = pod.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  // Terms are alternatives; the expressions of one must all hold.
  if (terms && !terms.some((term) => term.matchExpressions.every((each) => holds(each, labels)))) return false;
  for (const taint of node.spec.taints ?? []) {
    if (taint.effect === 'PreferNoSchedule') continue;
    const isTolerated = (pod.tolerations ?? []).some(
      ({ key = '', operator, value = '', effect = '' }) =>
        (key === '' ? operator === 'Exists' : key === taint.key) &&
        (effect === '' || effect === taint.effect) &&
        (operator === 'Exists' || value === (taint.value ?? '')),
    );
    if (!isTolerated) return false;
  }
  return true;
}

function holds({ key, operator, values = [] }: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const isThere = key in labels;
  const value = labels[key]!;
  const is: Readonly<Record<string, () => boolean>> = {
    In: () => isThere && values.some((each) => each === value),
    NotIn: () => !isThere || values.every((each) => each !== value),
    Exists: () => isThere,
    DoesNotExist: () => !isThere,
    Gt: () => isThere && /^\d+$/.test(value) && Number(value) > Number(values[0]),
    Lt: () => isThere && /^\d+$/.test(value) && Number(value) < Number(values[0]),
  };
  return is[operator]!();
}
