import type { Json, Path } from '../../manifests/resource';
import { list, mappings } from '../../manifests/resource';
import type { AlertMatcher } from '../../upstream/alertmanager/matchers';
import { scalarText } from '../../upstream/prometheus/form';
import type { AlertLabels } from './label-matching';
import { allMatch, matchersIn } from './label-matching';

/** A rule by which some alerts keep others from being told. */
export interface InhibitionRule {
  readonly path: Path;
  readonly source: readonly AlertMatcher[];
  readonly target: readonly AlertMatcher[];
  /** Labels of which both have the same values; one that neither has counts as the same. */
  readonly equal: readonly string[];
}

/** Every rule of a configuration. */
export function inhibitionRulesOf(configuration: Json): readonly InhibitionRule[] {
  return mappings(configuration['inhibit_rules']).map((rule, i) => ({
    path: ['inhibit_rules', i],
    source: matchersIn(rule, 'source_'),
    target: matchersIn(rule, 'target_'),
    equal: list(rule['equal']).map((name) => scalarText(name) ?? ''),
  }));
}

/** The rules that may keep an alert back: what it has to do with its sources is known when they fire. */
export function inhibitionsOf(configuration: Json, labels: AlertLabels): readonly InhibitionRule[] {
  return inhibitionRulesOf(configuration).filter(({ target }) => allMatch(target, labels));
}

/** Which of the firing alerts keeps one back, and by which rule; undefined where it is told (Alertmanager's inhibit/inhibit.go). */
export function inhibitedBy(
  configuration: Json,
  labels: AlertLabels,
  firing: readonly AlertLabels[],
): { readonly rule: InhibitionRule; readonly by: AlertLabels } | undefined {
  for (const rule of inhibitionsOf(configuration, labels)) {
    // An alert that is on both sides is kept back by none that is on both, so not by itself either.
    const both = allMatch(rule.source, labels);
    const by = firing.find(
      (other) =>
        allMatch(rule.source, other) &&
        rule.equal.every((name) => (other[name] ?? '') === (labels[name] ?? '')) &&
        !(both && allMatch(rule.target, other)),
    );
    if (by) return { rule, by };
  }
  return undefined;
}
