import type { Json } from '../../manifests/resource';
import { list, record, string } from '../../manifests/resource';
import type { Labels } from '../../manifests/selector';
import { selects } from '../../manifests/selector';
import { wholeOf } from '../../model/node-match';
import type { SchedulerNode } from './node';

/** What a pod requires of its node by `nodeSelector` and required node affinity, all of it. */
export interface NodeRequirement {
  readonly selector: Labels;
  /** Any of these; undefined: none is asked for. An empty list matches no node. */
  readonly terms: readonly Json[] | undefined;
}

/** Whether a node meets what a pod requires (component-helpers/scheduling/corev1/nodeaffinity). */
export function meetsRequirement({ selector, terms }: NodeRequirement, node: SchedulerNode): boolean {
  return (
    Object.entries(selector).every(([key, value]) => node.labels[key] === value) &&
    (terms?.some((term) => matchesTerm(term, node)) ?? true)
  );
}

/** An empty term matches no node. */
export function matchesTerm(term: Json, node: Pick<SchedulerNode, 'labels' | 'name'>): boolean {
  const expressions = list(term['matchExpressions']);
  const fields = list(term['matchFields']);
  if (expressions.length + fields.length === 0) return false;
  return (
    expressions.every((expression) => matches(record(expression), node.labels)) &&
    fields.every((field) => matchesField(record(field), node.name))
  );
}

/** What node affinity has beside the operators of label selectors: whole numbers are compared. */
function matches(expression: Json | undefined, labels: Labels): boolean {
  const value = labels[string(expression?.['key']) ?? ''];
  const [bound] = list(expression?.['values']);
  switch (expression?.['operator']) {
    case 'Gt':
      return isMore(value, bound);
    case 'Lt':
      return isMore(bound, value);
    default:
      return selects({ matchExpressions: [expression] }, labels);
  }
}

/** Whole numbers alone are compared. */
function isMore(a: unknown, b: unknown): boolean {
  const [first, second] = [wholeOf(string(a)), wholeOf(string(b))];
  return first !== undefined && second !== undefined && first > second;
}

/** The name is the only field that there is. */
function matchesField(field: Json | undefined, name: string): boolean {
  const values = list(field?.['values']);
  if (field?.['key'] !== 'metadata.name' || values.length !== 1) return false;
  if (field['operator'] === 'In') return values[0] === name;
  return field['operator'] === 'NotIn' && values[0] !== name;
}
