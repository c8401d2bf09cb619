import type { RE2JS } from 're2js';
import { list, record, string } from '../../manifests/resource';
import type { Query } from '../prometheus/query';
import { childrenOf, queryOf, selectionsOf, syntaxNodes } from '../prometheus/query';

/**
 * A rule of prometheus-adapter: which series it is about, what the API calls them, for which objects, and how a value is computed.
 * Read from `pkg/config/config.go`, `pkg/naming` and `pkg/custom-provider/series_registry.go` of its release 0.12.0.
 */
export interface DiscoveryRule {
  readonly seriesQuery: string;
  readonly filters: readonly { readonly is: string | undefined; readonly isNot: string | undefined }[];
  readonly template: string;
  readonly overrides: readonly {
    readonly label: string;
    readonly group: string | undefined;
    readonly resource: string;
  }[];
  readonly namespaced: boolean;
  readonly matches: string;
  readonly as: string;
  readonly metricsQuery: string;
}

export function discoveryRule(given: unknown): DiscoveryRule {
  const rule = record(given);
  const resources = record(rule?.['resources']);
  const name = record(rule?.['name']);
  return {
    seriesQuery: string(rule?.['seriesQuery']) ?? '',
    filters: list(rule?.['seriesFilters']).map((entry) => ({
      is: string(record(entry)?.['is']) || undefined,
      isNot: string(record(entry)?.['isNot']) || undefined,
    })),
    template: string(resources?.['template']) ?? '',
    overrides: Object.entries(record(resources?.['overrides']) ?? {}).map(([label, entry]) => ({
      label,
      group: string(record(entry)?.['group']) || undefined,
      resource: (string(record(entry)?.['resource']) ?? '').toLowerCase(),
    })),
    namespaced: resources?.['namespaced'] !== false,
    matches: string(name?.['matches']) ?? '',
    as: string(name?.['as']) ?? '',
    metricsQuery: string(rule?.['metricsQuery']) ?? '',
  };
}

function compiled(pattern: string): RE2JS | undefined {
  const { RE2JS: Go } = require('re2js') as typeof import('re2js');
  try {
    return Go.compile(pattern);
  } catch {
    return undefined;
  }
}

/** How many groups an expression of Go has; undefined where Go does not take it. */
export function groupCount(pattern: string): number | undefined {
  return compiled(pattern)?.groupCount();
}

function matchesAnywhere(pattern: string, text: string): boolean {
  return compiled(pattern)?.matcher(text).find() ?? false;
}

/** What the API calls a series; undefined where the rule leaves it out. */
export function apiNameOf(rule: DiscoveryRule, series: string): string | undefined {
  for (const { is, isNot } of rule.filters)
    if ((is !== undefined && !matchesAnywhere(is, series)) || (isNot !== undefined && matchesAnywhere(isNot, series)))
      return undefined;
  const matcher = compiled(rule.matches === '' ? '.*' : rule.matches)?.matcher(series);
  if (!matcher?.find()) return undefined;
  return templateOf(rule)
    .map((part) => {
      if ('text' in part) return part.text;
      const group = /^\d+$/.test(part.group) ? Number(part.group) : part.group;
      if (typeof group === 'number') return group <= matcher.groupCount() ? (matcher.group(group) ?? '') : '';
      try {
        return matcher.group(group) ?? '';
      } catch {
        return '';
      }
    })
    .join('');
}

type Part = { readonly text: string } | { readonly group: string };

/**
 * The parts of `as`, by Go's `Regexp.Expand`: a name is as long as it can be, so that `$1_total` means a group called `1_total`, which
 * there is not.
 */
