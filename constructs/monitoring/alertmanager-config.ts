import type { AlertReceiver } from './alert-receivers';
import { secretOf } from './alert-receivers';
import type { LabelMatcher, NotificationPlan, NotificationTiming } from './notification-plan';
import { secretKey, TICKET_HOURS } from './notification-plan';

/** The configuration file; `fileOf` tells where the value of a key of the Secret is. */
export function alertmanagerConfig(plan: NotificationPlan, fileOf: (key: string) => string): object {
  const { groupBy, root, routes, receivers, inhibitions, ticketHours } = plan;
  return {
    route: {
      receiver: root.receiver,
      group_by: [...groupBy],
      ...timingOf(root),
      routes: routes.map((route) => ({
        receiver: route.receiver,
        matchers: route.matchers.map(matcherText),
        ...timingOf(route),
        ...(route.hours === undefined ? {} : { active_time_intervals: [route.hours] }),
      })),
    },
    receivers: receivers.map(({ name, to }) => ({ name, ...integrationOf(name, to, fileOf) })),
    inhibit_rules: inhibitions.map(({ source, target, equal }) => ({
      source_matchers: source.map(matcherText),
      target_matchers: target.map(matcherText),
      equal: [...equal],
    })),
    ...(ticketHours
      ? {
          time_intervals: [
            {
              name: TICKET_HOURS,
              time_intervals: [
                {
                  weekdays: [...ticketHours.weekdays],
                  times: ticketHours.times.map(({ from, to }) => ({ start_time: from, end_time: to })),
                  location: ticketHours.location ?? 'Etc/UTC',
                },
              ],
            },
          ],
        }
      : {}),
  };
}

function timingOf({ wait, interval, repeat }: Partial<NotificationTiming>): object {
  return {
    ...(wait === undefined ? {} : { group_wait: wait }),
    ...(interval === undefined ? {} : { group_interval: interval }),
    ...(repeat === undefined ? {} : { repeat_interval: repeat }),
  };
}

function matcherText({ name, is, value }: LabelMatcher): string {
  return `${name}${is}${JSON.stringify(value)}`;
}

function integrationOf(name: string, to: AlertReceiver, fileOf: (key: string) => string): object {
  const secret = secretOf(to);
  const file = secret && fileOf(secretKey(name, secret.suffix));
  switch (to.kind) {
    case 'nobody':
      return {};
    case 'webhook':
      return {
        webhook_configs: [{ ...(file === undefined ? { url: to.url } : { url_file: file }), send_resolved: true }],
      };
    case 'pagerduty':
      return { pagerduty_configs: [{ routing_key_file: file, send_resolved: true }] };
    case 'slack':
      return { slack_configs: [{ api_url_file: file, channel: to.channel, send_resolved: true }] };
    case 'email': {
      const { from, smarthost, user } = to;
      const login = user === undefined ? {} : { auth_username: user, auth_password_file: file };
      return { email_configs: [{ to: to.to, from, smarthost, ...login, send_resolved: true }] };
    }
  }
}
