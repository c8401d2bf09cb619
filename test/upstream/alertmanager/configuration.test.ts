import { pathText } from '../../../manifests/resource';
import { alertmanagerProblems } from '../../../upstream/alertmanager/configuration';
import { matchersProblem } from '../../../upstream/alertmanager/matchers';
import { readContent } from '../../../upstream/prometheus/yaml';

const said = (yaml: string, version = { major: 0, minor: 28 }) =>
  [...alertmanagerProblems(readContent(yaml).content, { version })].map(
    ({ path, reason }) => `${pathText(path)}: ${reason}`,
  );
/** With a route to a receiver `a` that is notified so. */
const notified = (configs: string, global = '{}') =>
  said(`{ global: ${global}, route: { receiver: a }, receivers: [{ name: a, ${configs} }] }`).map((text) =>
    text.replace('receivers[0].', ''),
  );
const routed = (more: string, route = 'receiver: a') =>
  said(`{ route: { ${route} }, receivers: [{ name: a }, { name: b }], ${more} }`);

test('a configuration with all its parts is taken', () => {
  expect(
    said(`
global: { smtp_smarthost: 'mail:25', smtp_from: a@b, slack_api_url: 'https://hooks/a' }
route:
  receiver: a
  group_by: [alertname, job]
  routes:
    - { receiver: b, matchers: ['severity="page"', 'team=~"x|y"'], mute_time_intervals: [nights], continue: true }
    - { match: { a: b }, match_re: { c: 'd.*' }, group_by: ['...'] }
inhibit_rules: [{ source_matchers: [a=b], target_matchers: [c!=d], equal: [job] }]
receivers:
  - { name: a, email_configs: [{ to: a@b }], slack_configs: [{ channel: '#a' }] }
  - { name: b, webhook_configs: [{ url: 'http://a/{{ .Status }}' }], pagerduty_configs: [{ routing_key: a }] }
time_intervals:
  - name: nights
    time_intervals: [{ times: [{ start_time: '00:00', end_time: '24:00' }], weekdays: ['saturday', 'monday:friday'], days_of_month: ['-1'], months: ['may'], years: ['2030'], location: Europe/Prague }]
templates: ['*.tmpl']
`),
  ).toEqual([]);
});

describe('routes', () => {
  test.each([
    ['', 'route: the first route needs a receiver'],
    ['receiver: c', 'route.receiver: there is no receiver c'],
    [
      'receiver: a, routes: [{ routes: [{ receiver: c }] }]',
      'route.routes[0].routes[0].receiver: there is no receiver c',
    ],
    ['receiver: a, matchers: [a=b]', 'cannot have matchers'],
    ['receiver: a, match: { a: b }', 'cannot have match'],
    ['receiver: a, continue: true', 'the first route cannot have continue'],
    ['receiver: a, active_time_intervals: [x]', 'cannot have active_time_intervals'],
    ['receiver: a, routes: [{ mute_time_intervals: [x] }]', 'there is no time interval x'],
    ['receiver: a, routes: [{ active_time_intervals: [x] }]', 'there is no time interval x'],
    ['receiver: a, routes: [{ matchers: [severity] }]', 'the matcher severity cannot be read'],
    ['receiver: a, routes: [{ match_re: { a: "(" } }]', '( cannot be read'],
    ['receiver: a, routes: [{ match: { a-b: c } }]', 'the name of label a-b'],
    ['receiver: a, group_by: ["...", job]', '... stands for every label'],
    ['receiver: a, group_by: [job, job]', 'the label job stands there twice'],
    ['receiver: a, group_interval: 0s', 'group_interval cannot be 0'],
    ['receiver: a, repeat_interval: 4 hours', 'repeat_interval is no duration'],
    ['receiver: a, route: []', 'there is no field route; did you mean "routes"?'],
  ])('{ %s }: %s', (route, reason) => expect(routed('', route)).toContainEqual(expect.stringContaining(reason)));
  test('a misspelt receiver has its neighbour named', () => {
    expect(said('{ route: { receiver: taem }, receivers: [{ name: team }] }')).toEqual([
      'route.receiver: there is no receiver taem; did you mean "team"?',
    ]);
  });
  test('receivers have names of their own', () => {
    const named = (receivers: string) => said(`{ route: { receiver: a }, receivers: [${receivers}] }`);
    expect(named('{ name: a }, { name: a }')).toEqual(['receivers[1].name: two receivers are called a']);
    expect(named('{ name: a }, {}')).toEqual(['receivers[1]: the receiver has no name']);
  });
  test('a file with nothing in it has no route', () =>
    expect(said('')).toEqual(['route: the configuration has no route']));
});

test.each([
  ['inhibit_rules: [{ equals: [job] }]', 'there is no field equals; did you mean "equal"?'],
  ['inhibit_rules: [{ equal: job }]', 'equal is a list, not "job"'],
  ['inhibit_rules: [{ source_matchers: ["a=~("] }]', 'the matcher a=~( cannot be read'],
  ['inhibit_rules: [{ target_match_re: { a: } }]', 'the regular expression of a is missing'],
  ['time_intervals: [{ name: x }, { name: x }]', 'two time intervals are called x'],
  ['mute_time_intervals: [{ name: x }], time_intervals: [{ name: x }]', 'two time intervals are called x'],
  ['time_intervals: [{ time_intervals: [] }]', 'the time interval has no name'],
  ['tracing: { endpoint: a, tls: {} }', 'there is no field tls'],
  ['global: { smtp_smarthost: mail }', 'mail is no host:port'],
  [
    'global: { opsgenie_api_key: a, opsgenie_api_key_file: /b }',
    'only one of opsgenie_api_key and opsgenie_api_key_file',
  ],
  ['global: { http_config: { bearer_token: a, basic_auth: {} } }', 'only one of basic_auth, bearer_token can be set'],
])('%s: %s', (more, reason) => expect(routed(more)).toContainEqual(expect.stringContaining(reason)));

