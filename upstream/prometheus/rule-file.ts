import type { Json, Path } from '../../manifests/resource';
import { list, record } from '../../manifests/resource';
import { prometheusDuration } from './duration';
import type { ConfigProblem, FieldType } from './form';
import { eachOf, LABELS, objectOf, scalarText, typeProblems } from './form';
import { labelNameProblems } from './names';
import { queryOf } from './query';
import { queryProblemsOf } from './query-release';
import type { Release } from './release';
import { isOlderThan } from './release';
import { templateProblem } from './template';

const RULE = objectOf({
  ...eachOf('text', 'record alert expr'),
  ...eachOf('duration', 'for keep_firing_for'),
  labels: LABELS,
  annotations: LABELS,
});
const GROUP = objectOf({
  name: 'text',
  ...eachOf('duration', 'interval query_offset'),
  limit: 'integer',
  labels: LABELS,
  rules: { each: RULE, empty: true },
  partial_response_strategy: 'text',
});
const RULE_GROUPS: FieldType = { each: GROUP, empty: true };
/** A file of rules beside its groups: Mimir's and Cortex' files have a namespace. */
const RULE_FILE = objectOf({ namespace: 'text' });

/** Groups of rules, as a rule file and a PrometheusRule have them. */
export function* ruleGroupProblems(groups: unknown, path: Path, release: Release = {}): Iterable<ConfigProblem> {
  yield* typeProblems(groups, RULE_GROUPS, path, release);
  const names = new Set<string>();
  for (const [i, entry] of list(groups).entries()) {
    const group = record(entry);
    const at = [...path, i];
    if (!group) continue;
    const name = scalarText(group['name']) ?? '';
    if (name === '') yield { path: at, value: group['name'], reason: 'the group has no name' };
    else if (names.has(name)) yield { path: [...at, 'name'], value: name, reason: `two groups are called ${name}` };
    names.add(name);
    yield* labelProblems(group['labels'], [...at, 'labels'], 'a group', release);
    for (const [j, rule] of list(group['rules']).entries())
      yield* ruleProblems(record(rule), [...at, 'rules', j], release);
  }
}

/** A file of rules as a whole; null stands for one that is empty. */
export function* ruleFileProblems(content: unknown, release: Release = {}): Iterable<ConfigProblem> {
  const { groups, ...others } = record(content) ?? {};
  yield* typeProblems(record(content) ? others : content, RULE_FILE, [], release);
  yield* ruleGroupProblems(groups, ['groups'], release);
}

function* ruleProblems(rule: Json | undefined, path: Path, release: Release): Iterable<ConfigProblem> {
  if (!rule) return;
  const [recorded, alert] = [scalarText(rule['record']) ?? '', scalarText(rule['alert']) ?? ''];
  // Before Prometheus 3 a null that is written out was the text "null".
  const written = (rule['record'] === null || rule['alert'] === null) && isOlderThan(release, 3) !== false;
  if ((recorded === '') === (alert === ''))
    yield {
      path,
      reason: recorded === '' ? 'the rule has neither record nor alert' : 'the rule has both record and alert',
      ...(written ? { open: true } : {}),
    };
  if (recorded !== '') yield* recordingProblems(rule, recorded, path, release);
  yield* labelProblems(rule['labels'], [...path, 'labels'], 'a rule', release);
  for (const name of Object.keys(record(rule['annotations']) ?? {}))
    yield* labelNameProblems(name, 'annotation', [...path, 'annotations', name], release);
  if (alert !== '') yield* templateProblems(rule, path);
  yield* exprProblems(rule['expr'], path, release);
}

function* exprProblems(expr: unknown, path: Path, release: Release): Iterable<ConfigProblem> {
  // A PrometheusRule may hold a number.
  if (expr === undefined || expr === null || expr === '')
    yield {
      path,
      reason: 'the rule has no expr',
      ...(expr === null && isOlderThan(release, 3) !== false ? { open: true } : {}),
    };
  else if (typeof expr === 'string' && !(queryOf(expr).problems.length > 0 && isLoki(expr)))
    for (const { reason, open } of queryProblemsOf(queryOf(expr), release).slice(0, 1))
      yield { path: [...path, 'expr'], value: expr, reason: `expr: ${reason}`, ...(open ? { open } : {}) };
}

function* recordingProblems(rule: Json, recorded: string, path: Path, release: Release): Iterable<ConfigProblem> {
  const at = { path: [...path, 'record'], value: recorded };
  const old = isOlderThan(release, 3);
  if (/[{}]/.test(recorded)) yield { ...at, reason: 'the name of a recorded series has braces; they belong into expr' };
  else if (old !== false && !/^[A-Za-z_:][\w:]*$/.test(recorded))
    yield {
      ...at,
      reason: `the name ${recorded} of a recorded series is not made of letters, digits, _ and :`,
      ...(old ? {} : { open: true }),
    };
  for (const field of ['for', 'keep_firing_for', 'annotations']) {
    const value = rule[field];
    const empty =
      value === undefined ||
      value === null ||
      (field === 'annotations' ? Object.keys(record(value) ?? {}).length === 0 : prometheusDuration(value) === 0);
    if (!empty) yield { path: [...path, field], value, reason: `a recording rule has no ${field}` };
  }
}

function* labelProblems(labels: unknown, path: Path, of: string, release: Release): Iterable<ConfigProblem> {
  for (const name of Object.keys(record(labels) ?? {})) {
    if (name === '__name__')
      yield { path: [...path, name], value: name, reason: `${of} cannot set the label __name__` };
    else yield* labelNameProblems(name, 'label', [...path, name], release);
  }
}

function* templateProblems(rule: Json, path: Path): Iterable<ConfigProblem> {
  for (const field of ['labels', 'annotations']) {
    for (const [name, value] of Object.entries(record(rule[field]) ?? {})) {
      const found = typeof value === 'string' ? templateProblem(value) : undefined;
      if (found)
        yield {
          path: [...path, field, name],
          value,
          reason: `the template cannot be read: ${found.reason}`,
          ...(found.open ? { open: true } : {}),
        };
    }
  }
}

/** Loki's rules have the same form, and another language. */
function isLoki(expr: string): boolean {
  return /\|[=~>]|\|\s*(json|logfmt|pattern|regexp|unpack|unwrap|line_format|label_format|decolorize|keep|drop|[a-z_]+\s*(=|!=|>|<))|\}\s*![=~]\s*["`]|bytes_(rate|over_time)\(|^\s*[\w(\s]*rate\(\s*\{[^}]*\}\s*\[/i.test(
    expr,
  );
}
