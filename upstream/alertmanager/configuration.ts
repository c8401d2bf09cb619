import type { Json, Path } from '../../manifests/resource';
import { list, record } from '../../manifests/resource';
import { near } from '../../model/near';
import { prometheusDuration } from '../prometheus/duration';
import type { ConfigProblem, FieldType } from '../prometheus/form';
import { eachOf, LABELS, objectOf, scalarText, TEXTS, typeProblems } from '../prometheus/form';
import { records, TLS } from '../prometheus/http-client';
import type { Release, Version } from '../prometheus/release';
import { matchersProblem } from './matchers';
import { GLOBAL, RECEIVER } from './receiver-forms';
import { globalProblems, receiverProblems } from './receivers';
import { TIME_INTERVALS, timeIntervalProblems } from './time-intervals';

/** The newest Alertmanager of which the tables here know all fields. */
export const NEWEST_ALERTMANAGER: Version = { major: 0, minor: 35 };

const REGEXES: FieldType = { map: 'regex' };
const ROUTE_FIELDS: Record<string, FieldType> = {
  receiver: 'text',
  ...eachOf(TEXTS, 'group_by matchers mute_time_intervals active_time_intervals'),
  match: LABELS,
  match_re: REGEXES,
  continue: 'switch',
  ...eachOf('duration', 'group_wait group_interval repeat_interval'),
  labels: LABELS,
};
const ROUTE = { fields: ROUTE_FIELDS };
// Routes hold routes.
ROUTE_FIELDS['routes'] = { each: ROUTE };

const CONFIGURATION = objectOf({
  global: GLOBAL,
  route: ROUTE,
  inhibit_rules: {
    each: objectOf({
      name: 'text',
      ...eachOf(LABELS, 'source_match target_match'),
      ...eachOf(REGEXES, 'source_match_re target_match_re'),
      ...eachOf(TEXTS, 'source_matchers target_matchers equal'),
    }),
    empty: true,
  },
  receivers: { each: RECEIVER, empty: true },
  templates: TEXTS,
  ...eachOf(TIME_INTERVALS, 'mute_time_intervals time_intervals'),
  tracing: objectOf({
    client_type: { oneOf: ['http', 'grpc'] },
    ...eachOf('text', 'endpoint compression'),
    sampling_fraction: 'number',
    insecure: 'switch',
    tls_config: TLS,
    headers: { map: 'anything' },
    timeout: 'duration',
  }),
  event_recorder: 'anything',
});

/** What Alertmanager refuses of an alertmanager.yml; null stands for a file that is empty. */
export function* alertmanagerProblems(content: unknown, release: Release = {}): Iterable<ConfigProblem> {
  yield* typeProblems(content, CONFIGURATION, [], { newest: NEWEST_ALERTMANAGER, ...release });
  const configuration = record(content) ?? {};
  const global = record(configuration['global']) ?? {};
  yield* globalProblems(global);
  yield* receiverProblems(configuration['receivers'], global);
  for (const [i, rule] of records(configuration['inhibit_rules']))
    yield* inhibitionProblems(rule, ['inhibit_rules', i]);
  const intervals = new Set<string>();
  for (const field of ['mute_time_intervals', 'time_intervals']) {
    for (const [i, interval] of records(configuration[field])) {
      const name = scalarText(interval['name']) ?? '';
      if (name === '') yield { path: [field, i], reason: 'the time interval has no name' };
      else if (intervals.has(name))
        yield { path: [field, i, 'name'], value: name, reason: `two time intervals are called ${name}` };
      intervals.add(name);
    }
    yield* timeIntervalProblems(configuration[field], [field]);
  }
  const root = record(configuration['route']);
  if (!root) {
    yield { path: ['route'], reason: 'the configuration has no route' };
    return;
  }
  yield* rootProblems(root);
  const names = new Set(records(configuration['receivers']).flatMap(([, { name }]) => scalarText(name) ?? []));
  yield* routeProblems(root, ['route'], names, intervals);
}

