import type { Json, Path } from '../../manifests/resource';
import { list, record } from '../../manifests/resource';
import { near } from '../../model/near';
import { prometheusDuration } from './duration';
import type { ConfigProblem } from './form';
import { CONFIGURATION, RULE_FILE, RULE_GROUPS, scalarText, typeProblems } from './form';
import type { QueryProblem } from './query';
import { queryOf } from './query';
import { templateProblem } from './template';

/** Groups of rules, as a rule file and a PrometheusRule have them. */
export function* ruleGroupProblems(groups: unknown, path: Path): Iterable<ConfigProblem> {
  yield* typeProblems(groups, RULE_GROUPS, path);
  const names = new Set<string>();
  for (const [i, entry] of list(groups).entries()) {
    const group = record(entry);
    const at = [...path, i];
    if (!group) continue;
    const name = scalarText(group['name']) ?? '';
    if (name === '') yield { path: at, value: group['name'], reason: 'the group has no name' };
    else if (names.has(name)) yield { path: [...at, 'name'], value: name, reason: `two groups are called ${name}` };
    names.add(name);
    yield* labelProblems(group['labels'], [...at, 'labels'], 'a group');
    for (const [j, rule] of list(group['rules']).entries()) yield* ruleProblems(record(rule), [...at, 'rules', j]);
  }
}

/** A file of rules as a whole. */
export function* ruleFileProblems(content: unknown): Iterable<ConfigProblem> {
  const { groups, ...others } = record(content) ?? {};
  yield* typeProblems(record(content) ? others : content, RULE_FILE, ['the file']);
  yield* ruleGroupProblems(groups, ['groups']);
}

function* ruleProblems(rule: Json | undefined, path: Path): Iterable<ConfigProblem> {
  if (!rule) return;
  const [recorded, alert] = [scalarText(rule['record']) ?? '', scalarText(rule['alert']) ?? ''];
  // Before Prometheus 3 a null that is written out was the text "null".
  const written = rule['record'] === null || rule['alert'] === null;
  if ((recorded === '') === (alert === ''))
    yield {
      path,
      reason: recorded === '' ? 'the rule has neither record nor alert' : 'the rule has both record and alert',
      ...(written ? { open: true } : {}),
    };
  if (recorded !== '') yield* recordingProblems(rule, recorded, path);
  yield* labelProblems(rule['labels'], [...path, 'labels'], 'a rule');
  for (const name of Object.keys(record(rule['annotations']) ?? {}))
    yield* nameProblems(name, 'annotation', [...path, 'annotations', name]);
  if (alert !== '') yield* templateProblems(rule, path);
  const expr = rule['expr'];
  // A PrometheusRule may hold a number.
  if (expr === undefined || expr === null || expr === '')
    yield { path, reason: 'the rule has no expr', ...(expr === null ? { open: true } : {}) };
  else if (typeof expr === 'string')
    for (const problem of queryProblems(expr))
      yield {
        path: [...path, 'expr'],
        value: expr,
        reason: `expr: ${problem.reason}`,
        ...(problem.open ? { open: true } : {}),
      };
}

