import type { Json } from '../../manifests/resource';
import { list, record, string } from '../../manifests/resource';
import type { Labels } from '../../manifests/selector';
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
export function matchesTerm(term: Json, node: SchedulerNode): boolean {
  const expressions = list(term['matchExpressions']);
  const fields = list(term['matchFields']);
  if (expressions.length + fields.length === 0) return false;
  return (
    expressions.every((expression) => matches(record(expression), node.labels)) &&
    fields.every((field) => matchesField(record(field), node.name))
  );
}

function matches(expression: Json | undefined, labels: Labels): boolean {
  const key = string(expression?.['key']) ?? '';
  const values = list(expression?.['values']);
  const present = Object.hasOwn(labels, key);
  const value = labels[key] ?? '';
  switch (expression?.['operator']) {
    case 'In':
      return present && values.includes(value);
    case 'NotIn':
      return !present || !values.includes(value);
    case 'Exists':
      return present;
    case 'DoesNotExist':
      return !present;
    case 'Gt':
      return present && isMore(value, values[0]);
    case 'Lt':
      return present && isMore(values[0], value);
    default:
      return false;
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
