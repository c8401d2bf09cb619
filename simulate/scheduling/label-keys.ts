import { list, record } from '../../manifests/resource';
import type { Labels } from '../../manifests/selector';

/** A selector to which admission has added the pod's own values of some labels. One that is not there stays so: it selects nothing. */
export function withLabelKeys(selector: unknown, labels: Labels, match: unknown, mismatch?: unknown): unknown {
  const given = record(selector);
  if (!given) return undefined;
  const more = [...expressions(match, 'In', labels), ...expressions(mismatch, 'NotIn', labels)];
  return more.length === 0 ? given : { ...given, matchExpressions: [...list(given['matchExpressions']), ...more] };
}

/** A label that the pod does not have is left out. */
function expressions(keys: unknown, operator: 'In' | 'NotIn', labels: Labels): object[] {
  return list(keys).flatMap((key) =>
    typeof key === 'string' && Object.hasOwn(labels, key) ? [{ key, operator, values: [labels[key]] }] : [],
  );
}