function* recordingProblems(rule: Json, recorded: string, path: Path): Iterable<ConfigProblem> {
  if (/[{}]/.test(recorded))
    yield {
      path: [...path, 'record'],
      value: recorded,
      reason: 'the name of a recorded series has braces; they belong into expr',
    };
  else if (!/^[A-Za-z_:][\w:]*$/.test(recorded))
    yield {
      path: [...path, 'record'],
      value: recorded,
      reason: `the name ${recorded} of a recorded series is not made of letters, digits, _ and :`,
      open: true,
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

/** Prometheus 3 takes every name but the empty one; those before only letters, digits and _. */
function* nameProblems(name: string, of: 'annotation' | 'label', path: Path): Iterable<ConfigProblem> {
  if (!/^[A-Za-z_]\w*$/.test(name))
    yield {
      path,
      value: name,
      reason: `the name of ${of} ${name || '""'} is not made of letters, digits and _`,
      ...(name === '' ? {} : { open: true }),
    };
}

function* labelProblems(labels: unknown, path: Path, of: string): Iterable<ConfigProblem> {
  for (const name of Object.keys(record(labels) ?? {})) {
    if (name === '__name__')
      yield { path: [...path, name], value: name, reason: `${of} cannot set the label __name__` };
    else yield* nameProblems(name, 'label', [...path, name]);
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

function queryProblems(expr: string): readonly QueryProblem[] {
  const { problems } = queryOf(expr);
  // Loki's rules have the same form, and another language.
  return problems.length > 0 && isLoki(expr) ? [] : problems.slice(0, 1);
}

function isLoki(expr: string): boolean {
  return /\|[=~>]|\|\s*(json|logfmt|pattern|regexp|unpack|unwrap|line_format|label_format|decolorize|keep|drop|[a-z_]+\s*(=|!=|>|<))|\}\s*![=~]\s*["`]|bytes_(rate|over_time)\(|^\s*[\w(\s]*rate\(\s*\{[^}]*\}\s*\[/i.test(
    expr,
  );
}

/** A prometheus.yml. */
export function* configurationProblems(configuration: Json): Iterable<ConfigProblem> {
  yield* typeProblems(configuration, CONFIGURATION, []);
  const global = record(configuration['global']) ?? {};
  // Nothing and 0 stand for the default.
  const interval = prometheusDuration(global['scrape_interval'] ?? 0) || 60_000;
  if ((prometheusDuration(global['scrape_timeout'] ?? 0) ?? 0) > interval)
    yield {
      path: ['global', 'scrape_timeout'],
      value: global['scrape_timeout'],
      reason: 'the scrape_timeout is longer than the scrape_interval',
    };
  const jobs = new Set<string>();
  for (const [i, entry] of list(configuration['scrape_configs']).entries()) {
    const job = record(entry);
    const path = ['scrape_configs', i];
    if (!job) continue;
    const name = scalarText(job['job_name']) ?? '';
    if (name === '') yield { path, reason: 'the job has no job_name' };
    else if (jobs.has(name)) yield { path: [...path, 'job_name'], value: name, reason: `two jobs are called ${name}` };
    jobs.add(name);
    const own = prometheusDuration(job['scrape_interval'] ?? 0) || interval;
    if ((prometheusDuration(job['scrape_timeout'] ?? 0) ?? 0) > own)
      yield {
        path: [...path, 'scrape_timeout'],
        value: job['scrape_timeout'],
        reason: `the scrape_timeout of job ${name} is longer than its scrape_interval`,
      };
    yield* targetProblems(job, path);
    for (const field of ['relabel_configs', 'metric_relabel_configs'])
      yield* relabelingsProblems(job[field], [...path, field]);
  }
  const alerting = record(configuration['alerting']);
  yield* relabelingsProblems(alerting?.['alert_relabel_configs'], ['alerting', 'alert_relabel_configs']);
  for (const [i, entry] of list(alerting?.['alertmanagers']).entries()) {
    const path = ['alerting', 'alertmanagers', i];
    yield* targetProblems(record(entry) ?? {}, path);
    for (const field of ['relabel_configs', 'alert_relabel_configs'])
      yield* relabelingsProblems(record(entry)?.[field], [...path, field]);
  }
  for (const [i, entry] of list(configuration['remote_write']).entries())
    yield* relabelingsProblems(record(entry)?.['write_relabel_configs'], ['remote_write', i, 'write_relabel_configs']);
  const tracing = record(configuration['tracing']);
  if (tracing && !scalarText(tracing['endpoint'])) yield { path: ['tracing'], reason: 'tracing needs an endpoint' };
  for (const field of ['remote_write', 'remote_read']) {
    for (const [i, entry] of list(configuration[field]).entries())
      if (record(entry) && (record(entry)?.['url'] ?? null) === null)
        yield { path: [field, i], reason: `${field} needs a url` };
  }
}

const ROLES = ['pod', 'service', 'endpoints', 'endpointslice', 'node', 'ingress'];
const RECORDS = ['A', 'AAAA', 'MX', 'NS', 'SRV'];

/** Where a job, or Prometheus for its alerts, finds its targets. */
function* targetProblems(job: Json, path: Path): Iterable<ConfigProblem> {
  // With relabelings a target may be anything: blackbox exporters take whole URLs.
  const relabeled = list(job['relabel_configs']).length > 0;
  for (const [i, group] of list(job['static_configs']).entries()) {
    for (const target of list(record(group)?.['targets'])) {
      if (relabeled) continue;
      const address = target === null ? '' : scalarText(target);
      if (address?.includes('/'))
        yield {
          path: [...path, 'static_configs', i],
          value: target,
          reason: `target ${address} is no host and port: a path stands in metrics_path, a scheme in scheme`,
        };
      // That of an Alertmanager is not looked at.
      else if (address === '' && path[0] === 'scrape_configs')
        yield { path: [...path, 'static_configs', i], value: target, reason: 'a target is empty' };
    }
  }
  for (const [i, found] of records(job['dns_sd_configs'])) yield* dnsProblems(found, [...path, 'dns_sd_configs', i]);
  for (const [i, found] of records(job['http_sd_configs']))
    if (!scalarText(found['url']))
      yield { path: [...path, 'http_sd_configs', i], reason: 'http_sd_configs needs a url' };
  for (const [i, found] of records(job['kubernetes_sd_configs'])) {
    const role = scalarText(found['role']) ?? '';
    if (!ROLES.includes(role))
      yield {
        path: [...path, 'kubernetes_sd_configs', i, 'role'],
        value: role,
        reason:
          role === ''
            ? `kubernetes_sd_configs needs a role: ${ROLES.join(', ')}`
            : `there is no role ${role}${near(role, ROLES)}`,
      };
  }
  for (const [i, found] of records(job['file_sd_configs'])) {
    const files = list(found['files']);
    if (files.length === 0) yield { path: [...path, 'file_sd_configs', i], reason: 'file_sd_configs needs files' };
    for (const file of files)
      if (typeof file === 'string' && !/^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$/.test(file))
        yield {
          path: [...path, 'file_sd_configs', i, 'files'],
          value: file,
          reason: `${file || '""'} ends in none of .json, .yml, .yaml, or has a * that is not in its last part`,
        };
  }
}

function* dnsProblems(found: Json, path: Path): Iterable<ConfigProblem> {
  if (list(found['names']).length === 0) yield { path, reason: 'dns_sd_configs needs names' };
  const type = scalarText(found['type'] ?? 'SRV') ?? 'SRV';
  if (!RECORDS.includes(type.toUpperCase()))
    yield {
      path: [...path, 'type'],
      value: type,
      reason: `there is no type ${type || '""'} of DNS records to look up; it is one of ${RECORDS.join(', ')}`,
    };
  else if (type.toUpperCase() !== 'SRV' && !found['port'])
    yield { path, reason: `records of type ${type} have no port: give one` };
}

function records(value: unknown): readonly (readonly [number, Json])[] {
  return list(value).flatMap((entry, i): (readonly [number, Json])[] => {
    const object = record(entry);
    return object ? [[i, object]] : [];
  });
}

const RELABEL_ACTIONS = [
  'replace',
  'keep',
  'drop',
  'keepequal',
  'dropequal',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
];
const TARGETED = new Set(['replace', 'hashmod', 'lowercase', 'uppercase', 'keepequal', 'dropequal']);
/** What actions do not take: a field may only repeat its default. */
const UNUSED: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    lowercase: ['replacement'],
    uppercase: ['replacement'],
    keepequal: ['regex', 'modulus', 'separator', 'replacement'],
    dropequal: ['regex', 'modulus', 'separator', 'replacement'],
    labeldrop: ['source_labels', 'target_label', 'modulus', 'separator', 'replacement'],
    labelkeep: ['source_labels', 'target_label', 'modulus', 'separator', 'replacement'],
  }),
);
const DEFAULTS: ReadonlyMap<string, unknown> = new Map(
  Object.entries({ separator: ';', regex: '(.*)', replacement: '$1', target_label: '', modulus: 0 }),
);

