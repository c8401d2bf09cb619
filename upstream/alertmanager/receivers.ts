import type { Json, Path } from '../../manifests/resource';
import { list, record } from '../../manifests/resource';
import type { ConfigProblem } from '../prometheus/form';
import { isSet, scalarText } from '../prometheus/form';
import { atMostOne, httpProblems, records, tlsProblems } from '../prometheus/http-client';
import { webUrlProblem } from '../prometheus/url';

/** What is wrong with `global`: two sources for one secret. */
export function* globalProblems(global: Json): Iterable<ConfigProblem> {
  const path = ['global'];
  const client = record(global['http_config']);
  if (client) yield* httpProblems(client, [...path, 'http_config']);
  yield* tlsProblems(global['smtp_tls_config'], [...path, 'smtp_tls_config']);
  for (const name of [
    ...['slack_app_token', 'slack_api_url', 'opsgenie_api_key', 'victorops_api_key', 'telegram_bot_token'],
    ...['smtp_auth_password', 'smtp_auth_secret', 'rocketchat_token', 'rocketchat_token_id', 'wechat_api_secret'],
    'mattermost_webhook_url',
  ])
    yield* atMostOne(global, [name, `${name}_file`], path);
  const has = (name: string) => isSet(global[name]) || isSet(global[`${name}_file`]);
  if (has('slack_app_token') && has('slack_api_url') && global['slack_api_url'] !== (global['slack_app_url'] ?? SLACK))
    yield { path, reason: 'only one of slack_app_token and slack_api_url can be set' };
}

/** What is wrong with receivers, with what `global` gives them. */
export function* receiverProblems(receivers: unknown, global: Json): Iterable<ConfigProblem> {
  const names = new Set<string>();
  for (const [i, receiver] of records(receivers)) {
    const path = ['receivers', i];
    const name = scalarText(receiver['name']) ?? '';
    if (name === '') yield { path, reason: 'the receiver has no name' };
    else if (names.has(name))
      yield { path: [...path, 'name'], value: name, reason: `two receivers are called ${name}` };
    names.add(name);
    const label = record(receiver['labels'])?.['name'];
    if (label !== undefined && label !== null && label !== name)
      yield {
        path: [...path, 'labels', 'name'],
        value: label,
        reason: `the label name of a receiver is its name, ${name}`,
      };
    for (const [field, entries] of Object.entries(receiver)) {
      const rule = RULES[/^(.+)_configs$/.exec(field)?.[1] ?? ''];
      if (!rule) continue;
      for (const [j, entry] of list(entries).entries()) {
        const config = record(entry ?? {});
        const at = [...path, field, j];
        const client = record(config?.['http_config']);
        if (client) yield* httpProblems(client, [...at, 'http_config']);
        if (config) yield* rule(config, at, global);
      }
    }
  }
}

const SLACK = 'https://slack.com/api/chat.postMessage';
type Rule = (config: Json, path: Path, global: Json) => Iterable<ConfigProblem>;

const webhookUrl: Rule = (config, path) => exactlyOne(config, 'webhook_url', path);

