import { StrataError } from '../../model/errors';
import { nearest } from '../../model/near';
import type { Duration } from '../../model/quantity';
import { seconds } from '../../model/quantity';
import type { ValuesOf } from '../../model/settings';
import type { CredentialsSource, ExpectedKeys } from '../core/expected-secret';
import { WATCHDOG_LABEL } from './alert';
import type { AlertReceiver } from './alert-receivers';
import { secretOf } from './alert-receivers';
import type { alertingSettings } from './alertmanager-settings';
import type { WorkingHours } from './working-hours';

/** The receiver that tells nobody. */
export const NOBODY = 'nobody';
/** The name of the hours in which tickets are told. */
export const TICKET_HOURS = 'ticket-hours';

/** Whom Alertmanager tells of what, in the words of neither form of its configuration. */
export interface NotificationPlan {
  readonly groupBy: readonly string[];
  /** Where an alert goes that no route takes. */
  readonly root: NotificationTiming & { readonly receiver: string };
  /** The first that matches takes the alert. */
  readonly routes: readonly NotificationRoute[];
  readonly receivers: readonly { readonly name: string; readonly to: AlertReceiver }[];
  readonly inhibitions: readonly Inhibition[];
  readonly ticketHours: WorkingHours | undefined;
}

export interface NotificationTiming {
  readonly wait: Duration;
  readonly interval: Duration;
  readonly repeat: Duration;
}

export interface NotificationRoute extends Partial<NotificationTiming> {
  readonly receiver: string;
  readonly matchers: readonly LabelMatcher[];
  readonly hours?: typeof TICKET_HOURS;
}

