import type { Json } from '../../manifests/resource';
import { list, record } from '../../manifests/resource';
import type { AlertMatcher } from '../../upstream/alertmanager/matchers';
import { matchersOfText } from '../../upstream/alertmanager/matchers';
import { goRegExp } from '../../upstream/kubernetes/cel/regexp';
import { scalarText } from '../../upstream/prometheus/form';

/** The labels of an alert. */
export type AlertLabels = Readonly<Record<string, string>>;

/** The matchers of a route, or of one side of an inhibition (`prefix` `source_`), in the order in which Alertmanager has them. */
export function matchersIn(holder: Json, prefix: '' | 'source_' | 'target_' = ''): readonly AlertMatcher[] {
  const old = (field: string, operator: AlertMatcher['operator']) =>
    Object.entries(record(holder[`${prefix}${field}`]) ?? {}).map(
      ([name, value]): AlertMatcher => ({ name, operator, value: scalarText(value) ?? '' }),
    );
  const matchers = list(holder[`${prefix}matchers`]).flatMap((text) => matchersOfText(scalarText(text) ?? ''));
  return [...old('match', '='), ...old('match_re', '=~'), ...matchers];
}

/** Whether all of them hold; a label that is not there is empty. */
export function allMatch(matchers: readonly AlertMatcher[], labels: AlertLabels): boolean {
  return matchers.every(({ name, operator, value }) => {
    const given = Object.hasOwn(labels, name) ? labels[name]! : '';
    const holds = operator.endsWith('~') ? (goRegExp(`^(?:${value})$`)?.test(given) ?? false) : given === value;
    return holds !== operator.startsWith('!');
  });
}
