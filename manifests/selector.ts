import type { Json } from './resource';
import { list, record, string } from './resource';

export type Labels = Readonly<Record<string, string>>;

/**
 * Whether a LabelSelector selects these labels: every matchLabels and every matchExpressions, all of them. An empty selector
 * selects everything; a missing one nothing.
 */
export function selects(selector: unknown, labels: Labels): boolean {
  const given = record(selector);
  if (!given) return false;
  return (
    selectsByMap(given['matchLabels'], labels) &&
    list(given['matchExpressions']).every((expression) => satisfies(record(expression), labels))
  );
}

/** The older form of Services and ReplicationControllers: a plain map. An empty map is for the caller to judge. */
export function selectsByMap(map: unknown, labels: Labels): boolean {
  // A value that is no string is refused by the API server, and equals no label.
  return Object.entries(record(map) ?? {}).every(([key, value]) => labels[key] === value);
}

function satisfies(expression: Json | undefined, labels: Labels): boolean {
  const key = string(expression?.['key']) ?? '';
  const values = list(expression?.['values']);
  const present = Object.hasOwn(labels, key);
  switch (expression?.['operator']) {
    case 'In':
      return present && values.includes(labels[key]);
    case 'NotIn':
      return !present || !values.includes(labels[key]);
    case 'Exists':
      return present;
    case 'DoesNotExist':
      return !present;
    default:
      return false;
  }
}

/** Whether a selector is there and has no condition: it selects everything. */
export function isEmptySelector(selector: unknown): boolean {
  const given = record(selector);
  return (
    given !== undefined &&
    Object.keys(record(given['matchLabels']) ?? {}).length === 0 &&
    list(given['matchExpressions']).length === 0
  );
}
