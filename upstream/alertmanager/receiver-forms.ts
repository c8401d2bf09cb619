import type { Fields, FieldType } from '../prometheus/form';
import { eachOf, LABELS, objectOf, TEXTS } from '../prometheus/form';
import { HTTP, SIGV4, TLS } from '../prometheus/http-client';

const NOTIFIER = objectOf({ send_resolved: 'switch' });
const SENDER = objectOf({ http_config: HTTP }, NOTIFIER);
const BUTTON = objectOf({
  ...eachOf('text', 'type text url style name value'),
  confirm: objectOf(eachOf('text', 'text title ok_text dismiss_text')),
});
const SHORT_FIELDS: FieldType = { each: objectOf({ ...eachOf('text', 'title value'), short: 'switch' }), empty: true };
const MATTERMOST = objectOf({
  ...eachOf(
    'text',
    'text fallback color pretext author_name author_link author_icon title title_link thumb_url footer footer_icon image_url',
  ),
  fields: SHORT_FIELDS,
});

function sender(names: Readonly<Record<string, FieldType>>, ...more: readonly Fields[]): Fields {
  return objectOf(names, SENDER, ...more);
}

/** What each kind of notification takes. */
export const NOTIFICATIONS: Readonly<Record<string, Fields>> = {
  discord: sender({
    webhook_url: 'web url',
    ...eachOf('text', 'webhook_url_file content title message username avatar_url'),
  }),
  email: objectOf(
    {
      ...eachOf(
        'text',
        'to from hello auth_username auth_password auth_password_file auth_secret auth_secret_file auth_identity html text',
      ),
      smarthost: 'host and port',
      headers: LABELS,
      ...eachOf('switch', 'require_tls force_implicit_tls'),
      tls_config: TLS,
      threading: objectOf({ enabled: 'switch', thread_by_date: 'text' }),
    },
    NOTIFIER,
  ),
  incidentio: sender({
    timeout: 'go duration',
    url: 'web url',
    ...eachOf('text', 'url_file alert_source_token alert_source_token_file'),
    max_alerts: 'count',
    metadata: LABELS,
  }),
  pagerduty: sender({
    timeout: 'go duration',
    url: 'web url',
    ...eachOf(
      'text',
      'service_key service_key_file routing_key routing_key_file client client_url description source severity class component group',
    ),
    details: { map: 'anything' },
    images: { each: objectOf(eachOf('text', 'src alt href')), empty: true },
    links: { each: objectOf(eachOf('text', 'href text')), empty: true },
  }),
  slack: sender({
    timeout: 'go duration',
    api_url: 'web url',
    app_url: 'web url',
    ...eachOf(
      'text',
      'api_url_file app_token app_token_file channel username color title title_link pretext text message_text footer fallback callback_id icon_emoji icon_url image_url thumb_url',
    ),
    ...eachOf('switch', 'short_fields link_names update_message post_updates_to_thread'),
    fields: SHORT_FIELDS,
    mrkdwn_in: TEXTS,
    actions: { each: BUTTON, empty: true },
  }),
  webhook: sender({
    timeout: 'go duration',
    ...eachOf('text', 'url url_file'),
    max_alerts: 'count',
    payload: 'anything',
  }),
  opsgenie: sender({
    api_url: 'web url',
    ...eachOf('text', 'api_key api_key_file message description source entity actions tags note priority'),
    details: LABELS,
    responders: { each: objectOf(eachOf('text', 'id name username type')), empty: true },
    update_alerts: 'switch',
  }),
  wechat: sender({
    api_url: 'web url',
    ...eachOf('text', 'api_secret api_secret_file corp_id message to_user to_party to_tag agent_id message_type'),
  }),
  pushover: sender({
    ...eachOf('go duration', 'retry expire ttl'),
    ...eachOf('text', 'user_key user_key_file token token_file title message url url_title device sound priority'),
    ...eachOf('switch', 'html monospace'),
  }),
  victorops: sender({
    api_url: 'web url',
    ...eachOf(
      'text',
      'api_key api_key_file routing_key message_type state_message entity_display_name monitoring_tool',
    ),
    custom_fields: LABELS,
  }),
  sns: sender({
    sigv4: SIGV4,
    ...eachOf('text', 'api_url topic_arn phone_number target_arn subject message'),
    attributes: LABELS,
    use_aws_http_client: 'switch',
  }),
  telegram: sender({
    timeout: 'go duration',
    api_url: 'web url',
    ...eachOf('text', 'bot_token bot_token_file chat_id_file message'),
    ...eachOf('integer', 'chat_id message_thread_id'),
    disable_notifications: 'switch',
    parse_mode: { oneOf: ['Markdown', 'MarkdownV2', 'HTML'], empty: true },
  }),
  webex: sender({ api_url: 'web url', ...eachOf('text', 'message room_id') }),
  msteams: sender({ webhook_url: 'web url', ...eachOf('text', 'webhook_url_file title summary text') }),
  msteamsv2: sender({ webhook_url: 'web url', ...eachOf('text', 'webhook_url_file title text') }),
  jira: sender({
    api_url: 'web url',
    api_type: { oneOf: ['auto', 'cloud', 'datacenter'], empty: true },
    ...eachOf('text', 'project priority issue_type reopen_transition resolve_transition wont_fix_resolution'),
    ...eachOf('anything', 'summary description'),
    labels: TEXTS,
    reopen_duration: 'duration',
    fields: { map: 'anything' },
  }),
  rocketchat: sender({
    api_url: 'web url',
    ...eachOf(
      'text',
      'token_id token_id_file token token_file channel color title title_link text message_text emoji icon_url image_url thumb_url',
    ),
    ...eachOf('switch', 'short_fields link_names'),
    ...eachOf('anything', 'fields actions'),
  }),
  mattermost: sender(
    {
      webhook_url: 'web url',
      ...eachOf('text', 'webhook_url_file channel username icon_url icon_emoji type'),
      attachments: { each: MATTERMOST, empty: true },
      props: objectOf({ card: 'text' }),
      priority: objectOf({ priority: 'text', ...eachOf('switch', 'requested_ack persistent_notifications') }),
    },
    MATTERMOST,
  ),
};
/** Of these an entry of null takes everything from `global`. */
const MAY_BE_NULL = new Set(['slack', 'opsgenie', 'wechat', 'rocketchat']);

