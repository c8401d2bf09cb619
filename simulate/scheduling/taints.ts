import type { Json } from '../../manifests/resource';
import { list, record, string } from '../../manifests/resource';
import { wholeOf } from '../../model/node-match';

export interface SchedulerTaint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

/** What the scheduler takes a cordoned node to have. */
export const CORDON: SchedulerTaint = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

export function taintsOf(value: unknown): SchedulerTaint[] {
  return list(value).flatMap((entry) => {
    const taint = record(entry);
    return taint ? [{ key: text(taint['key']), value: text(taint['value']), effect: text(taint['effect']) }] : [];
  });
}

/** The first taint that keeps a pod from a node; `comparing`: tolerations may compare numbers (feature gate, off by default). */
export function untolerated(
  taints: readonly SchedulerTaint[],
  tolerations: readonly Json[],
  comparing = false,
): SchedulerTaint | undefined {
  return taints.find(
    (taint) =>
      (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') &&
      !tolerations.some((toleration) => toleratesTaint(toleration, taint, comparing)),
  );
}

/** k8s.io/api/core/v1, ToleratesTaint. */
export function toleratesTaint(toleration: Json, taint: SchedulerTaint, comparing = false): boolean {
  const [key, effect, value] = [text(toleration['key']), text(toleration['effect']), text(toleration['value'])];
  if ((effect !== '' && effect !== taint.effect) || (key !== '' && key !== taint.key)) return false;
  switch (text(toleration['operator'])) {
    case '':
    case 'Equal':
      return value === taint.value;
    case 'Exists':
      return true;
    case 'Lt':
      return comparing && isLess(taint.value, value);
    case 'Gt':
      return comparing && isLess(value, taint.value);
    default:
      return false;
  }
}

function isLess(a: string, b: string): boolean {
  const [first, second] = [wholeOf(a), wholeOf(b)];
  return first !== undefined && second !== undefined && first < second;
}

function text(value: unknown): string {
  return string(value) ?? '';
}
