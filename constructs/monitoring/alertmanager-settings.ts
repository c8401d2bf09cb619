import type { Bytes } from '../../model/quantity';
import { bytesProblem } from '../../model/quantity';
import { duration, names, resources, text, value, whole } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { settingsOf } from '../../model/settings';
import type { AlertReceiver } from './alert-receivers';
import { receiverExample, receiverProblem } from './alert-receivers';
import type { WorkingHours } from './working-hours';
import { workingHoursProblem } from './working-hours';

export const alertingSettings = settingsOf('alerting', {
  /** Pods that gossip: each alert is told once, and told though some of them are away. One alone gossips with nobody. */
  replicas: whole(3, { min: 1, max: 9 }),
  /** Size of each pod's volume for silences and for what was told already. `none`: they are kept by the other pods, or lost. */
  volume: value<Bytes | 'none'>('1Gi', (given) => (given === 'none' ? undefined : bytesProblem(given))),
  /** What each pod asks for and may use. */
  resources: resources({ cpu: '20m', memory: '64Mi', memoryLimit: '128Mi' }),
  /** Who is told of a page: webhook, pagerduty, slack, email; or nobody, which has to be said. In an ephemeral environment it is nobody as long as nobody is chosen. */
  page: receiver({ kind: 'webhook' }),
  /** Who is told of a ticket, in working hours. An alert of no known severity counts as one, at any time. */
  ticket: receiver({ kind: 'webhook' }),
  /** What hears from the Watchdog again and again, outside of the cluster, and calls somebody when it does not: a webhook. */
  deadMansSwitch: receiver({ kind: 'webhook' }),
  /** Labels by which alerts are told together. */
  groupBy: names(['alertname', 'namespace', 'job']),
  /** How long a first page waits for others that it is told with. */
  pageWait: duration('30s'),
  /** How long before more of a group is told that is known already. */
  pageInterval: duration('5m'),
  /** How often a page is told again while it fires. */
  pageRepeat: duration('1h'),
  /** How long a first ticket waits for others that it is told with. */
  ticketWait: duration('5m'),
  /** How long before more of a group of tickets is told. */
  ticketInterval: duration('30m'),
  /** How often a ticket is told again while it fires. */
  ticketRepeat: duration('1d'),
  /** When tickets are told: what fires outside of these hours is told when they begin. `always`: at any time. */
  ticketHours: value<WorkingHours | 'always'>(
    { weekdays: ['monday:friday'], times: [{ from: '09:00', to: '17:00' }], location: 'Etc/UTC' },
    workingHoursProblem,
  ),
  /** How often the dead man's switch hears from the Watchdog. */
  deadMansSwitchRepeat: duration('5m'),
  /** Part of the receivers' Secret name where it comes from outside: a new value is a rotation and rolls the pods. */
  credentialsRevision: text(
    '1',
    /^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/,
    'lower case letters, digits and inner hyphens, 22 at most',
  ),
});

declare module '../../model/settings' {
  interface Settings {
    readonly alerting?: ValuesOf<typeof alertingSettings>;
  }
}

function receiver(standard: AlertReceiver) {
  return value<AlertReceiver>(standard, receiverProblem, receiverExample);
}
