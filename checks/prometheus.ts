import { near } from './near';
import type { QueryProblem } from './prometheus-query';
import { queryOf } from './prometheus-query';
import type { Json, Path } from './resource';
import { list, record, text } from './resource';

/** Something that Prometheus refuses, with its place from the top of what was judged. */
export interface Problem {
  readonly path: Path;
  readonly reason: string;
  readonly value?: unknown;
  /** It depends on the version. */
  readonly open?: boolean;
}

const DURATION = /^(?:0|(?=\d)(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?)$/;
const MILLISECONDS = [31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1000, 1];

/** Milliseconds of `1h30m`; undefined for what Prometheus does not read. */
export function duration(value: unknown): number | undefined {
  const parts = DURATION.exec(String(value));
  return parts ? MILLISECONDS.reduce((sum, unit, i) => sum + unit * Number(parts[i + 1] ?? 0), 0) : undefined;
}

function* judgeDurations(object: Json, fields: readonly string[], path: Path): Iterable<Problem> {
  for (const field of fields) {
    const value = object[field];
    if (value !== undefined && value !== null && duration(value) === undefined) yield { path: [...path, field], value, reason: `${field} is no duration such as 30s or 1h30m` };
  }
}

/** A name that is nearly one of those that may stand there; what is not near may come from a later version. */
function* judgeFields(object: Json, fields: ReadonlySet<string>, path: Path): Iterable<Problem> {
  for (const field of Object.keys(object)) {
    if (fields.has(field)) continue;
    const meant = near(field, [...fields]);
    if (meant) yield { path: [...path, field], value: object[field], reason: `there is no field ${field}${meant}` };
  }
}

const GROUP = new Set(['name', 'interval', 'query_offset', 'limit', 'labels', 'rules', 'partial_response_strategy']);
const RULE = new Set(['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations']);

/** Groups of rules, as a rule file and a PrometheusRule have them. */
export function* judgeGroups(groups: unknown, path: Path): Iterable<Problem> {
  const names = new Set<string>();
  for (const [i, entry] of list(groups).entries()) {
    const group = record(entry);
    const at = [...path, i];
    if (!group) {
      yield { path: at, value: entry, reason: 'the group is no object' };
      continue;
    }
    const name = text(group['name']) ?? '';
    if (name === '') yield { path: at, value: group['name'], reason: 'the group has no name' };
    else if (names.has(name)) yield { path: [...at, 'name'], value: name, reason: `two groups are called ${name}` };
    names.add(name);
    yield* judgeFields(group, GROUP, at);
    yield* judgeDurations(group, ['interval', 'query_offset'], at);
    for (const [j, rule] of list(group['rules']).entries()) yield* judgeRule(record(rule), [...at, 'rules', j]);
  }
}

function* judgeRule(rule: Json | undefined, path: Path): Iterable<Problem> {
  if (!rule) {
    yield { path, reason: 'the rule is no object' };
    return;
  }
  const [recorded, alert] = [text(rule['record']) ?? '', text(rule['alert']) ?? ''];
  if ((recorded === '') === (alert === '')) yield { path, reason: recorded === '' ? 'the rule has neither record nor alert' : 'the rule has both record and alert' };
  yield* judgeFields(rule, RULE, path);
  yield* judgeDurations(rule, ['for', 'keep_firing_for'], path);
  if (recorded !== '') {
    if (/[{}]/.test(recorded)) yield { path: [...path, 'record'], value: recorded, reason: 'the name of a recorded series has braces; they belong into expr' };
    for (const field of ['for', 'keep_firing_for', 'annotations']) {
      const value = rule[field];
      const empty = value === undefined || value === null || (field === 'annotations' ? Object.keys(record(value) ?? {}).length === 0 : duration(value) === 0);
      if (!empty) yield { path: [...path, field], value, reason: `a recording rule has no ${field}` };
    }
  }
  if (record(rule['labels'])?.['__name__'] !== undefined) yield { path: [...path, 'labels', '__name__'], value: record(rule['labels'])?.['__name__'], reason: 'a rule can not set the label __name__' };
  const expr = rule['expr'];
  // A PrometheusRule may hold a number.
  if (expr === undefined || expr === null || expr === '') yield { path, reason: 'the rule has no expr' };
  else if (typeof expr === 'string') for (const problem of judgeQuery(expr)) yield { path: [...path, 'expr'], value: expr, reason: `expr: ${problem.reason}`, ...(problem.open ? { open: true } : {}) };
}

function judgeQuery(expr: string): readonly QueryProblem[] {
  const { problems } = queryOf(expr);
  // Loki's rules have the same form, and another language.
  return problems.length > 0 && isLoki(expr) ? [] : problems.slice(0, 1);
}

function isLoki(expr: string): boolean {
  return /\|[=~>]|\|\s*(json|logfmt|pattern|regexp|unpack|unwrap|line_format|label_format|decolorize|keep|drop|[a-z_]+\s*(=|!=|>|<))|\}\s*![=~]\s*["`]|bytes_(rate|over_time)\(|^\s*[\w(\s]*rate\(\s*\{[^}]*\}\s*\[/i.test(expr);
}

const CONFIGURATION = new Set(['global', 'runtime', 'alerting', 'rule_files', 'scrape_config_files', 'scrape_configs', 'storage', 'tracing', 'remote_write', 'remote_read', 'otlp']);
const RELABEL_ACTIONS = ['replace', 'keep', 'drop', 'keepequal', 'dropequal', 'hashmod', 'labelmap', 'labeldrop', 'labelkeep', 'lowercase', 'uppercase'];
const TARGETED = new Set(['replace', 'hashmod', 'lowercase', 'uppercase', 'keepequal', 'dropequal']);

/** A prometheus.yml. */
export function* judgeConfiguration(configuration: Json): Iterable<Problem> {
  yield* judgeFields(configuration, CONFIGURATION, []);
  const global = record(configuration['global']) ?? {};
  yield* judgeDurations(global, ['scrape_interval', 'scrape_timeout', 'evaluation_interval', 'rule_query_offset'], ['global']);
  const interval = duration(global['scrape_interval'] ?? '1m') ?? 60_000;
  if ((duration(global['scrape_timeout'] ?? 0) ?? 0) > interval) yield { path: ['global', 'scrape_timeout'], value: global['scrape_timeout'], reason: 'the scrape_timeout is longer than the scrape_interval' };
  const jobs = new Set<string>();
  for (const [i, entry] of list(configuration['scrape_configs']).entries()) {
    const job = record(entry);
    const path = ['scrape_configs', i];
    if (!job) {
      yield { path, reason: 'the job is empty' };
      continue;
    }
    const name = text(job['job_name']) ?? '';
    if (name === '') yield { path, reason: 'the job has no job_name' };
    else if (jobs.has(name)) yield { path: [...path, 'job_name'], value: name, reason: `two jobs are called ${name}` };
    jobs.add(name);
    yield* judgeDurations(job, ['scrape_interval', 'scrape_timeout'], path);
    const own = duration(job['scrape_interval'] ?? 0) || interval;
    if ((duration(job['scrape_timeout'] ?? 0) ?? 0) > own) yield { path: [...path, 'scrape_timeout'], value: job['scrape_timeout'], reason: `the scrape_timeout of job ${name} is longer than its scrape_interval` };
    // With relabelings a target may be anything: blackbox exporters take whole URLs.
    for (const [j, group] of list(list(job['relabel_configs']).length > 0 ? [] : job['static_configs']).entries()) {
      for (const target of list(record(group)?.['targets'])) if (typeof target === 'string' && target.includes('/')) yield { path: [...path, 'static_configs', j], value: target, reason: `target ${target} is no host and port: a path stands in metrics_path, a scheme in scheme` };
    }
    for (const field of ['relabel_configs', 'metric_relabel_configs']) for (const [j, entry] of list(job[field]).entries()) yield* judgeRelabeling(record(entry), [...path, field, j]);
  }
}

function* judgeRelabeling(relabeling: Json | undefined, path: Path): Iterable<Problem> {
  if (!relabeling) return;
  const action = (text(relabeling['action']) ?? 'replace').toLowerCase();
  if (!RELABEL_ACTIONS.includes(action)) yield { path: [...path, 'action'], value: action, reason: `there is no relabel action ${action}${near(action, RELABEL_ACTIONS)}` };
  else if (TARGETED.has(action) && !relabeling['target_label']) yield { path, reason: `the relabel action ${action} needs a target_label` };
  else if (action === 'hashmod' && !relabeling['modulus']) yield { path, reason: 'the relabel action hashmod needs a modulus' };
}