test.each([
  ["times: [{ start_time: '9:00', end_time: '10:00' }]", '9:00 is no time such as 09:30'],
  ["times: [{ start_time: '10:00', end_time: '09:00' }]", 'is not before end_time'],
  ["times: [{ start_time: '10:00' }]", 'both start_time and end_time are needed'],
  ['weekdays: [mon]', 'mon is no day of the week'],
  ["days_of_month: ['32']", '32 is no day of a month'],
  ["days_of_month: ['5:1']", '5:1 ends before it begins'],
  ["days_of_month: ['-1:1']", 'begins at a day counted from the end'],
  ["months: ['mai']", 'mai is no month'],
  ["months: ['12:1']", '12:1 ends before it begins'],
  ["years: ['2032:2030']", 'ends before it begins'],
  ['location: Europe/Pargue', 'there is no time zone Europe/Pargue'],
])('an interval with %s is refused: %s', (times, reason) =>
  expect(routed(`time_intervals: [{ name: x, time_intervals: [{ ${times} }] }]`)).toEqual([
    expect.stringContaining(reason),
  ]),
);

describe('receivers', () => {
  test.each([
    ['webhook_configs: [{}]', 'it needs a url or a url_file'],
    ['webhook_configs: [{ url: pager:8080 }]', 'does not begin with http:// or https://'],
    ['webhook_configs: [{ url: "http://a", url_file: /b }]', 'only one of url and url_file'],
    [
      'webhook_configs: [{ url: "http://a", http_config: { tls_config: { min_version: "1.2" } } }]',
      'min_version is one of',
    ],
    ['webhook_config: [{ url: "http://a" }]', 'there is no field webhook_config; did you mean "webhook_configs"?'],
    ['slack_configs: [{ channel: a }]', 'it has no api_url and no app_token'],
    ['slack_configs: [{ api_url: "https://a", app_token: b }]', 'only one of api_url and app_token'],
    ['slack_configs: [{ api_url: "https://a", update_message: true }]', 'update_message needs the api_url'],
    ['slack_configs: [{ api_url: "https://a", fields: [{ title: a }] }]', 'it needs a value'],
    ['email_configs: [{ to: a, from: b }]', 'it has no smarthost, and global has no smtp_smarthost'],
    ['email_configs: [{ smarthost: "a:25", from: a }]', 'it needs a to'],
    [
      'email_configs: [{ to: a, from: b, smarthost: "c:25", headers: { Subject: a, subject: b } }]',
      'subject stands there twice',
    ],
    ['pagerduty_configs: [{ severity: a }]', 'it needs a routing_key or a service_key'],
    ['opsgenie_configs: [{ message: a }]', 'global has no opsgenie_api_key'],
    ['opsgenie_configs: [{ api_key: a, responders: [{ type: team }] }]', 'a responder needs an id'],
    ['victorops_configs: [{ api_key: a }]', 'it needs a routing_key'],
    ['pushover_configs: [{ user_key: a }]', 'it needs a token or a token_file'],
    ['telegram_configs: [{ bot_token: a }]', 'it needs a chat_id'],
    ['telegram_configs: [{ bot_token: a, chat_id: 1, parse_mode: html }]', 'did you mean "HTML"?'],
    ['discord_configs: [{}]', 'it needs a webhook_url'],
    [
      'msteams_configs: [{ webhook_url: "https://a", webhook_url_file: /b }]',
      'only one of webhook_url and webhook_url_file',
    ],
    ['msteamsv2_configs: [{ title: a }]', 'it needs a webhook_url'],
    ['webex_configs: [{ room_id: a }]', 'it needs http_config.authorization'],
    ['wechat_configs: [{ api_secret: a }]', 'global has no wechat_api_corp_id'],
    ['sns_configs: [{ sigv4: {} }]', 'it needs one of topic_arn'],
    ['jira_configs: [{ project: a, api_url: "https://a" }]', 'it needs an issue_type'],
    ['rocketchat_configs: [{ token: a }]', 'global has no rocketchat_token_id'],
    ['mattermost_configs: [{ text: a }]', 'global has no mattermost_webhook_url'],
    ['incidentio_configs: [{ url: "https://a", http_config: {} }]', 'it needs an alert_source_token'],
  ])('%s: %s', (configs, reason) => expect(notified(configs)).toEqual([expect.stringContaining(reason)]));
  test.each([
    ['slack_configs: [{ channel: a }, null]', '{ slack_api_url: "https://a" }'],
    ['slack_configs: [{ channel: a }]', '{ slack_app_token: a }'],
    ['opsgenie_configs: [{ message: a }]', '{ opsgenie_api_key_file: /a }'],
    ['telegram_configs: [{ chat_id: -1 }]', '{ telegram_bot_token: a }'],
    ['mattermost_configs: [{ text: a }]', '{ mattermost_webhook_url_file: /a }'],
  ])('%s take what is missing from global %s', (configs, global) => expect(notified(configs, global)).toEqual([]));
});

describe('matchers', () => {
  test.each(['a=b', 'a = "b" , c!~d', '{a="b\\"c"}', '"a b"=c', 'a=', 'a=(b)', '', '{}', 'a="b",'])(
    '%j is taken',
    (text) => expect(matchersProblem(text)).toBeUndefined(),
  );
  test.each(['a', 'a=~(', 'a!=~"("', 'a=b"c', 'a="b', '=b', '{a', 'a=b, c', 'a="b" "c"'])('%j is refused', (text) =>
    expect(matchersProblem(text)).toEqual(expect.any(String)),
  );
});