/** The rules of each kind of notification. */
const RULES: Readonly<Record<string, Rule>> = {
  discord: webhookUrl,
  msteams: webhookUrl,
  msteamsv2: webhookUrl,
  *email(config, path, global) {
    yield* needs(config, ['to'], path);
    for (const name of ['smarthost', 'from'])
      if (!isSet(config[name]) && !isSet(global[`smtp_${name}`]))
        yield { path, reason: `it has no ${name}, and global has no smtp_${name}` };
    yield* tlsProblems(config['tls_config'], [...path, 'tls_config']);
    const headers = Object.keys(record(config['headers']) ?? {}).map((name) => name.toLowerCase());
    const twice = headers.find((name, i) => headers.indexOf(name) < i);
    if (twice) yield { path: [...path, 'headers'], value: twice, reason: `the header ${twice} stands there twice` };
    const threading = record(config['threading']);
    if (threading?.['enabled'] !== true) return;
    if (!['none', 'daily'].includes(String(threading['thread_by_date'])))
      yield { path: [...path, 'threading'], reason: 'thread_by_date is none or daily' };
    const own = headers.find((name) => name === 'references' || name === 'in-reply-to');
    if (own) yield { path: [...path, 'headers'], value: own, reason: `the header ${own} cannot be set with threading` };
  },
  *incidentio(config, path) {
    yield* exactlyOne(config, 'url', path);
    const tokens = ['alert_source_token', 'alert_source_token_file'];
    yield* atMostOne(config, tokens, path);
    const client = record(config['http_config']);
    const hasToken = tokens.some((name) => isSet(config[name]));
    if (isAuthorized(client) && hasToken)
      yield { path, reason: 'only one of alert_source_token and http_config.authorization can be set' };
    if (client && !isAuthorized(client) && !hasToken) yield { path, reason: 'it needs an alert_source_token' };
  },
  *pagerduty(config, path) {
    const keys = ['routing_key', 'service_key'];
    if (!keys.some((name) => isSet(config[name]) || isSet(config[`${name}_file`])))
      yield { path, reason: 'it needs a routing_key or a service_key' };
    for (const name of keys) yield* atMostOne(config, [name, `${name}_file`], path);
  },
  slack: slackProblems,
  *webhook(config, path) {
    yield* exactlyOne(config, 'url', path);
    const url = scalarText(config['url']) ?? '';
    const problem = url === '' || url === '<secret>' || url.includes('{{') ? undefined : webUrlProblem(url);
    if (problem) yield { path: [...path, 'url'], value: url, reason: `url ${url} ${problem}` };
  },
  *opsgenie(config, path, global) {
    yield* ownOrGlobal(config, 'api_key', global, 'opsgenie_api_key', path);
    for (const [i, responder] of records(config['responders'])) {
      const at = [...path, 'responders', i];
      if (!['id', 'username', 'name'].some((name) => isSet(responder[name])))
        yield { path: at, reason: 'a responder needs an id, a name or a username' };
      const type = scalarText(responder['type']) ?? '';
      if (!type.includes('{{') && !/^(team|teams|user|escalation|schedule)$/i.test(type))
        yield { path: at, value: type, reason: 'the type of a responder is team, teams, user, escalation or schedule' };
    }
  },
  *wechat(config, path, global) {
    yield* ownOrGlobal(config, 'api_secret', global, 'wechat_api_secret', path);
    if (!isSet(config['corp_id']) && !isSet(global['wechat_api_corp_id']))
      yield { path, reason: 'it has no corp_id, and global has no wechat_api_corp_id' };
    const type = config['message_type'];
    if (isSet(type) && type !== 'text' && type !== 'markdown')
      yield { path: [...path, 'message_type'], value: type, reason: 'message_type is text or markdown' };
  },
  *pushover(config, path) {
    yield* exactlyOne(config, 'user_key', path);
    yield* exactlyOne(config, 'token', path);
    if (config['html'] === true && config['monospace'] === true)
      yield { path, reason: 'only one of html and monospace can be set' };
  },
  *victorops(config, path, global) {
    yield* needs(config, ['routing_key'], path);
    yield* ownOrGlobal(config, 'api_key', global, 'victorops_api_key', path);
    for (const name of Object.keys(record(config['custom_fields']) ?? {}))
      if (VICTOROPS.has(name))
        yield {
          path: [...path, 'custom_fields', name],
          value: name,
          reason: `${name} is a field that VictorOps has itself`,
        };
  },
  *sns(config, path) {
    const keys = record(config['sigv4']);
    if (isSet(keys?.['access_key']) !== isSet(keys?.['secret_key']))
      yield { path: [...path, 'sigv4'], reason: 'access_key and secret_key are set together' };
    const set = ['target_arn', 'topic_arn', 'phone_number'].filter((name) => isSet(config[name]));
    // Alertmanager takes all three as well.
    if (set.length !== 1 && set.length !== 3)
      yield { path, reason: 'it needs one of topic_arn, target_arn, phone_number' };
  },
  *telegram(config, path, global) {
    yield* ownOrGlobal(config, 'bot_token', global, 'telegram_bot_token', path);
    const chats = [isSet(config['chat_id']) && config['chat_id'] !== 0, isSet(config['chat_id_file'])];
    if (!chats.includes(true)) yield { path, reason: 'it needs a chat_id or a chat_id_file' };
    if (!chats.includes(false)) yield { path, reason: 'only one of chat_id and chat_id_file can be set' };
  },
  *webex(config, path) {
    yield* needs(config, ['room_id'], path);
    if (!isAuthorized(record(config['http_config']))) yield { path, reason: 'it needs http_config.authorization' };
  },
  *jira(config, path, global) {
    yield* needs(config, ['project', 'issue_type'], path);
    if (!isSet(config['api_url']) && !isSet(global['jira_api_url']))
      yield { path, reason: 'it has no api_url, and global has no jira_api_url' };
  },
  *rocketchat(config, path, global) {
    for (const name of ['token', 'token_id']) {
      // One that is empty and written out is enough for Alertmanager.
      const written = [config[name], global[`rocketchat_${name}`]].includes('');
      if (!written) yield* ownOrGlobal(config, name, global, `rocketchat_${name}`, path);
    }
  },
  *mattermost(config, path, global) {
    yield* ownOrGlobal(config, 'webhook_url', global, 'mattermost_webhook_url', path);
    yield* namedFieldProblems(config['fields'], [...path, 'fields']);
    for (const [i, attachment] of records(config['attachments']))
      yield* namedFieldProblems(attachment['fields'], [...path, 'attachments', i, 'fields']);
  },
};
const VICTOROPS = new Set(
  'routing_key message_type state_message entity_display_name monitoring_tool entity_id entity_state'.split(' '),
);