function* relabelingsProblems(relabelings: unknown, path: Path): Iterable<ConfigProblem> {
  for (const [i, relabeling] of records(relabelings)) yield* relabelingProblems(relabeling, [...path, i]);
}

function* relabelingProblems(relabeling: Json, path: Path): Iterable<ConfigProblem> {
  const action = (scalarText(relabeling['action'] ?? 'replace') ?? 'replace').toLowerCase();
  const target = scalarText(relabeling['target_label']) ?? '';
  if (!RELABEL_ACTIONS.includes(action))
    yield {
      path: [...path, 'action'],
      value: action,
      reason: `there is no relabel action ${action || '""'}${near(action, RELABEL_ACTIONS)}`,
    };
  else if (TARGETED.has(action) && target === '')
    yield { path, reason: `the relabel action ${action} needs a target_label` };
  else if (action === 'hashmod' && !relabeling['modulus'])
    yield { path, reason: 'the relabel action hashmod needs a modulus' };
  for (const field of UNUSED.get(action) ?? []) {
    const value = relabeling[field];
    if (value !== undefined && value !== null && value !== DEFAULTS.get(field))
      yield { path: [...path, field], value, reason: `the relabel action ${action} takes no ${field}` };
  }
  // What a group of the regex gives is known only then.
  const names = [...list(relabeling['source_labels']), ...(target !== '' && !target.includes('$') ? [target] : [])];
  for (const name of names) if (typeof name === 'string') yield* nameProblems(name, 'label', path);
}