export interface LabelMatcher {
  readonly name: string;
  readonly is: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** While the one fires, the other is not told, if both have the same values of these labels. */
export interface Inhibition {
  readonly source: readonly LabelMatcher[];
  readonly target: readonly LabelMatcher[];
  readonly equal: readonly string[];
}

/** How long Alertmanager remembers what it told (`--data.retention`). */
const REMEMBERED: Duration = '5d';

/** Each Alertmanager waits so many seconds for each one before it (`--cluster.peer-timeout`). */
const PEER_TIMEOUT = 15;

/** What the settings say, and what holds everywhere. */
export function notificationPlan(settings: ValuesOf<typeof alertingSettings>): NotificationPlan {
  checkTimes(settings);
  const { page, ticket, deadMansSwitch, ticketHours, groupBy } = settings;
  const timing = (severity: 'page' | 'ticket'): NotificationTiming => ({
    wait: settings[`${severity}Wait`],
    interval: settings[`${severity}Interval`],
    repeat: settings[`${severity}Repeat`],
  });
  const receivers = { page, ticket, 'dead-mans-switch': deadMansSwitch };
  const receiverOf = (name: keyof typeof receivers) => (receivers[name].kind === 'nobody' ? NOBODY : name);
  return {
    groupBy,
    // Of no severity that is known: whoever works through tickets finds out whose it is.
    root: { receiver: receiverOf('ticket'), ...timing('ticket') },
    routes: [
      {
        receiver: receiverOf('dead-mans-switch'),
        matchers: [equal(WATCHDOG_LABEL, 'true')],
        wait: '0s',
        // A group is looked at once in an interval, and told again when that is longer ago than the repeat.
        interval: '1m',
        repeat: settings.deadMansSwitchRepeat,
      },
      { receiver: receiverOf('page'), matchers: [equal('severity', 'page')], ...timing('page') },
      {
        receiver: receiverOf('ticket'),
        matchers: [equal('severity', 'ticket')],
        ...(ticketHours === 'always' ? {} : { hours: TICKET_HOURS }),
      },
      { receiver: NOBODY, matchers: [equal('severity', 'info')] },
    ],
    receivers: [
      { name: NOBODY, to: { kind: 'nobody' } },
      ...Object.entries(receivers)
        .filter(([, { kind }]) => kind !== 'nobody')
        .map(([name, to]) => ({ name, to })),
    ],
    inhibitions: INHIBITIONS,
    ticketHours: ticketHours === 'always' ? undefined : ticketHours,
  };
}

/**
 * What explains another alert keeps it back. Only a page keeps back others: it is told at any time, and an alert that is silent itself (a
 * ticket at night, one that a page keeps back) silences all the same, so that nobody would be told of either. A source must have a job:
 * labels that neither has count as the same, and an alert without any would keep back all others without, the Watchdog among them.
 */
const INHIBITIONS: readonly Inhibition[] = [
  {
    source: [equal('severity', 'page'), { name: 'job', is: '!=', value: '' }],
    target: [
      { name: 'severity', is: '=~', value: 'ticket|info' },
      { name: WATCHDOG_LABEL, is: '!=', value: 'true' },
    ],
    equal: ['namespace', 'job'],
  },
  {
    source: [equal('severity', 'page'), equal('alertname', 'ServiceDown'), { name: 'job', is: '!=', value: '' }],
    target: [{ name: 'alertname', is: '=~', value: 'ErrorBudget.*' }],
    equal: ['namespace', 'job'],
  },
];

/** What the receivers read from a Secret, by key; empty where nothing of them is secret. */
export function receiverKeys({ receivers }: NotificationPlan): ExpectedKeys {
  return Object.fromEntries(
    receivers.flatMap(({ name, to }) => {
      const secret = secretOf(to);
      return secret ? [[secretKey(name, secret.suffix), { format: secret.format }]] : [];
    }),
  );
}

/** The key of a receiver's secret: `page-url`. */
export function secretKey(receiver: string, suffix: string): string {
  return `${receiver}-${suffix}`;
}

/** Where Secrets are generated nobody knows the address of a person's pager. */
export function checkReceiverSecrets(place: string, plan: NotificationPlan, source: CredentialsSource): void {
  const [key] = Object.keys(receiverKeys(plan));
  if (source.from !== 'generated' || key === undefined) return;
  const setting = key.startsWith('dead-mans-switch') ? 'deadMansSwitch' : key.slice(0, key.indexOf('-'));
  throw new StrataError(
    `${place}.${setting}`,
    `needs ${key}, which only a person knows, and Secrets are generated here`,
    [
      `say that nobody is told: ${setting}: because({ kind: 'nobody' }, '…')`,
      `name an address that is no secret: ${setting}: because({ kind: 'webhook', url: 'http://…' }, '…')`,
    ],
  );
}

/** Labels that alerts have from their rules, from where they were scraped, or from what they are about. */
const USUAL_LABELS =
  'alertname severity owner namespace job instance pod container node service endpoint cluster environment slo deployment statefulset daemonset device mountpoint'.split(
    ' ',
  );

function checkTimes(settings: ValuesOf<typeof alertingSettings>): void {
  const { replicas, deadMansSwitch, deadMansSwitchRepeat, groupBy } = settings;
  const refuse = (field: string, problem: string, fix: string): never => {
    throw new StrataError(`alerting.${field}`, problem, [fix]);
  };
  const twice = groupBy.find((label, i) => groupBy.indexOf(label) !== i || (label === '...' && groupBy.length > 1));
  if (twice !== undefined)
    refuse('groupBy', `has ${twice} beside what says the same already`, "name each label once; '...' stands for all");
  for (const label of groupBy) {
    // Short names are near to too many others: zone to node, code to node.
    const isLong = label.length >= 6 && !USUAL_LABELS.includes(label);
    const meant = isLong ? nearest(label, USUAL_LABELS, 2) : undefined;
    if (meant !== undefined)
      refuse(
        'groupBy',
        `has ${label}, and no alert has such a label: all alerts would be told together`,
        `did you mean ${meant}?`,
      );
  }
  for (const severity of ['page', 'ticket'] as const) {
    const [repeat, interval] = [settings[`${severity}Repeat`], settings[`${severity}Interval`]];
    if (seconds(interval) < replicas * PEER_TIMEOUT)
      refuse(
        `${severity}Interval`,
        `is ${interval}, and the last of ${replicas} Alertmanagers waits ${(replicas - 1) * PEER_TIMEOUT} s whether another one tells: what it tells then may be over already, and is told twice`,
        `write ${replicas * PEER_TIMEOUT}s or more`,
      );
    if (seconds(repeat) < seconds(interval))
      refuse(
        `${severity}Repeat`,
        `is ${repeat}, and a group is looked at every ${interval} only`,
        `write ${interval} or more, or lower ${severity}Interval`,
      );
    if (seconds(repeat) > seconds(REMEMBERED))
      refuse(
        `${severity}Repeat`,
        `is ${repeat}, and what was told is remembered for ${REMEMBERED}: it would be told again by then`,
        `write ${REMEMBERED} or less`,
      );
  }
  if (seconds(deadMansSwitchRepeat) < 60 || seconds(deadMansSwitchRepeat) > 3600)
    refuse('deadMansSwitchRepeat', `is ${deadMansSwitchRepeat}`, 'write one from 1m to 1h');
  if (deadMansSwitch.kind !== 'webhook' && deadMansSwitch.kind !== 'nobody')
    refuse(
      'deadMansSwitch',
      `is ${deadMansSwitch.kind}, and people do not notice what does not come any more`,
      "use a service that does: { kind: 'webhook' }",
    );
}

function equal(name: string, value: string): LabelMatcher {
  return { name, is: '=', value };
}
