import { list, record, string, strings } from '../manifests/resource';
import type { Labels } from '../manifests/selector';
import { selects } from '../manifests/selector';
import type { Certainty } from './certainty';
import { all } from './certainty';
import type { World } from './world';

/** The labels of an object that may not be known in full. */
export interface KnownLabels {
  readonly labels: Labels;
  /** False: there may be others. */
  readonly complete: boolean;
}

/** Whether a LabelSelector selects an object of which these labels are known. */
export function selectsKnown(selector: unknown, { labels, complete }: KnownLabels): Certainty {
  if (complete) return selects(selector, labels) ? 'yes' : 'no';
  const given = record(selector);
  if (!given) return 'no';
  return all([
    ...Object.entries(strings(given['matchLabels'])).map(
      ([key, value]): Certainty => (Object.hasOwn(labels, key) ? (labels[key] === value ? 'yes' : 'no') : 'unknown'),
    ),
    ...list(given['matchExpressions']).map((expression): Certainty => {
      const key = string(record(expression)?.['key']) ?? '';
      if (!Object.hasOwn(labels, key)) return 'unknown';
      return selects({ matchExpressions: [expression] }, labels) ? 'yes' : 'no';
    }),
  ]);
}

/** The label that Kubernetes gives every namespace. */
export const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** What is known of a namespace's labels: all of them if its object is here, else the one that Kubernetes sets. */
export function namespaceLabels(world: World, name: string): KnownLabels {
  const labels = world.namespaceLabels(name);
  return labels ? { labels, complete: true } : { labels: { [NAMESPACE_NAME]: name }, complete: false };
}
