import type { NodeExpression, Placement, Taint, Toleration } from './placement';
import { requiredOf } from './placement';

type Labels = Readonly<Record<string, string>>;

/** A node, as far as placement looks at it. */
export interface PlacedNode {
  readonly metadata: { readonly labels: Labels };
  readonly spec: { readonly taints?: readonly Taint[] };
}

/** Whether an expression holds, by the rules of Kubernetes' node affinity. */
export function matchesExpression(labels: Labels, expression: NodeExpression): boolean {
  const value = Object.hasOwn(labels, expression.key) ? labels[expression.key] : undefined;
  switch (expression.operator) {
    case 'In':
      return value !== undefined && expression.values.includes(value);
    case 'NotIn':
      return value === undefined || !expression.values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt': {
      const number = wholeOf(value);
      if (number === undefined) return false;
      return expression.operator === 'Gt' ? number > expression.value : number < expression.value;
    }
  }
}

/** A label's value as the scheduler reads a number (64 bits with a sign); undefined where it reads none. */
export function wholeOf(value: string | undefined): bigint | undefined {
  if (value === undefined || !/^[+-]?\d+$/.test(value)) return undefined;
  const number = BigInt(value);
  return BigInt.asIntN(64, number) === number ? number : undefined;
}

/** Whether a toleration accepts a taint. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  const { key, effect, value } = toleration;
  if (effect !== undefined && effect !== taint.effect) return false;
  if (key !== undefined && key !== taint.key) return false;
  return operatorOf(toleration) === 'Exists' || (value ?? '') === (taint.value ?? '');
}

export function operatorOf({ operator, value }: Toleration): 'Equal' | 'Exists' {
  return operator ?? (value === undefined ? 'Exists' : 'Equal');
}

/** Whether the pods may run on a node: its labels are right, and every taint that keeps pods away is tolerated. */
export function mayRunOn(placement: Placement, { metadata: { labels }, spec: { taints = [] } }: PlacedNode): boolean {
  return (
    requiredOf(placement).every(([key, values]) => matchesExpression(labels, { key, operator: 'In', values })) &&
    (placement.matches ?? []).every((expression) => matchesExpression(labels, expression)) &&
    taints.every(
      (taint) =>
        taint.effect === 'PreferNoSchedule' ||
        (placement.tolerates ?? []).some((toleration) => tolerates(toleration, taint)),
    )
  );
}
