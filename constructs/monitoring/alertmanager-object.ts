import type { Construct } from 'constructs';
import { AlertmanagerConfig } from '../../imports/monitoring.coreos.com';
import { StrataError } from '../../model/errors';
import type { AlertReceiver } from './alert-receivers';
import { secretOf } from './alert-receivers';
import type { LabelMatcher, NotificationPlan, NotificationTiming } from './notification-plan';
import { secretKey, TICKET_HOURS } from './notification-plan';
import type { WorkingHours } from './working-hours';
import { isUtc } from './working-hours';

type Spec = ConstructorParameters<typeof AlertmanagerConfig>[2]['spec'];
type Receiver = NonNullable<Spec['receivers']>[number];

/** A key of a Secret, as the operator names it. */
interface KeyReference {
  readonly name: string;
  readonly key: string;
}

/** The configuration as an object of the operator, for the Alertmanager that names it as its own. */
export function alertmanagerConfigObject(
  scope: Construct,
  id: string,
  at: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
  plan: NotificationPlan,
  referenceTo: (key: string) => KeyReference,
): void {
  const { groupBy, root, routes, receivers, inhibitions, ticketHours } = plan;
  const spec: Spec = {
    route: {
      receiver: root.receiver,
      groupBy: [...groupBy],
      ...timingOf(root),
      routes: routes.map((route) => ({
        receiver: route.receiver,
        matchers: route.matchers.map(matcherOf),
        ...timingOf(route),
        ...(route.hours === undefined ? {} : { activeTimeIntervals: [route.hours] }),
      })),
    },
    receivers: receivers.map(({ name, to }) => ({ name, ...integrationOf(name, to, referenceTo) })),
    // The matchers of routes and of either side of an inhibition are alike, and each has a type of its own.
    inhibitRules: inhibitions.map(({ source, target, equal }) => ({
      sourceMatch: source.map(matcherOf) as never,
      targetMatch: target.map(matcherOf) as never,
      equal: [...equal],
    })),
    ...(ticketHours ? { muteTimeIntervals: [{ name: TICKET_HOURS, timeIntervals: [intervalOf(ticketHours)] }] } : {}),
  };
  new AlertmanagerConfig(scope, 'configuration', { metadata: { name: id, ...at }, spec });
}

function intervalOf(hours: WorkingHours) {
  if (!isUtc(hours))
    throw new StrataError(
      'alerting.ticketHours',
      `is by the clock of ${hours.location}, and the operator's AlertmanagerConfig has no time zones`,
      ["write the hours of UTC, and location: 'Etc/UTC'", "use 'always'", "use the form 'discovery' of prometheus"],
    );
  return {
    weekdays: [...hours.weekdays],
    times: hours.times.map(({ from, to }) => ({ startTime: from, endTime: to })),
  };
}

function timingOf({ wait, interval, repeat }: Partial<NotificationTiming>): object {
  return {
    ...(wait === undefined ? {} : { groupWait: wait }),
    ...(interval === undefined ? {} : { groupInterval: interval }),
    ...(repeat === undefined ? {} : { repeatInterval: repeat }),
  };
}

function matcherOf({ name, is, value }: LabelMatcher): object {
  return { name, matchType: is, value };
}

function integrationOf(
  name: string,
  to: AlertReceiver,
  referenceTo: (key: string) => KeyReference,
): Omit<Receiver, 'name'> {
  const secret = secretOf(to);
  const reference = secret && referenceTo(secretKey(name, secret.suffix));
  switch (to.kind) {
    case 'nobody':
      return {};
    case 'webhook':
      return { webhookConfigs: [{ ...(reference ? { urlSecret: reference } : { url: to.url! }), sendResolved: true }] };
    case 'pagerduty':
      return { pagerdutyConfigs: [{ routingKey: reference!, sendResolved: true }] };
    case 'slack':
      return { slackConfigs: [{ apiUrl: reference!, channel: to.channel, sendResolved: true }] };
    case 'email': {
      const { from, smarthost, user } = to;
      const login = user === undefined ? {} : { authUsername: user, authPassword: reference! };
      return { emailConfigs: [{ to: to.to, from, smarthost, ...login, sendResolved: true }] };
    }
  }
}
