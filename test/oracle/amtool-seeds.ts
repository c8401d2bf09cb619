import type { Json } from '../../manifests/resource';

const route = { receiver: 'team' };
const notified = (kind: string, config: Json, global?: Json): Json => ({
  ...(global ? { global } : {}),
  route,
  receivers: [{ name: 'team', [`${kind}_configs`]: [config] }],
});

/** Configurations that Alertmanager takes. */
export const ALERTMANAGER_CONFIGURATIONS: readonly Json[] = [
  {
    global: {
      resolve_timeout: '5m',
      smtp_smarthost: 'mail:25',
      smtp_from: 'alerts@example.com',
      smtp_require_tls: false,
    },
    route: {
      receiver: 'team',
      group_by: ['alertname', 'cluster'],
      group_wait: '30s',
      group_interval: '5m',
      repeat_interval: '4h',
      routes: [
        { matchers: ['severity="page"', 'team=~"a|b"'], receiver: 'pager', continue: true },
        { match: { severity: 'ticket' }, match_re: { team: 'c|d' }, mute_time_intervals: ['nights'] },
        { matchers: ['{service!~"x.*", env!=dev}'], active_time_intervals: ['office'], group_by: ['...'] },
      ],
    },
    inhibit_rules: [
      { source_matchers: ['severity="page"'], target_matchers: ['severity="ticket"'], equal: ['alertname', 'cluster'] },
      { source_match: { a: 'b' }, target_match_re: { c: 'd.*' }, equal: ['e'] },
    ],
    receivers: [
      { name: 'team', email_configs: [{ to: 'team@example.com', headers: { Subject: 'a' }, send_resolved: true }] },
      { name: 'pager', webhook_configs: [{ url: 'http://pager:8080/alerts', max_alerts: 5 }] },
      { name: 'nobody' },
    ],
    templates: [],
    time_intervals: [
      {
        name: 'office',
        time_intervals: [
          {
            times: [{ start_time: '09:00', end_time: '17:30' }],
            weekdays: ['monday:friday'],
            location: 'Europe/Prague',
          },
          { days_of_month: ['1:5', '-3:-1'], months: ['may:august', 'december', '1'], years: ['2030:2032'] },
        ],
      },
    ],
    mute_time_intervals: [
      { name: 'nights', time_intervals: [{ times: [{ start_time: '00:00', end_time: '06:00' }] }] },
    ],
  },
  notified('webhook', {
    url_file: '/etc/url',
    http_config: {
      authorization: { credentials_file: '/t' },
      tls_config: { ca_file: '/c', min_version: 'TLS12' },
      proxy_url: 'http://proxy:3128',
      follow_redirects: false,
    },
  }),
  notified('webhook', {
    url: 'https://a/{{ .GroupLabels.team }}',
    http_config: { oauth2: { client_id: 'a', client_secret: 'b', token_url: 'https://c' } },
  }),
  notified('slack', {
    api_url: 'https://hooks.slack.com/a',
    channel: '#a',
    fields: [{ title: 'a', value: 'b', short: true }],
    actions: [{ type: 'button', text: 'a', url: 'https://b' }],
  }),
  notified('slack', { channel: '#a' }, { slack_api_url: 'https://hooks.slack.com/a' }),
  notified('slack', { channel: '#a', app_token: 'xoxb', update_message: true }),
  notified('slack', { channel: '#a' }, { slack_app_token_file: '/t' }),
  notified('pagerduty', { routing_key: 'a', details: { b: 'c' }, links: [{ href: 'a', text: 'b' }] }),
  notified('pagerduty', { service_key_file: '/k', severity: 'critical' }),
  notified('opsgenie', { api_key: 'a', responders: [{ name: 'a', type: 'team' }] }),
  notified('opsgenie', { priority: 'P1' }, { opsgenie_api_key_file: '/k' }),
  notified('victorops', { api_key: 'a', routing_key: 'b', custom_fields: { c: 'd' } }),
  notified('pushover', { user_key: 'a', token_file: '/t', html: true, retry: '1m' }),
  notified('telegram', { bot_token: 'a', chat_id: -100, parse_mode: 'HTML' }),
  notified('telegram', { chat_id_file: '/c' }, { telegram_bot_token: 'a' }),
  notified('discord', { webhook_url: 'https://discord/a', title: 'b' }),
  notified('msteams', { webhook_url_file: '/u' }),
  notified('msteamsv2', { webhook_url: 'https://teams/a' }),
  notified('webex', { room_id: 'a', http_config: { authorization: { credentials: 'b' } } }),
  notified('wechat', { api_secret: 'a', corp_id: 'b', message_type: 'markdown' }),
  notified('sns', { topic_arn: 'arn:aws:sns:us-east-2:123456789012:a', sigv4: { region: 'us-east-2' } }),
  notified('jira', { api_url: 'https://jira/', project: 'A', issue_type: 'Bug', labels: ['a'], reopen_duration: '1h' }),
  notified('rocketchat', { token: 'a', token_id_file: '/i', channel: '#a' }),
  notified('mattermost', {
    webhook_url: 'https://mattermost/a',
    attachments: [{ fields: [{ title: 'a', value: 'b' }] }],
  }),
  notified('incidentio', { url: 'https://incident/a', alert_source_token: 'b', timeout: '10s' }),
  notified('email', {
    to: 'a@b',
    from: 'c@d',
    smarthost: '[::1]:587',
    auth_username: 'e',
    auth_password_file: '/p',
    tls_config: { insecure_skip_verify: true },
  }),
];

/** Strings of matchers, of which each takes some. */
export const MATCHERS: readonly string[] = [
  'severity="page"',
  'severity = page, team != a',
  '{severity="page", team=~"a|b"}',
  'team!~"a.*"',
  '"a b"="c d"',
  'a="b\\"c"',
  'a=b"c',
  'a="b',
  'a=~"("',
  'a=~b|c',
  'ä="ö"',
  'a==b',
  'a',
  '',
  '{}',
  '{a=b',
  'a=b}',
  'a=b,',
  ',a=b',
  'a=',
  'a=""',
  "a='b'",
  'a="\\d"',
  'a=~"\\\\d"',
  'a = "b", c',
  'a=b,,c=d',
];
