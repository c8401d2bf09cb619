import type { Json } from '../../manifests/resource';
import { mappings, record } from '../../manifests/resource';
import { addTo } from '../../model/multimap';
import type { StatedAlert } from '../../world/alerting-rules';
import type { NotificationConfiguration } from '../../world/notification-configuration';
import { integrationsOf } from './alerts';
import type { InhibitionRule } from './inhibition';
import { inhibitedBy, inhibitionRulesOf } from './inhibition';
import type { Silencing } from './joint-labels';
import { jointLabels } from './joint-labels';
import type { KnownAlert } from './known-alert';
import { knownAlert } from './known-alert';
import type { AlertLabels } from './label-matching';
import { allMatch, matchersIn } from './label-matching';
import { waysOf } from './routing';
import { isLessUrgent, urgencyOf } from './urgency';

/** Alerts that an inhibition keeps from people although nobody is told of what keeps them back, or not as soon. */
export interface InhibitionFault {
  /**
   * `circle`: alerts keep each other back, so that nobody is told of any. `always`: the source fires whatever happens. `nobody`: nobody is
   * told of the source. `hours`: the source is told at some hours only, the target at all. `severity`: the source is less urgent.
   */
  readonly kind: 'circle' | 'always' | 'nobody' | 'hours' | 'severity';
  readonly rule: InhibitionRule;
  /** Of a circle: in the order in which each keeps back the next one. */
  readonly sources: readonly string[];
  /** What is lost. */
  readonly targets: readonly string[];
  /** Whether a page is among what is lost. */
  readonly losesPage: boolean;
}

/** Every such fault of a configuration, for the alerts of the manifests. A pair counts if the labels of its series allow it. */
export function inhibitionFaults(
  { content }: Pick<NotificationConfiguration, 'content'>,
  stated: readonly StatedAlert[],
): readonly InhibitionFault[] {
  const rules = inhibitionRulesOf(content);
  if (rules.length === 0) return [];
  const kinds = kindsOf(stated.map(knownAlert), content, rules);
  // Two of a kind may silence each other as two of different kinds do; more of them say nothing new.
  const alerts = kinds.flatMap((kind) => kind.slice(0, 2));
  const namesLike = new Map(
    kinds.flatMap((kind) => kind.slice(0, 2).map((alert) => [alert, kind.map(({ name }) => name)])),
  );
  const pairs = rules.flatMap((rule) => pairsOf(rule, alerts));
  const isTold = (labels: AlertLabels) => openWays(labels).length > 0;
  return [...circles(), ...rules.flatMap(oneWay)];

  /** The ways of an alert that lead to somebody. */
  function openWays(labels: AlertLabels) {
    return waysOf(content, labels).filter(({ receiver }) => integrationsOf(content, receiver).length > 0);
  }

  function circles(): InhibitionFault[] {
    const found: InhibitionFault[] = [];
    const told = new Set<string>();
    for (const circle of circlesIn(pairs)) {
      const places = circle.map(({ source }) => source);
      const key = circle
        .map(({ rule }) => rule.path.join('.'))
        .sort()
        .join(' ');
      if (told.has(key)) continue;
      const labels = jointOf(circle, places);
      // That each is silent is seen by Alertmanager's own rules.
      if (!labels?.every((own) => inhibitedBy(content, own, labels)) || !labels.some(isTold)) continue;
      told.add(key);
      const names = places.map((place) => alerts[place]!.name);
      found.push({
        kind: 'circle',
        rule: circle[0]!.rule,
        sources: names,
        targets: names,
        losesPage: places.some((place) => urgencyOf(alerts[place]!.severity) === 'page'),
      });
    }
    return found;
  }

  function jointOf(silencings: readonly Silencing[], places: readonly number[]): readonly AlertLabels[] | undefined {
    return jointLabels(
      places.map((place) => alerts[place]!),
      silencings.map(({ source, target, rule }) => ({
        source: places.indexOf(source),
        target: places.indexOf(target),
        rule,
      })),
    );
  }

  function oneWay(rule: InhibitionRule): InhibitionFault[] {
    const faults = pairs
      .filter((pair) => pair.rule === rule)
      .flatMap((pair) => {
        const kind = faultOf(pair);
        return kind ? [{ kind, ...pair }] : [];
      });
    return (['always', 'nobody', 'hours', 'severity'] as const).flatMap((kind) => {
      const of = faults.filter((fault) => fault.kind === kind);
      if (of.length === 0) return [];
      const names = (side: 'source' | 'target') =>
        [...new Set(of.flatMap((fault) => namesLike.get(alerts[fault[side]]!)!))].sort();
      const losesPage = of.some(({ target }) => urgencyOf(alerts[target]!.severity) === 'page');
      return [{ kind, rule, sources: names('source'), targets: names('target'), losesPage }];
    });
  }

  function faultOf(pair: Silencing): InhibitionFault['kind'] | undefined {
    const { source, target, rule } = pair;
    const [from, to] = [alerts[source]!, alerts[target]!];
    if (from.firesAlways) return isCertain(rule, from, to) ? 'always' : undefined;
    const [labels, lost] = jointOf([pair], [source, target]) ?? [];
    if (!labels || !lost || !inhibitedBy(content, lost, [labels])) return undefined;
    const [ways, lostWays] = [openWays(labels), openWays(lost)];
    const urgency = urgencyOf(to.severity);
    // What only explains others may be kept back by anything: that is what it is for.
    if (lostWays.length === 0 || urgency === 'info') return undefined;
    if (ways.length === 0) return 'nobody';
    const isAlways = (of: typeof ways) => of.some(({ activeIn, mutedIn }) => activeIn.length + mutedIn.length === 0);
    if (isAlways(lostWays) && !isAlways(ways)) return 'hours';
    return isLessUrgent(urgencyOf(from.severity), urgency) ? 'severity' : undefined;
  }
}