export function templateOf({ as, matches }: Pick<DiscoveryRule, 'as' | 'matches'>): readonly Part[] {
  const template = as !== '' ? as : (groupCount(matches) ?? 0) === 0 ? '$0' : '$1';
  const parts: Part[] = [];
  let rest = template;
  while (rest !== '') {
    const at = rest.indexOf('$');
    if (at !== 0) {
      parts.push({ text: at < 0 ? rest : rest.slice(0, at) });
      rest = at < 0 ? '' : rest.slice(at);
      continue;
    }
    const found = /^\$(?:\$|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/u.exec(rest);
    if (!found) parts.push({ text: '$' });
    else parts.push(found[0] === '$$' ? { text: '$' } : { group: found[1] ?? found[2]! });
    rest = rest.slice(found ? found[0].length : 1);
  }
  return parts;
}

/** The names of series that a `seriesQuery` may return: one, or what these expressions match; undefined where it cannot be read. */
interface SeriesNames {
  readonly exact: string | undefined;
  readonly test: (series: string) => boolean;
}

function seriesNames(query: Query): SeriesNames | undefined {
  const selection = selectionsOf(query)[0];
  if (query.problems.length > 0 || !selection) return undefined;
  const { text } = query;
  const tests = syntaxNodes(selection.node, 'UnquotedLabelMatcher', 'QuotedLabelMatcher').flatMap((matcher) => {
    const [label, operator, value] = childrenOf(matcher);
    if (!label || !operator || !value || unquoted(text.slice(label.from, label.to)) !== '__name__') return [];
    const wanted = unquoted(text.slice(value.from, value.to));
    const op = text.slice(operator.from, operator.to);
    const anchored = `^(?s:${wanted})$`;
    return [
      (series: string) =>
        op === '='
          ? series === wanted
          : op === '!='
            ? series !== wanted
            : matchesAnywhere(anchored, series) === (op === '=~'),
    ];
  });
  return { exact: selection.metric, test: (series) => tests.every((holds) => holds(series)) };
}

/** Whether a rule may be about a series, by its name. */
export function takesSeries({ seriesQuery }: Pick<DiscoveryRule, 'seriesQuery'>, series: string): boolean {
  const names = seriesNames(queryOf(seriesQuery));
  return !names || (names.exact === undefined ? names.test(series) : names.exact === series);
}

function unquoted(text: string): string {
  return /^(["'`]).*\1$/s.test(text) ? text.slice(1, -1).replace(/\\\\/g, '\\') : text;
}

/** Whether a rule gives a metric: `series` is the one that it is made of, where that is known. */
export type Giving =
  | { readonly gives: 'yes' | 'maybe'; readonly series: string | undefined }
  | { readonly gives: 'no' };

const NO: Giving = { gives: 'no' };
const MAYBE: Giving = { gives: 'maybe', series: undefined };

/** Whether a rule gives a metric of this name. Which series there are is not known here, so that many a rule may. */
export function givingOf(rule: DiscoveryRule, wanted: string): Giving {
  const names = seriesNames(queryOf(rule.seriesQuery));
  if (!names) return MAYBE;
  const of = (series: string): Giving =>
    names.test(series) && apiNameOf(rule, series) === wanted ? { gives: 'yes', series } : NO;
  if (names.exact !== undefined) return of(names.exact);
  const parts = templateOf(rule);
  const groups = parts.filter((part) => 'group' in part);
  const shape = parts.map((part) => ('text' in part ? escaped(part.text) : '(.*)')).join('');
  const captured = new RegExp(`^${shape}$`, 's').exec(wanted);
  if (!captured) return NO;
  if (groups.length === 0) return { gives: 'yes', series: undefined };
  if (groups.length > 1) return MAYBE;
  const [{ group }] = groups as [{ group: string }];
  if (group === '0' && (rule.matches === '' || /^\^.*\$$/s.test(rule.matches))) return of(wanted);
  // `^prefix(.*)suffix$`: the series is what it would be with the group filledQuery.
  const simple = /^\^((?:\w|:)*)\((?:\.[*+]|\?P<\w+>\.[*+])\)((?:\w|:)*)\$$/.exec(rule.matches);
  if (simple && group === '1') return of(`${simple[1]}${captured[1]}${simple[2]}`);
  return MAYBE;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^$()[\]{}|\\/]/g, '\\$&');
}

/** A kind of object as a metric's description names it. */
export interface WantedResource {
  readonly group: string;
  /** In lower case: its singular and its plural. */
  readonly names: readonly string[];
}

/** The label that stands for a kind of object; undefined where there is none, and `unknown` where a template is not read here. */
export function labelOf(rule: DiscoveryRule, { group, names }: WantedResource): string | undefined | 'unknown' {
  const override = rule.overrides.find(
    (entry) => names.includes(entry.resource) && (entry.group === undefined || entry.group === group),
  );
  if (override) return override.label;
  if (rule.template === '') return undefined;
  const label = rule.template
    .replaceAll(/<<\s*\.Resource\s*>>/g, names[0]!)
    .replaceAll(/<<\s*\.Group\s*>>/g, group.replaceAll(/[.-]/g, '_'));
  return label.includes('<<') ? 'unknown' : label;
}

/** What stands in a template of a query. */
const FIELDS = ['Series', 'LabelMatchers', 'LabelValuesByName', 'GroupBy', 'GroupBySlice'];

/** A query with its template filledQuery; `unknownField`: the template asks for something that there is not, and fails. */
export function filledQuery(
  template: string,
  values: { readonly series: string; readonly matchers: Readonly<Record<string, string>>; readonly groupBy: string },
): { readonly text: string } | { readonly unknownField: string } | undefined {
  let unknownField: string | undefined;
  let isRead = true;
  const text = template.replaceAll(/<<-?\s*(.*?)\s*-?>>/gs, (_, action: string) => {
    const field = /^\.(\w+)$/.exec(action)?.[1];
    const byName = /^\.LabelValuesByName\.(\w+)$|^index \.LabelValuesByName "(\w+)"$/.exec(action);
    if (field !== undefined && !FIELDS.includes(field)) unknownField ??= field;
    if (byName) return values.matchers[byName[1] ?? byName[2]!] ?? '';
    if (field === 'Series') return values.series;
    if (field === 'GroupBy') return values.groupBy;
    if (field === 'LabelMatchers')
      return Object.entries(values.matchers)
        .map(([label, value]) => `${label}="${value}"`)
        .join(',');
    isRead = false;
    return '';
  });
  if (unknownField !== undefined) return { unknownField };
  return isRead ? { text } : undefined;
}