function* slackProblems(config: Json, path: Path, global: Json): Iterable<ConfigProblem> {
  yield* atMostOne(config, ['api_url', 'api_url_file'], path);
  yield* atMostOne(config, ['app_token', 'app_token_file'], path);
  const has = (from: Json, name: string) => isSet(from[name]) || isSet(from[`${name}_file`]);
  if (has(config, 'api_url') && has(config, 'app_token'))
    yield { path, reason: 'only one of api_url and app_token can be set' };
  const own = record(config['http_config']);
  const inherits = !has(config, 'app_token') && !isAuthorized(own) && !isSet(config['api_url']);
  const hasToken = has(config, 'app_token') || (inherits && has(global, 'slack_app_token'));
  if (!has(config, 'api_url') && !has(global, 'slack_api_url') && !hasToken)
    yield {
      path,
      reason: 'it has no api_url and no app_token, and global has no slack_api_url and no slack_app_token',
    };
  if (hasToken && isAuthorized(own ?? record(global['http_config'])))
    yield { path, reason: 'http_config.authorization cannot be set beside an app_token' };
  const url = hasToken
    ? undefined
    : (config['api_url'] ?? (has(config, 'api_url') ? undefined : global['slack_api_url']));
  for (const name of ['update_message', 'post_updates_to_thread'])
    if (config[name] === true && ((url !== undefined && url !== SLACK) || (isSet(config['api_url_file']) && !hasToken)))
      yield { path: [...path, name], value: true, reason: `${name} needs the api_url ${SLACK}` };
  yield* namedFieldProblems(config['fields'], [...path, 'fields']);
  for (const [i, action] of records(config['actions'])) {
    yield* needs(action, ['type', 'text'], [...path, 'actions', i]);
    if (!isSet(action['url']) && !isSet(action['name']))
      yield { path: [...path, 'actions', i], reason: 'it needs a name or a url' };
    const confirm = record(action['confirm']);
    if (confirm && !isSet(action['url'])) yield* needs(confirm, ['text'], [...path, 'actions', i, 'confirm']);
  }
}

function* namedFieldProblems(fields: unknown, path: Path): Iterable<ConfigProblem> {
  for (const [i, field] of records(fields)) yield* needs(field, ['title', 'value'], [...path, i]);
}

function isAuthorized(client: Json | undefined): boolean {
  return ['authorization', 'bearer_token', 'bearer_token_file'].some((name) => isSet(client?.[name]));
}

function* needs(config: Json, names: readonly string[], path: Path): Iterable<ConfigProblem> {
  for (const name of names)
    if (!isSet(config[name])) yield { path, reason: `it needs ${/^[aeio]/.test(name) ? 'an' : 'a'} ${name}` };
}

/** A secret stands in its field or in a file. */
function* exactlyOne(config: Json, name: string, path: Path): Iterable<ConfigProblem> {
  yield* atMostOne(config, [name, `${name}_file`], path);
  if (!isSet(config[name]) && !isSet(config[`${name}_file`]))
    yield { path, reason: `it needs a ${name} or a ${name}_file` };
}

function* ownOrGlobal(config: Json, name: string, global: Json, globally: string, path: Path): Iterable<ConfigProblem> {
  yield* atMostOne(config, [name, `${name}_file`], path);
  if (![config[name], config[`${name}_file`], global[globally], global[`${globally}_file`]].some(isSet))
    yield { path, reason: `it has no ${name} and no ${name}_file, and global has no ${globally}` };
}