/** Alerts that a configuration treats alike: the same labels, as far as some route or rule asks for them. */
function kindsOf(
  alerts: readonly KnownAlert[],
  content: Json,
  rules: readonly InhibitionRule[],
): readonly (readonly KnownAlert[])[] {
  const matchers = [
    ...rules.flatMap(({ source, target }) => [...source, ...target]),
    ...routeMatchers(record(content['route']) ?? {}),
  ];
  const ofName = matchers.filter(({ name }) => name === 'alertname');
  const names = new Set([...matchers.map(({ name }) => name), ...rules.flatMap(({ equal }) => equal), 'severity']);
  // Every alert has a name of its own: what counts is which matchers take it, unless both sides must have the same.
  if (!rules.some(({ equal }) => equal.includes('alertname'))) names.delete('alertname');
  const kinds = new Map<string, KnownAlert[]>();
  for (const alert of alerts) {
    const labels = [...names].map((name) => alert.labelOf(name) ?? null);
    const taken = ofName.map((matcher) => allMatch([matcher], { alertname: alert.name }));
    addTo(kinds, JSON.stringify([labels, taken, alert.firesAlways]), alert);
  }
  return [...kinds.values()];
}

function routeMatchers(route: Json): readonly InhibitionRule['source'][number][] {
  return [...matchersIn(route), ...mappings(route['routes']).flatMap(routeMatchers)];
}

/** The pairs that a rule may keep apart. An alert that is certainly on both sides is kept back by none that is on both. */
function pairsOf(rule: InhibitionRule, alerts: readonly KnownAlert[]): Silencing[] {
  const side = (matchers: InhibitionRule['source']) =>
    alerts.flatMap((alert, place) => (mayMatch(matchers, alert) ? [place] : []));
  const [sources, targets] = [side(rule.source), side(rule.target)];
  return sources.flatMap((source) =>
    targets
      .filter((target) => {
        const [from, to] = [alerts[source]!, alerts[target]!];
        if (source === target || !rule.equal.every((name) => mayBeEqual(from.labelOf(name), to.labelOf(name))))
          return false;
        return !(doesMatch(rule.target, from) && doesMatch(rule.source, to));
      })
      .map((target) => ({ source, target, rule })),
  );
}

function mayBeEqual(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

function mayMatch(matchers: InhibitionRule['source'], alert: KnownAlert): boolean {
  return matchers.every((matcher) => {
    const value = alert.labelOf(matcher.name);
    return value === undefined || allMatch([matcher], { [matcher.name]: value });
  });
}

function doesMatch(matchers: InhibitionRule['source'], alert: KnownAlert): boolean {
  return matchers.every(({ name }) => alert.labelOf(name) !== undefined) && mayMatch(matchers, alert);
}

function isCertain(rule: InhibitionRule, from: KnownAlert, to: KnownAlert): boolean {
  return (
    doesMatch(rule.source, from) &&
    doesMatch(rule.target, to) &&
    rule.equal.every((name) => from.labelOf(name) !== undefined && from.labelOf(name) === to.labelOf(name))
  );
}

/** Without the pairs that lead to no source, or come from no target: most configurations have none left. */
function onCircles(pairs: readonly Silencing[]): readonly Silencing[] {
  const sources = new Set(pairs.map(({ source }) => source));
  const targets = new Set(pairs.map(({ target }) => target));
  const left = pairs.filter(({ source, target }) => sources.has(target) && targets.has(source));
  return left.length === pairs.length ? left : onCircles(left);
}

/** The shortest circle through each pair, the short ones first. */
function circlesIn(pairs: readonly Silencing[]): readonly (readonly Silencing[])[] {
  const left = onCircles(pairs);
  const bySource = new Map<number, Silencing[]>();
  for (const pair of left) addTo(bySource, pair.source, pair);
  const circles = left.flatMap((pair) => {
    const direct = (bySource.get(pair.target) ?? []).filter(({ target }) => target === pair.source);
    if (direct.length > 0) return direct.map((back) => [pair, back]);
    const way = shortestWay(pair.target, pair.source, bySource);
    return way ? [[pair, ...way]] : [];
  });
  return circles.sort((a, b) => a.length - b.length);
}

function shortestWay(
  from: number,
  to: number,
  bySource: ReadonlyMap<number, readonly Silencing[]>,
): readonly Silencing[] | undefined {
  const cameBy = new Map<number, Silencing | undefined>([[from, undefined]]);
  for (const place of cameBy.keys()) {
    for (const pair of bySource.get(place) ?? []) if (!cameBy.has(pair.target)) cameBy.set(pair.target, pair);
    if (!cameBy.has(to)) continue;
    const way: Silencing[] = [];
    for (let step = cameBy.get(to); step; step = cameBy.get(step.source)) way.unshift(step);
    return way;
  }
  return undefined;
}
