import type { AlertMatcher } from '../../upstream/alertmanager/matchers';
import type { InhibitionRule } from './inhibition';
import type { KnownAlert } from './known-alert';
import type { AlertLabels } from './label-matching';
import { allMatch } from './label-matching';

/** One alert keeps another back, by a rule. Both by their place in a list. */
export interface Silencing {
  readonly source: number;
  readonly target: number;
  readonly rule: InhibitionRule;
}

/**
 * Labels with which alerts keep each other back as told, all at once; undefined where there are none. What rules say of their alerts
 * holds; labels that come from series may have any value. Each label is looked at by itself, because no matcher is about two.
 */
export function jointLabels(
  alerts: readonly KnownAlert[],
  silencings: readonly Silencing[],
): readonly AlertLabels[] | undefined {
  const names = new Set(['alertname', 'severity']);
  for (const { rule } of silencings)
    for (const name of [
      ...rule.source.map((each) => each.name),
      ...rule.target.map((each) => each.name),
      ...rule.equal,
    ])
      names.add(name);
  const found = alerts.map((): Record<string, string> => ({}));
  for (const name of names) {
    const values = valuesOf(name, alerts, silencings);
    if (!values) return undefined;
    for (const [i, value] of values.entries()) if (value !== '') found[i]![name] = value;
  }
  return found;
}

/** A value of one label for each alert; the empty one stands for none. */
function valuesOf(
  name: string,
  alerts: readonly KnownAlert[],
  silencings: readonly Silencing[],
): readonly string[] | undefined {
  const classes = alerts.map((_, i) => i);
  for (const { source, target, rule } of silencings) {
    if (!rule.equal.includes(name)) continue;
    const [kept, merged] = [classes[source]!, classes[target]!];
    for (const [i, each] of classes.entries()) if (each === merged) classes[i] = kept;
  }
  const matchers = alerts.map((_, i) =>
    silencings
      .flatMap(({ source, target, rule }) => [
        ...(source === i ? rule.source : []),
        ...(target === i ? rule.target : []),
      ])
      .filter((matcher) => matcher.name === name),
  );
  const values: string[] = [];
  for (const [i, own] of classes.entries()) {
    const members = [...classes.keys()].filter((other) => classes[other] === own);
    if (members[0]! < i) {
      values.push(values[members[0]!]!);
      continue;
    }
    const value = candidates(members.flatMap((member) => matchers[member]!)).find((candidate) =>
      members.every((member) => {
        const known = alerts[member]!.labelOf(name);
        return (known === undefined || known === candidate) && allMatch(matchers[member]!, { [name]: candidate });
      }),
    );
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;

  function candidates(asked: readonly AlertMatcher[]): readonly string[] {
    const known = alerts.flatMap((alert) => alert.labelOf(name) ?? []);
    // The alternatives of an expression, as far as they are plain.
    const words = asked.flatMap(({ value }) => value.replace(/[().*+?^$]/g, '').split('|'));
    return [...new Set([...known, ...words.filter((word) => word !== ''), 'x', ''])];
  }
}
