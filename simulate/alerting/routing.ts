import type { Json, Path } from '../../manifests/resource';
import { list, mappings, record } from '../../manifests/resource';
import type { AlertMatcher } from '../../upstream/alertmanager/matchers';
import { prometheusDuration } from '../../upstream/prometheus/duration';
import { scalarText } from '../../upstream/prometheus/form';
import type { AlertLabels } from './label-matching';
import { allMatch, matchersIn } from './label-matching';
import { isInIntervals, timeIntervalsIn } from './time-intervals';

/** A way that an alert takes to a receiver. */
export interface AlertWay {
  readonly receiver: string;
  /** The route, from the top of the configuration. */
  readonly path: Path;
  /** The labels by which alerts are told together. */
  readonly groupBy: 'all' | readonly string[];
  /** Which alerts it is told with: those of the same key. */
  readonly groupKey: string;
  /** Milliseconds before the first alert of a group is told, before more of it is, and before it is told again. */
  readonly groupWait: number;
  readonly groupInterval: number;
  readonly repeatInterval: number;
  /** Names of the intervals in which this way is closed, and of those in which alone it is open; empty: always open. */
  readonly mutedIn: readonly string[];
  readonly activeIn: readonly string[];
}

/** A route with what it has from those above it. */
type Route = Omit<AlertWay, 'groupKey'> & {
  /** What the group keys of this route begin with. */
  readonly key: string;
  readonly json: Json;
  readonly matchers: readonly AlertMatcher[];
};

const MINUTE = 60_000;

/**
 * The ways that an alert takes, in the order of the routes (Alertmanager's dispatch/route.go): the deepest routes that match, the first of
 * its siblings alone unless it says `continue`. The configuration is one that Alertmanager takes.
 */
export function waysOf(configuration: Json, labels: AlertLabels): readonly AlertWay[] {
  const root = record(configuration['route']) ?? {};
  const defaults = {
    receiver: '',
    groupBy: [],
    groupWait: MINUTE / 2,
    groupInterval: 5 * MINUTE,
    repeatInterval: 240 * MINUTE,
  };
  const taken = matching(routeOf(root, ['route'], defaults), labels);
  return taken.map(({ json: _, matchers: __, key, ...way }) => ({
    ...way,
    groupKey: `${key}:${labelsText(groupedLabels(way.groupBy, labels))}`,
  }));
}

/** Why a way is closed at an instant: the interval that mutes it, or those outside of which it is; undefined where it is open. */
export function closedBy(configuration: Json, way: AlertWay, instant: Date): string | undefined {
  const intervals = timeIntervalsIn(configuration);
  const inside = (name: string) => isInIntervals(intervals.get(name) ?? [], instant);
  const muting = way.mutedIn.find(inside);
  if (muting !== undefined) return `in ${muting}`;
  if (way.activeIn.length > 0 && !way.activeIn.some(inside)) return `outside of ${way.activeIn.join(', ')}`;
  return undefined;
}

type Inherited = Pick<Route, 'receiver' | 'groupBy' | 'groupWait' | 'groupInterval' | 'repeatInterval'>;

function routeOf(json: Json, path: Path, above: Inherited, keyAbove?: string): Route {
  const matchers = [...matchersIn(json)].sort(byText);
  const names = list(json['group_by']).map((name) => scalarText(name) ?? '');
  const span = (field: string, inherited: number) => prometheusDuration(json[field] ?? undefined) ?? inherited;
  const intervals = (field: string) => list(json[field]).map((name) => scalarText(name) ?? '');
  const own = `{${matchers.map(matcherText).join(',')}}`;
  return {
    receiver: scalarText(json['receiver']) || above.receiver,
    path,
    groupBy: names.includes('...') ? 'all' : names.length > 0 ? names : above.groupBy,
    groupWait: span('group_wait', above.groupWait),
    groupInterval: span('group_interval', above.groupInterval),
    repeatInterval: span('repeat_interval', above.repeatInterval),
    // Intervals hold for the route that names them alone.
    mutedIn: intervals('mute_time_intervals'),
    activeIn: intervals('active_time_intervals'),
    key: keyAbove === undefined ? own : `${keyAbove}/${own}`,
    json,
    matchers,
  };
}

function matching(route: Route, labels: AlertLabels): readonly Route[] {
  if (!allMatch(route.matchers, labels)) return [];
  const found: Route[] = [];
  for (const [i, json] of mappings(route.json['routes']).entries()) {
    const inner = routeOf(json, [...route.path, 'routes', i], route, route.key);
    const ways = matching(inner, labels);
    found.push(...ways);
    if (ways.length > 0 && json['continue'] !== true) break;
  }
  return found.length > 0 ? found : [route];
}

function groupedLabels(groupBy: AlertWay['groupBy'], labels: AlertLabels): AlertLabels {
  if (groupBy === 'all') return labels;
  return Object.fromEntries(Object.entries(labels).filter(([name]) => groupBy.includes(name)));
}

function labelsText(labels: AlertLabels): string {
  const names = Object.keys(labels).sort(compare);
  return `{${names.map((name) => `${name}=${JSON.stringify(labels[name])}`).join(', ')}}`;
}

function matcherText({ name, operator, value }: AlertMatcher): string {
  const shown = /[\s{}!=~,\\"'`]/.test(name) ? JSON.stringify(name) : name;
  return `${shown}${operator}"${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"`;
}

const OPERATORS = ['=', '!=', '=~', '!~'];

/** By name, value and kind, as Alertmanager has them. */
function byText(a: AlertMatcher, b: AlertMatcher): number {
  return (
    compare(a.name, b.name) ||
    compare(a.value, b.value) ||
    OPERATORS.indexOf(a.operator) - OPERATORS.indexOf(b.operator)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
