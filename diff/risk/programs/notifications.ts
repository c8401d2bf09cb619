import type { Json, Resource } from '../../../manifests/resource';
import { mappings, record, string, strings } from '../../../manifests/resource';
import { integrationsOf } from '../../../simulate/alerting/alerts';
import type { InhibitionRule } from '../../../simulate/alerting/inhibition';
import { inhibitionRulesOf } from '../../../simulate/alerting/inhibition';
import type { AlertLabels } from '../../../simulate/alerting/label-matching';
import { allMatch, matchersIn } from '../../../simulate/alerting/label-matching';
import type { AlertWay } from '../../../simulate/alerting/routing';
import { waysOf } from '../../../simulate/alerting/routing';
import { isLessUrgent, urgencyOf } from '../../../simulate/alerting/urgency';
import type { AlertMatcher } from '../../../upstream/alertmanager/matchers';
import { readContent } from '../../../upstream/prometheus/yaml';
import { alertingRulesOf } from '../../../world/alerting-rules';
import { filesIn } from '../../../world/configuration-files';
import type { NotificationConfiguration } from '../../../world/notification-configuration';
import { contentOfAlertmanagerConfig, notificationConfigurations } from '../../../world/notification-configuration';
import type { World } from '../../../world/world';
import type { FieldChange } from '../../field-change';
import type { ObjectChange } from '../../object-change';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { firstNames } from '../plural';
import type { WorldChange } from '../risk';
import type { FileEffect } from './file-effect';

/** Whom an Alertmanager tells, before and after. */
export interface ChangedNotifications {
  readonly change: ObjectChange;
  readonly field: FieldChange | undefined;
  readonly was: Json;
  readonly is: Json;
  /** The labels of the alerts that the manifests state. */
  readonly alerts: readonly AlertLabels[];
}

/** The configurations of Alertmanager that change: of programs and of the operator's objects, else of the file or AlertmanagerConfig alone. */
export function* changedNotifications(diff: WorldChange): Iterable<ChangedNotifications> {
  const changes = changesOf(diff, 'AlertmanagerConfig', 'ConfigMap', 'Secret', 'Alertmanager');
  if (changes.length === 0) return;
  const alerts = () => labelsOfAlerts(diff.after);
  const told = new Set<ObjectChange>();
  const old = new Map(notificationConfigurations(diff.before).map((each) => [diff.before.idOf(each.by), each]));
  for (const now of notificationConfigurations(diff.after)) {
    const before = old.get(diff.after.idOf(now.by));
    if (!before || JSON.stringify(before.content) === JSON.stringify(now.content)) continue;
    const places = [before, now].flatMap(placesOf);
    const own = changes.filter(({ before: was, after }) => places.some((place) => place === was || place === after));
    const change = own[0] ?? changes.find(({ after }) => after === now.by) ?? changes[0]!;
    for (const each of own) told.add(each);
    yield { change, field: fieldOf(change), was: before.content, is: now.content, alerts: alerts() };
  }
  for (const change of changes) {
    if (told.has(change) || change.does !== 'changed') continue;
    for (const { name, was, is } of contentsOf(change))
      yield { change, field: fieldOf(change, name), was, is, alerts: alerts() };
  }
}

function placesOf({ stated, receivers, by }: NotificationConfiguration): Resource[] {
  return [stated.resource, ...[...receivers.values()].map(({ resource }) => resource)].filter((each) => each !== by);
}

function fieldOf(change: ObjectChange, name?: string): FieldChange | undefined {
  if (change.does !== 'changed') return undefined;
  if (name !== undefined) return fieldAt(change, ['data', name]) ?? fieldAt(change, ['stringData', name]);
  // By its labels an AlertmanagerConfig is selected.
  return change.fields.find(({ path: [first] }) => first !== 'metadata') ?? fieldAt(change, ['metadata', 'labels']);
}

/** What an object says of notifications by itself, where no Alertmanager among the manifests is seen to read it. */
function* contentsOf({ before, after }: ObjectChange): Iterable<{ name?: string; was: Json; is: Json }> {
  if (!before || !after) return;
  if (after.kind === 'AlertmanagerConfig' && after.group === 'monitoring.coreos.com')
    yield { was: contentOfAlertmanagerConfig(before), is: contentOfAlertmanagerConfig(after) };
  if (after.kind !== 'ConfigMap' && after.kind !== 'Secret') return;
  const old = new Map(filesIn(before));
  for (const [name, file] of filesIn(after)) {
    const was = old.get(name)?.text;
    if (was === undefined || was === file.text || ![was, file.text].every(isConfiguration)) continue;
    const [one, other] = [was, file.text].map((text) => record(readContent(text).content));
    if (one && other) yield { name, was: one, is: other };
  }
}