function* rootProblems(root: Json): Iterable<ConfigProblem> {
  if (!scalarText(root['receiver'])) yield { path: ['route'], reason: 'the first route needs a receiver' };
  if (root['continue'] === true)
    yield { path: ['route', 'continue'], value: true, reason: 'the first route cannot have continue' };
  for (const field of ['match', 'match_re', 'matchers', 'mute_time_intervals', 'active_time_intervals']) {
    const value = root[field];
    if (list(value).length > 0 || Object.keys(record(value) ?? {}).length > 0)
      yield {
        path: ['route', field],
        value,
        reason: `the first route takes every alert at every time and cannot have ${field}`,
      };
  }
}

function* routeProblems(
  route: Json,
  path: Path,
  receivers: ReadonlySet<string>,
  intervals: ReadonlySet<string>,
): Iterable<ConfigProblem> {
  const receiver = scalarText(route['receiver']) ?? '';
  if (receiver !== '' && !receivers.has(receiver))
    yield {
      path: [...path, 'receiver'],
      value: receiver,
      reason: `there is no receiver ${receiver}${near(receiver, [...receivers])}`,
    };
  for (const field of ['mute_time_intervals', 'active_time_intervals'])
    for (const [i, entry] of list(route[field]).entries()) {
      const name = scalarText(entry ?? '');
      if (name !== undefined && !intervals.has(name))
        yield {
          path: [...path, field, i],
          value: name,
          reason: `there is no time interval ${name || '""'}${near(name, [...intervals])}`,
        };
    }
  yield* oldNameProblems(route['match'], [...path, 'match']);
  yield* oldNameProblems(route['match_re'], [...path, 'match_re']);
  yield* matchersProblems(route['matchers'], [...path, 'matchers']);
  yield* groupingProblems(route['group_by'], [...path, 'group_by']);
  for (const name of Object.keys(record(route['labels']) ?? {}))
    if (name === '') yield { path: [...path, 'labels'], value: name, reason: 'the name of a label is empty' };
  for (const field of ['group_interval', 'repeat_interval']) {
    const value = route[field] ?? undefined;
    if (value !== undefined && prometheusDuration(value) === 0)
      yield { path: [...path, field], value, reason: `${field} cannot be 0` };
  }
  for (const [i, inner] of records(route['routes']))
    yield* routeProblems(inner, [...path, 'routes', i], receivers, intervals);
}

function* groupingProblems(groupBy: unknown, path: Path): Iterable<ConfigProblem> {
  const names = list(groupBy).map((name) => scalarText(name ?? '') ?? '');
  if (names.includes('...') && names.some((name) => name !== '...'))
    yield { path, value: groupBy, reason: '... stands for every label: other labels cannot stand beside it' };
  const seen = new Set<string>();
  for (const [i, name] of names.entries()) {
    if (name === '' || (name !== '...' && seen.has(name)))
      yield {
        path: [...path, i],
        value: name,
        reason: name === '' ? 'the name of a label is empty' : `the label ${name} stands there twice`,
      };
    seen.add(name);
  }
}

function* inhibitionProblems(rule: Json, path: Path): Iterable<ConfigProblem> {
  for (const side of ['source', 'target']) {
    yield* oldNameProblems(rule[`${side}_match`], [...path, `${side}_match`]);
    yield* oldNameProblems(rule[`${side}_match_re`], [...path, `${side}_match_re`]);
    yield* matchersProblems(rule[`${side}_matchers`], [...path, `${side}_matchers`]);
  }
  for (const [i, name] of list(rule['equal']).entries())
    if ((name ?? '') === '') yield { path: [...path, 'equal', i], value: name, reason: 'the name of a label is empty' };
}

/** The fields before `matchers` take names of letters, digits and _ only, and no null for an expression. */
function* oldNameProblems(matches: unknown, path: Path): Iterable<ConfigProblem> {
  for (const [name, value] of Object.entries(record(matches) ?? {})) {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name))
      yield {
        path: [...path, name],
        value: name,
        reason: `the name of label ${name || '""'} is not made of letters, digits and _`,
      };
    if (value === null && String(path.at(-1)).endsWith('_re'))
      yield { path: [...path, name], value, reason: `the regular expression of ${name} is missing` };
  }
}

function* matchersProblems(matchers: unknown, path: Path): Iterable<ConfigProblem> {
  for (const [i, matcher] of list(matchers).entries()) {
    const text = scalarText(matcher ?? '');
    const problem = text === undefined ? undefined : matchersProblem(text);
    if (problem) yield { path: [...path, i], value: matcher, reason: `the matcher ${text} cannot be read: ${problem}` };
  }
}
