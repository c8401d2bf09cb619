import { StrataError } from '../../model/errors';
import type { Duration } from '../../model/quantity';
import { seconds } from '../../model/quantity';
import type { FlowEnd } from '../core/flow';
import type { Alert, AlertTest } from './alert';
import { checkAlert } from './alert';
import { requestRecordings } from './requests';
import type { AlertDefaults, AlertingRule, RuleGroup } from './rule-groups';
import { alertingRule } from './rule-groups';
import { downAlert, RETENTION_OF_TICKETS, type Slo, sloAlerts, sloRecordings } from './slo';
import type { RuleSet, Watch } from './watch';

export interface RulesProps extends AlertDefaults {
  readonly watches: readonly Watch[];
  readonly sets: readonly RuleSet[];
  /** How long samples are kept: windows beyond it would never fill. */
  readonly retention: Duration;
}

/** All rules of a Prometheus, and how they are tested. */
export interface TestedRules {
  readonly groups: readonly RuleGroup[];
  readonly tests: readonly { readonly rule: AlertingRule; readonly tests: readonly AlertTest[] }[];
}

/** Every rule that a target's Prometheus evaluates, in every form alike: a group per workload, objective and subject. */
export function testedRules({ watches, sets, retention, ...defaults }: RulesProps): TestedRules {
  checkRetention(watches, retention);
  const tests: { rule: AlertingRule; tests: readonly AlertTest[] }[] = [];
  const meanings: Meaning[] = [];
  const finished = (place: string, alerts: readonly Alert[], ...words: readonly string[]) =>
    alerts.map((alert) => {
      checkAlert(place, alert);
      meanings.push({ place, alert, words: [place, ...words] });
      const rule = alertingRule(alert, defaults);
      tests.push({ rule, tests: alert.tests });
      return rule;
    });
  const groups = [
    ...sets.map(({ name, recordings, alerts }) => ({
      name,
      rules: [...recordings.map(({ objectLabels: _, ...rule }) => rule), ...finished(name, alerts)],
    })),
    ...byWorkload(watches).flatMap(([of, alerts, objectives]) => [
      {
        name: of.app,
        rules: [
          ...requestRecordings(of),
          ...finished(of.app, [...(objectives.length > 0 ? [downAlert(of)] : []), ...alerts], of.namespace.name),
        ],
      },
      ...objectives.map((slo) => ({
        name: `slo-${slo.name}`,
        rules: [...sloRecordings(slo, retention), ...finished(of.app, sloAlerts(slo, retention), BUDGET)],
      })),
    ]),
  ].filter(({ rules }) => rules.length > 0);
  checkNames(groups);
  checkMeanings(meanings);
  return { groups, tests };
}

function checkRetention(watches: readonly Watch[], retention: Duration): void {
  const [slo] = watches.flatMap(({ objectives }) => objectives);
  if (slo === undefined || seconds(retention) >= seconds(RETENTION_OF_TICKETS)) return;
  throw new StrataError(
    'prometheus.retention',
    `is ${retention}, and with so few samples nobody is told that the budget of ${slo.name} burns for days`,
    [`keep samples for ${RETENTION_OF_TICKETS} or more`, `remove the objective ${slo.name}`],
  );
}

/** What several watches say of one workload, together. */
function byWorkload(watches: readonly Watch[]): [FlowEnd, readonly Alert[], readonly Slo[]][] {
  const workloads = [...new Set(watches.map(({ of }) => of))];
  return workloads.map((of) => {
    const about = watches.filter((watch) => watch.of === of);
    return [of, about.flatMap(({ alerts }) => alerts), about.flatMap(({ objectives }) => objectives)];
  });
}

/** Marks the alerts of objectives: each has a text of its own, and they are one kind all the same. */
const BUDGET = ' budget ';

/** An alert, and the words in its texts that are other ones for another workload. */
interface Meaning {
  readonly place: string;
  readonly alert: Alert;
  readonly words: readonly string[];
}

/** Throws where two alerts of a name mean different things: runbooks, routes and inhibitions go by the name. */
function checkMeanings(meanings: readonly Meaning[]): void {
  const first = new Map<string, Meaning>();
  for (const meaning of meanings) {
    const { place, alert } = meaning;
    const other = first.get(alert.name);
    if (other === undefined) first.set(alert.name, meaning);
    else if (textOf(other) !== textOf(meaning))
      throw new StrataError(
        `${place}, alert ${alert.name}`,
        `is another one than that of ${other.place} by the same name: their runbooks would be one, and whoever is told cannot tell them apart`,
        ['give yours another name', 'make both the same: severity, description and steps'],
      );
  }
}

function textOf({ alert: { severity, description, steps }, words }: Meaning): string {
  if (words.includes(BUDGET)) return BUDGET + severity;
  const text = [severity, description, ...steps].join('\n');
  return words.reduce((left, word) => left.replaceAll(word, '…'), text);
}

function checkNames(groups: readonly RuleGroup[]): void {
  const names = groups.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new StrataError('prometheus rules', `two groups are called ${twice}`, [
    'give one of the objectives or workloads another name',
    'put both into one Watch',
  ]);
}