function isConfiguration(text: string): boolean {
  return /^["']?route["']?:/m.test(text) && /^["']?receivers["']?:/m.test(text);
}

function labelsOfAlerts(world: World): AlertLabels[] {
  // What a template makes of a label is not known.
  return alertingRulesOf(world).map(({ name, rule }) => ({ ...strings(rule['labels']), alertname: name }));
}

/** Alerts that a receiver is not told of any more. */
interface Rerouted {
  readonly receiver: string;
  /** Whether it was told of them as of all others, and a route of their own takes them. */
  readonly isSorted: boolean;
  readonly of: Set<string>;
  readonly instead: Set<string>;
}

/** Who is told no more, of which alerts. */
export function* notificationEffects(was: Json, is: Json, alerts: readonly AlertLabels[]): Iterable<FileEffect> {
  if (!record(was['route']) || !record(is['route'])) return;
  const lost = new Map<string, Rerouted>();
  const held = new Map<string, Set<string>>();
  for (const { labels, text } of [
    ...askedFor(was),
    ...askedFor(is),
    ...alerts.map((each) => ({ labels: each, text: each['alertname']! })),
  ]) {
    const [old, now] = [was, is].map((content) =>
      waysOf(content, labels).filter(({ receiver }) => tells(content, receiver)),
    );
    const names = now!.map(({ receiver }) => receiver);
    const same = new Set(names.map((name) => receiverText(is, name)));
    for (const { receiver, path } of old!) {
      if (names.includes(receiver) || same.has(receiverText(was, receiver))) continue;
      // A route of their own that takes alerts from the one for all others is made for that.
      const isSorted =
        path.length === 1 &&
        names.length > 0 &&
        now!.every((way) => way.path.length > 1) &&
        !names.every((name) => isForLesser(was, name, labels)) &&
        (!pages(was, receiver) || names.some((name) => pages(is, name)));
      const key = `${receiver} ${isSorted}`;
      const own = lost.get(key) ?? { receiver, isSorted, of: new Set<string>(), instead: new Set<string>() };
      lost.set(key, own);
      own.of.add(text);
      for (const name of names) own.instead.add(name);
    }
    for (const { from, ways } of heldBack(old!, now!)) {
      const intervals = [...new Set(ways.flatMap(({ mutedIn, activeIn }) => [...mutedIn, ...activeIn]))].join(', ');
      const how = `${from} at times (${intervals})`;
      held.set(how, (held.get(how) ?? new Set()).add(text));
    }
  }
  for (const { receiver, isSorted, of, instead } of lost.values())
    yield {
      class: isSorted ? 'in-place' : 'disruption',
      message: `${alertsText(of)} not told to ${receiver} any more${instead.size > 0 ? `, but to ${firstNames([...instead])}` : ', and to nobody else'}`,
    };
  for (const [how, of] of held) yield { class: 'disruption', message: `${alertsText(of)} held back${how}` };
  yield* ofReceivers(was, is);
  yield* ofInhibitions(was, is);
}

/** What no label is asked for. */
const ALL = 'what no other route takes';

function alertsText(of: ReadonlySet<string>): string {
  return of.size === 1 && of.has(ALL) ? `${ALL} is` : `alerts ${firstNames([...of])} are`;
}

/** Ways that were open at all times and are closed at some: all there are, or those to one receiver while others are told. */
function* heldBack(
  old: readonly AlertWay[],
  now: readonly AlertWay[],
): Iterable<{ readonly from: string; readonly ways: readonly AlertWay[] }> {
  const isOpen = ({ mutedIn, activeIn }: AlertWay) => mutedIn.length + activeIn.length === 0;
  const isClosed = (ways: readonly AlertWay[]) => ways.length > 0 && !ways.some(isOpen);
  const open = old.filter(isOpen);
  if (open.length > 0 && isClosed(now)) {
    yield { from: '', ways: now };
    return;
  }
  for (const receiver of new Set(open.map((way) => way.receiver))) {
    const ways = now.filter((way) => way.receiver === receiver);
    if (isClosed(ways)) yield { from: ` from ${receiver}`, ways };
  }
}

/** Whether the routes below the one for all told a receiver of less urgent alerts than this one before, and of no other. */
function isForLesser(was: Json, receiver: string, { severity }: AlertLabels): boolean {
  const told = askedFor(was).filter(({ labels }) =>
    waysOf(was, labels).some((way) => way.receiver === receiver && way.path.length > 1),
  );
  return (
    told.length > 0 && told.every(({ labels }) => isLessUrgent(urgencyOf(labels['severity']), urgencyOf(severity)))
  );
}

/** What calls somebody to act at once: services for those who are on call. */
const PAGING: readonly string[] = ['pagerduty', 'opsgenie', 'victorops', 'pushover', 'incidentio', 'rootly'];

function pages(content: Json, receiver: string): boolean {
  return integrationsOf(content, receiver).some((each) => PAGING.includes(each));
}

function tells(content: Json, receiver: string): boolean {
  return integrationsOf(content, receiver).length > 0;
}

/** What a receiver does, whatever it is called. */
function receiverText(content: Json, name: string): string {
  const { name: _, ...own } = mappings(content['receivers']).find((each) => string(each['name']) === name) ?? {};
  return JSON.stringify(own);
}

/** Receivers that keep their name and tell by less than they did. */
function* ofReceivers(was: Json, is: Json): Iterable<FileEffect> {
  const now = new Set(mappings(is['receivers']).map(({ name }) => string(name)));
  for (const { name } of mappings(was['receivers'])) {
    const receiver = string(name) ?? '';
    if (!now.has(receiver)) continue;
    const left = integrationsOf(is, receiver);
    const gone = integrationsOf(was, receiver).filter((each) => !left.includes(each));
    if (gone.length > 0)
      yield {
        class: 'disruption',
        message: `receiver ${receiver} tells ${left.length === 0 ? 'nobody any more' : `nobody by ${gone.join(' and ')} any more`}`,
      };
  }
}

function* ofInhibitions(was: Json, is: Json): Iterable<FileEffect> {
  const textOf = (matchers: readonly AlertMatcher[]) =>
    matchers.map(({ name, operator, value }) => `${name}${operator}"${value}"`).join(' and ') || 'any labels';
  const old = new Set(inhibitionRulesOf(was).map(({ path: _, ...rule }) => JSON.stringify(rule)));
  for (const { path: _, ...rule } of inhibitionRulesOf(is))
    if (!old.has(JSON.stringify(rule)))
      yield {
        class: isOfLesser(rule) ? 'in-place' : 'disruption',
        message: `alerts with ${textOf(rule.target)} are held back while one with ${textOf(rule.source)}${rule.equal.length > 0 ? ` and the same ${rule.equal.join(' and ')}` : ''} fires`,
        advice: 'make sure that the one that fires tells those who would mend the others',
      };
}

/** Whether alerts are held back by more urgent ones of the same thing alone: they say what somebody hears already. */
function isOfLesser({ source, target, equal }: Pick<InhibitionRule, 'source' | 'target' | 'equal'>): boolean {
  const urgencies = (matchers: readonly AlertMatcher[]) =>
    matchers
      .filter(({ name, operator }) => name === 'severity' && (operator === '=' || operator === '=~'))
      .flatMap(({ operator, value }) => (operator === '=' ? [value] : valuesBy(value)))
      .map(urgencyOf);
  const [over, under] = [urgencies(source), urgencies(target)];
  return (
    [equal.length > 0, over.length > 0, under.length > 0].every(Boolean) &&
    under.every((one) => over.every((other) => isLessUrgent(one, other)))
  );
}

/** Labels that routes ask for, and how they say so, by the name of the label. */
interface Asked {
  readonly labels: AlertLabels;
  readonly said: Readonly<Record<string, string>>;
}

/** Of each route the labels that it asks for, as far as a value of them is found. */
function askedFor(content: Json): { readonly labels: AlertLabels; readonly text: string }[] {
  const found = new Map<string, AlertLabels>();
  const walk = (route: Json, above: readonly Asked[]) => {
    const own = above.flatMap((asked) => withMatchers(asked, matchersIn(route)));
    for (const { labels, said } of own) found.set(Object.values(said).join(' and ') || ALL, labels);
    for (const inner of mappings(route['routes'])) walk(inner, own);
  };
  walk(record(content['route']) ?? {}, [{ labels: {}, said: {} }]);
  return [...found].map(([text, labels]) => ({ labels, text: text === ALL ? text : `with ${text}` }));
}

/** So many values of one expression are tried. */
const VALUES = 8;

function withMatchers(asked: Asked, matchers: readonly AlertMatcher[]): Asked[] {
  let all: Asked[] = [asked];
  for (const { name, operator, value } of matchers) {
    const values = operator === '=' ? [value] : operator === '=~' ? valuesBy(value) : [];
    if (values.length === 0) continue;
    // A value that stands in the expression tells more than the expression.
    const saying = (own: string) => (value.includes(own) ? `${name}="${own}"` : `${name}=~"${value}"`);
    all = all
      .flatMap(({ labels, said }) =>
        values.map((own) => ({ labels: { ...labels, [name]: own }, said: { ...said, [name]: saying(own) } })),
      )
      .slice(0, VALUES * VALUES);
  }
  return all;
}

/** Values that an expression matches, one for each of its alternatives: `critical|p.+` matches critical and px. */
function valuesBy(expression: string): string[] {
  let text = expression.replace(/\(\?[a-zA-Z]+\)/g, '');
  for (let last = ''; last !== text; ) {
    last = text;
    const whole = /^\((?:\?:)?([^()]*)\)$/.exec(text);
    // Of a group within, its first alternative.
    text = whole ? whole[1]! : text.replace(/\((?:\?:)?([^()|]*)(?:\|[^()]*)?\)/, '$1');
  }
  const values = text.split('|').slice(0, VALUES).map(valueBy);
  return values.filter((value) => allMatch([{ name: 'a', operator: '=~', value: expression }], { a: value }));
}

/** What a sequence without alternatives matches: of each character one, in place of as many as may stand there. */
function valueBy(sequence: string): string {
  return sequence.replace(
    /\\(.)|\[([^\]^])[^\]]*\]|[.*+?^$]|\{[\d,]+\}/g,
    (token: string, escaped: string | undefined, first: string | undefined) =>
      escaped === 'd' ? '0' : escaped === 'w' ? 'a' : (escaped ?? first ?? (token === '.' ? 'x' : '')),
  );
}
