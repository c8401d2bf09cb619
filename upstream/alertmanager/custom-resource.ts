import type { Json, Path } from '../../manifests/resource';
import { list, record, string } from '../../manifests/resource';
import { near } from '../../model/near';
import { prometheusDuration } from '../prometheus/duration';
import type { ConfigProblem } from '../prometheus/form';
import { isSet } from '../prometheus/form';
import { records } from '../prometheus/http-client';
import { regexProblem } from '../prometheus/regex';
import { webUrlProblem } from '../prometheus/url';

interface Named {
  readonly receivers: ReadonlySet<string>;
  readonly intervals: ReadonlySet<string>;
}

/** Why the Prometheus operator rejects an AlertmanagerConfig beyond what its schema says. */
export function* alertmanagerConfigProblems(object: Json): Iterable<ConfigProblem> {
  const spec = record(object['spec']) ?? {};
  const names = new Set<string>();
  for (const [i, receiver] of records(spec['receivers'])) {
    const path = ['spec', 'receivers', i];
    const name = string(receiver['name']) ?? '';
    if (names.has(name)) yield { path: [...path, 'name'], value: name, reason: `two receivers are called ${name}` };
    names.add(name);
    yield* receiverProblems(receiver, path);
  }
  const intervals = ['muteTimeIntervals', 'timeIntervals'].flatMap((field) =>
    records(spec[field]).flatMap(([, { name }]) => string(name) ?? []),
  );
  const route = record(spec['route']);
  if (route) {
    if (!isSet(route['receiver'])) yield { path: ['spec', 'route'], reason: 'the first route needs a receiver' };
    yield* routeProblems(route, ['spec', 'route'], { receivers: names, intervals: new Set(intervals) });
  }
  for (const [i, rule] of records(spec['inhibitRules']))
    for (const field of ['sourceMatch', 'targetMatch'])
      yield* matcherProblems(rule[field], ['spec', 'inhibitRules', i, field]);
}

/** What each kind of notification needs: one of each group. */
const NEEDS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  pagerdutyConfigs: [['routingKey', 'serviceKey']],
  webhookConfigs: [['url', 'urlSecret']],
  emailConfigs: [['to']],
  victoropsConfigs: [['routingKey']],
  pushoverConfigs: [
    ['userKey', 'userKeyFile'],
    ['token', 'tokenFile'],
  ],
  telegramConfigs: [['botToken', 'botTokenFile'], ['chatID']],
  snsConfigs: [['topicARN', 'targetARN', 'phoneNumber']],
};

function* receiverProblems(receiver: Json, path: Path): Iterable<ConfigProblem> {
  for (const [field, entries] of Object.entries(receiver)) {
    for (const [i, config] of records(entries)) {
      const at = [...path, field, i];
      for (const group of NEEDS[field] ?? [])
        if (!group.some((name) => isSet(config[name]) && config[name] !== 0))
          yield { path: at, reason: `it needs ${group.join(' or ')}` };
      for (const name of field === 'pushoverConfigs' ? [] : ['url', 'apiURL']) {
        const url = string(config[name]) ?? '';
        const problem = url === '' || url.includes('{{') ? undefined : webUrlProblem(url);
        if (problem) yield { path: [...at, name], value: url, reason: `${name} ${url} ${problem}` };
      }
    }
  }
}

function* routeProblems(route: Json, path: Path, named: Named): Iterable<ConfigProblem> {
  const receiver = string(route['receiver']) ?? '';
  if (receiver !== '' && !named.receivers.has(receiver))
    yield {
      path: [...path, 'receiver'],
      value: receiver,
      reason: `there is no receiver ${receiver}${near(receiver, [...named.receivers])}`,
    };
  for (const field of ['muteTimeIntervals', 'activeTimeIntervals'])
    for (const [i, name] of list(route[field]).entries())
      if (typeof name === 'string' && !named.intervals.has(name))
        yield {
          path: [...path, field, i],
          value: name,
          reason: `there is no time interval ${name}${near(name, [...named.intervals])}`,
        };
  const groups = list(route['groupBy']);
  if (groups.includes('...') && groups.length > 1)
    yield {
      path: [...path, 'groupBy'],
      value: groups,
      reason: '... stands for every label: no other can stand beside it',
    };
  const twice = groups.find((name, i) => groups.indexOf(name) < i);
  if (twice !== undefined)
    yield { path: [...path, 'groupBy'], value: twice, reason: `the label ${String(twice)} stands there twice` };
  for (const field of ['groupWait', 'groupInterval', 'repeatInterval']) {
    const value = route[field];
    if (isSet(value) && prometheusDuration(value) === undefined)
      yield { path: [...path, field], value, reason: `${field} is no duration such as 30s or 1h30m` };
  }
  yield* matcherProblems(route['matchers'], [...path, 'matchers']);
  for (const [i, inner] of records(route['routes'])) yield* routeProblems(inner, [...path, 'routes', i], named);
}

function* matcherProblems(matchers: unknown, path: Path): Iterable<ConfigProblem> {
  for (const [i, matcher] of records(matchers)) {
    if (!isSet(matcher['name'])) yield { path: [...path, i], reason: 'the matcher has no name' };
    const type = string(matcher['matchType']) ?? '';
    const value = string(matcher['value']) ?? '';
    const isRegex = type.endsWith('~') || (type === '' && matcher['regex'] === true);
    const reason = isRegex ? regexProblem(value) : undefined;
    if (reason) yield { path: [...path, i, 'value'], value, reason: `${value} cannot be read: ${reason}` };
  }
}
