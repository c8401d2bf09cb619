import { StrataError } from '../../model/errors';
import type { Duration } from '../../model/quantity';
import { durationProblem } from '../../model/quantity';
import { expressionProblem } from '../core/promql';
import type { ObjectLabels } from './object-state';
import { checkObjectLabels, resourcesIn } from './object-state';

/** How urgent an alert is: the closed set that routes are written for, from the most to the least urgent. */
export const SEVERITIES = {
  page: { respondWithin: '15m', meaning: 'users are hurt, or soon will be: somebody is woken' },
  ticket: { respondWithin: '3d', meaning: 'it gets worse if nobody looks: work for the next working days' },
  info: { respondWithin: undefined, meaning: 'nobody is told: it explains other alerts' },
} as const satisfies Record<string, { respondWithin: Duration | undefined; meaning: string }>;

export type AlertSeverity = keyof typeof SEVERITIES;

/** A unit test of an alert, in the terms of promtool. */
export interface AlertTest {
  /** What happens. */
  readonly name: string;
  /** Values by series, in promtool's notation (`'1x5 0x10'`), a sample per minute. */
  readonly series: Readonly<Record<string, string>>;
  /** What is firing at a time after the first sample, by the labels that it has from its series; an empty list: nothing. */
  readonly firing: Readonly<Record<Duration, readonly Readonly<Record<string, string>>[]>>;
}

/** A condition that somebody has to act on, and what they need to know to do so. */
export interface Alert {
  /** In camel case, such as `RedisDown`. */
  readonly name: string;
  /** PromQL: each series of its result is an alert. */
  readonly expr: string;
  /** It fires whatever happens, so that somebody notices when it does not come. @default false */
  readonly isWatchdog?: boolean;
  /** How long the condition holds before the alert fires. @default - at once */
  readonly for?: Duration;
  /** How long it goes on firing when the condition is gone, so that flapping is one alert. @default - not at all */
  readonly keepFiringFor?: Duration;
  readonly severity: AlertSeverity;
  /** One line; templates of Prometheus are expanded. */
  readonly summary: string;
  /** What it means for users. */
  readonly description: string;
  /** What to look at and what to do, in order: the runbook. */
  readonly steps: readonly string[];
  /** The team that answers. @default - the setting `prometheus.alertOwner` */
  readonly owner?: string;
  /** Labels beside severity and owner, such as what inhibits by. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Labels of objects that `expr` asks for: kube-state-metrics tells those that some rule names, and no others. @default - none */
  readonly objectLabels?: ObjectLabels;
  /** When it fires, when it does not, and when it resolves. */
  readonly tests: readonly AlertTest[];
}

/** The label of what always fires: Alertmanager sends it to the dead man's switch. */
export const WATCHDOG_LABEL = 'watchdog';

/** Throws unless Prometheus takes the expression of a rule. */
export function checkExpression(place: string, expr: string): void {
  const problem = expressionProblem(expr);
  if (problem === undefined) return;
  throw new StrataError(place, `its expression is no PromQL: ${problem}`, [`mend it: ${expr}`]);
}

/** Throws unless an alert says all that whoever gets it needs. */
export function checkAlert(place: string, alert: Alert): void {
  const { name, severity, summary, description, steps, tests, labels = {}, isWatchdog = false } = alert;
  const here = `${place}, alert ${name}`;
  const refuse = (problem: string, fix: string): never => {
    throw new StrataError(here, problem, [fix]);
  };
  if (!/^[A-Z][A-Za-z0-9]*$/.test(name)) refuse('its name is not in camel case', "write one such as 'RedisDown'");
  if (!Object.hasOwn(SEVERITIES, severity))
    refuse(
      `its severity is ${JSON.stringify(severity)}, which no route is written for`,
      `use one of ${Object.keys(SEVERITIES).join(', ')}`,
    );
  if (/\n/.test(summary) || summary.trim() === '')
    refuse('its summary is not one line', 'say in one line what is wrong');
  if (description.trim() === '') refuse('it has no description', 'say what it means for users');
  if (steps.length === 0) refuse('it has no steps', 'say what to look at first');
  for (const [field, value] of [
    ['for', alert.for],
    ['keepFiringFor', alert.keepFiringFor],
  ] as const) {
    const problem = value === undefined ? undefined : durationProblem(value);
    if (problem !== undefined) refuse(`its ${field} is ${problem}`, "write one such as '5m'");
  }
  const taken = ['severity', 'owner', 'alertname'].find((label) => Object.hasOwn(labels, label));
  if (taken !== undefined) refuse(`it sets the label ${taken} itself`, `use the field ${taken}, or another label`);
  if (!isWatchdog && Object.hasOwn(labels, WATCHDOG_LABEL))
    refuse(
      `it sets the label ${WATCHDOG_LABEL}, by which alerts go to the dead man's switch and to nobody else`,
      'use another label',
    );
  checkExpression(here, alert.expr);
  resourcesIn(here, alert.expr);
  checkObjectLabels(here, alert.expr, alert.objectLabels);
  const outcomes = tests.flatMap((test) => Object.values(test.firing).map((firing) => firing.length > 0));
  if (!outcomes.includes(true) || (!outcomes.includes(false) && !isWatchdog))
    refuse(
      'no test shows both that it fires and that it does not',
      'add tests: { name, series, firing: { "10m": [{…}], "1m": [] } }',
    );
}
