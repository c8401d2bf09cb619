import type { ControllerLabel, ControllerLabels } from '../manifests/controller-labels';
import type { Json } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import type { Labels } from '../manifests/selector';
import { selects } from '../manifests/selector';
import type { WorkloadManifest } from '../manifests/workload';
import type { Certainty } from './certainty';
import { all } from './certainty';
import type { World } from './world';

/** The labels of an object that may not be known in full. */
export interface KnownLabels {
  readonly labels: Labels;
  /** False: there may be others. */
  readonly complete: boolean;
  /** Labels that differ from pod to pod of a workload. @default - none */
  readonly byController?: ControllerLabels;
}

/** The labels of a workload's pods. */
export function labelsOfPods({ podLabels, controllerLabels }: WorkloadManifest): KnownLabels {
  return { labels: podLabels, complete: true, byController: controllerLabels };
}

/**
 * Whether a LabelSelector selects an object of which these labels are known. Of the pods of a workload: all of them, none, or
 * perhaps some.
 */
export function selectsKnown(selector: unknown, known: KnownLabels): Certainty {
  const { labels, complete, byController } = known;
  const given = record(selector);
  if (complete && !(given && byController && asksFor(byController, given)))
    return selects(selector, labels) ? 'yes' : 'no';
  if (!given) return 'no';
  const expressions = [
    ...Object.entries(record(given['matchLabels']) ?? {}).map(([key, value]) => ({
      key,
      operator: 'In',
      values: [value],
    })),
    ...list(given['matchExpressions']),
  ];
  const selected = all(expressions.map((expression) => satisfies(expression, known)));
  return selected === 'unknown' && byController && namesTwoPods(expressions, byController) ? 'no' : selected;
}

/** Whether a selector has a label that controllers set. */
function asksFor(byController: ControllerLabels, given: Json): boolean {
  if (byController.size === 0) return false;
  return (
    Object.keys(record(given['matchLabels']) ?? {}).some((key) => byController.has(key)) ||
    list(given['matchExpressions']).some((expression) => byController.has(string(record(expression)?.['key']) ?? ''))
  );
}

function satisfies(expression: unknown, { labels, complete, byController }: KnownLabels): Certainty {
  const key = string(record(expression)?.['key']) ?? '';
  const set = byController?.get(key);
  if (set) return satisfiesByController(expression, key, set);
  if (!complete && !Object.hasOwn(labels, key)) return 'unknown';
  return selects({ matchExpressions: [expression] }, labels) ? 'yes' : 'no';
}

function satisfiesByController(expression: unknown, key: string, { value, fits }: ControllerLabel): Certainty {
  const given = record(expression);
  const operator = given?.['operator'];
  if (value !== undefined || (operator !== 'In' && operator !== 'NotIn'))
    return selects({ matchExpressions: [expression] }, { [key]: value ?? '' }) ? 'yes' : 'no';
  const possible = list(given?.['values']).some((one) => typeof one === 'string' && fits(one));
  return possible ? 'unknown' : operator === 'In' ? 'no' : 'yes';
}

/** Whether the labels that number pods ask for two different ones. */
function namesTwoPods(expressions: readonly unknown[], byController: ControllerLabels): boolean {
  let asked: ReadonlySet<number | undefined> | undefined;
  for (const expression of expressions.map(record)) {
    const ordinalOf = byController.get(string(expression?.['key']) ?? '')?.ordinalOf;
    if (!ordinalOf || expression?.['operator'] !== 'In') continue;
    const these = new Set(list(expression['values']).map((value) => ordinalOf(String(value))));
    const before = asked;
    asked = before ? new Set([...these].filter((ordinal) => before.has(ordinal))) : these;
  }
  return asked?.size === 0;
}

/** The label that Kubernetes gives every namespace. */
export const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** What is known of a namespace's labels: all of them if its object is here, else the one that Kubernetes sets. */
export function namespaceLabels(world: World, name: string): KnownLabels {
  const labels = world.namespaceLabels(name);
  return labels ? { labels, complete: true } : { labels: { [NAMESPACE_NAME]: name }, complete: false };
}