/** A receiver with all its notifications. */
export const RECEIVER = objectOf({
  name: 'text',
  labels: LABELS,
  ...Object.fromEntries(
    Object.entries(NOTIFICATIONS).map(([name, form]): [string, FieldType] => [
      `${name}_configs`,
      { each: form, ...(MAY_BE_NULL.has(name) ? { empty: true } : {}) },
    ]),
  ),
});
/** What stands in `global` for all receivers. */
export const GLOBAL = objectOf({
  resolve_timeout: 'duration',
  http_config: HTTP,
  smtp_smarthost: 'host and port',
  smtp_tls_config: TLS,
  ...eachOf('switch', 'smtp_require_tls smtp_force_implicit_tls'),
  ...eachOf(
    'web url',
    'jira_api_url slack_api_url slack_app_url pagerduty_url opsgenie_api_url wechat_api_url victorops_api_url telegram_api_url webex_api_url rocketchat_api_url mattermost_webhook_url',
  ),
  ...eachOf(
    'text',
    'smtp_from smtp_hello smtp_auth_username smtp_auth_password smtp_auth_password_file smtp_auth_secret smtp_auth_secret_file smtp_auth_identity slack_api_url_file slack_app_token slack_app_token_file opsgenie_api_key opsgenie_api_key_file wechat_api_secret wechat_api_secret_file wechat_api_corp_id victorops_api_key victorops_api_key_file telegram_bot_token telegram_bot_token_file rocketchat_token rocketchat_token_file rocketchat_token_id rocketchat_token_id_file mattermost_webhook_url_file',
  ),
});
