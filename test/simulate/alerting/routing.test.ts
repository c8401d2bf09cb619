import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { Json } from '../../../manifests/resource';
import { inhibitedBy, inhibitionsOf } from '../../../simulate/alerting/inhibition';
import type { AlertLabels } from '../../../simulate/alerting/label-matching';
import { closedBy, waysOf } from '../../../simulate/alerting/routing';
import { matchersOfText } from '../../../upstream/alertmanager/matchers';

const read = (text: string) => load(text) as Json;
const receivers = (configuration: Json, labels: AlertLabels) =>
  waysOf(configuration, labels).map(({ receiver }) => receiver);

/** Written by test/oracle/amtool-routes.ts. */
const RECORDED = readFileSync(join(__dirname, 'routes.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map(
    (line) =>
      JSON.parse(line) as {
        readonly configuration: Json;
        readonly asked: readonly { readonly labels: AlertLabels; readonly receivers: string }[];
      },
  );

test('answers of amtool that were kept are ours, too', () => {
  const asked = RECORDED.flatMap(({ asked: each }) => each);
  expect(asked.length).toBeGreaterThan(280);
  // They are not all told to the same.
  expect(new Set(asked.map((each) => each.receivers)).size).toBeGreaterThan(20);
  for (const { configuration, asked: each } of RECORDED)
    for (const { labels, receivers: told } of each) expect(receivers(configuration, labels).join()).toBe(told);
});

describe('matchers', () => {
  test.each([
    ['a=b', [['a', '=', 'b']]],
    [
      '{ a != "b c" , d=~e }',
      [
        ['a', '!=', 'b c'],
        ['d', '=~', 'e'],
      ],
    ],
    ['"näme"="ü"', [['näme', '=', 'ü']]],
    ['"a b"!~"\\u00fc\\x41\\102\\n"', [['a b', '!~', 'üAB\n']]],
    // What both ways of reading take, and differ in, is read as before: a backslash that escapes nothing is one.
    ['a="\\t"', [['a', '=', '\\t']]],
    ['a=~\\d+', [['a', '=~', '\\d+']]],
    ['a="x,y",', [['a', '=', 'x,y']]],
    ['', []],
  ])('%s', (text, expected) => {
    expect(matchersOfText(text).map(({ name, operator, value }) => [name, operator, value])).toEqual(expected);
  });
});

const TREE = read(`
route:
  receiver: all
  group_by: [alertname, job]
  group_wait: 10s
  routes:
  - { matchers: ['severity="page"'], receiver: pager, continue: true, group_by: ['...'], repeat_interval: 1h }
  - matchers: [severity=~"page|ticket"]
    receiver: desk
    group_interval: 2m
    mute_time_intervals: [night]
    routes:
    - { matchers: [team="db"], active_time_intervals: [work], group_by: [] }
receivers: [{ name: all }, { name: pager }, { name: desk }]
time_intervals:
- { name: night, time_intervals: [{ times: [{ start_time: '22:00', end_time: '24:00' }, { start_time: '00:00', end_time: '06:00' }] }] }
- { name: work, time_intervals: [{ weekdays: ['monday:friday'], times: [{ start_time: '09:00', end_time: '17:00' }], location: Europe/Zurich }] }
`);

describe('a way', () => {
  test('has from the routes above what its own does not say, and no intervals', () => {
    const [page, ticket] = waysOf(TREE, { alertname: 'A', severity: 'page', team: 'db' });
    expect(page).toEqual({
      receiver: 'pager',
      path: ['route', 'routes', 0],
      groupBy: 'all',
      groupKey: '{}/{severity="page"}:{alertname="A", severity="page", team="db"}',
      groupWait: 10_000,
      groupInterval: 300_000,
      repeatInterval: 3_600_000,
      mutedIn: [],
      activeIn: [],
    });
    expect(ticket).toEqual({
      receiver: 'desk',
      path: ['route', 'routes', 1, 'routes', 0],
      groupBy: ['alertname', 'job'],
      groupKey: '{}/{severity=~"page|ticket"}/{team="db"}:{alertname="A"}',
      groupWait: 10_000,
      groupInterval: 120_000,
      repeatInterval: 14_400_000,
      mutedIn: [],
      activeIn: ['work'],
    });
  });

  test('is open at any time below a route that is not', () => {
    const configuration = read(`
route:
  receiver: a
  routes: [{ active_time_intervals: [i], mute_time_intervals: [j], routes: [{ matchers: [a="b"] }] }]
receivers: [{ name: a }]`);
    expect(waysOf(configuration, { a: 'b' })).toMatchObject([{ activeIn: [], mutedIn: [] }]);
    expect(waysOf(configuration, { a: 'c' })).toMatchObject([{ activeIn: ['i'], mutedIn: ['j'] }]);
  });

  test('of what no route takes is the first', () => {
    expect(receivers(TREE, { alertname: 'A' })).toEqual(['all']);
    expect(waysOf(read('{ route: { receiver: a }, receivers: [{ name: a }] }'), {})[0]).toMatchObject({
      groupWait: 30_000,
      groupInterval: 300_000,
      repeatInterval: 14_400_000,
      groupBy: [],
      groupKey: '{}:{}',
    });
  });

  test.each([
    // A Monday; Zurich is two hours ahead in summer, one in winter.
    ['2026-06-01T07:00:00Z', undefined],
    ['2026-06-01T06:59:59Z', 'outside of work'],
    ['2026-12-07T07:30:00Z', 'outside of work'],
    ['2026-12-07T08:00:00Z', undefined],
    ['2026-06-01T15:00:00Z', 'outside of work'],
    ['2026-06-06T10:00:00Z', 'outside of work'],
  ])('that is open in working hours, at %s', (at, closed) => {
    const [, way] = waysOf(TREE, { severity: 'page', team: 'db' });
    expect(closedBy(TREE, way!, new Date(at))).toBe(closed);
  });

  test.each([
    ['2026-06-01T21:59:59Z', undefined],
    ['2026-06-01T22:00:00Z', 'in night'],
    ['2026-06-01T23:59:59Z', 'in night'],
    ['2026-06-01T05:59:00Z', 'in night'],
    ['2026-06-01T06:00:00Z', undefined],
  ])('that is muted at night, at %s', (at, closed) => {
    const [way] = waysOf(TREE, { severity: 'ticket' });
    expect(closedBy(TREE, way!, new Date(at))).toBe(closed);
  });

  test.each<[string, readonly string[]]>([
    ["days_of_month: ['-1']", ['2026-02-28', '2026-04-30', '2028-02-29', '2026-12-31']],
    ["days_of_month: ['30:31']", ['2026-12-30', '2026-12-31', '2026-04-30']],
    ["days_of_month: ['1:-30']", ['2026-04-01', '2026-12-02']],
    ["months: [february, '4:5']", ['2026-02-28', '2028-02-29', '2026-02-01', '2026-04-01', '2026-04-30']],
    ["years: ['2027:2029']", ['2028-02-29']],
    ["weekdays: [Tuesday], months: ['12']", []],
    ['times: []', []],
    [
      '',
      ['2026-02-28', '2028-02-29', '2026-12-31', '2026-12-30', '2026-04-30', '2026-04-01', '2026-12-02', '2026-02-01'],
    ],
  ])('{ %s } holds on %j', (interval, expected) => {
    const days = [
      '2026-02-28',
      '2028-02-29',
      '2026-12-31',
      '2026-12-30',
      '2026-04-30',
      '2026-04-01',
      '2026-12-02',
      '2026-02-01',
    ];
    const configuration = read(`
route: { receiver: a, routes: [{ mute_time_intervals: [i] }] }
mute_time_intervals: [{ name: i, time_intervals: [{ ${interval} }] }]`);
    const [way] = waysOf(configuration, {});
    const held = days.filter((day) => closedBy(configuration, way!, new Date(`${day}T12:00:00Z`)) !== undefined);
    expect(held.sort()).toEqual([...expected].sort());
  });
});

describe('an inhibition', () => {
  const RULES = read(`
inhibit_rules:
- { source_matchers: [severity="page"], target_matchers: [severity=~"page|ticket"], equal: [job] }
- { source_match: { alertname: Down }, target_match_re: { alertname: 'Slow.*' } }`);
  const page = { alertname: 'A', severity: 'page', job: 'web' };

  test('keeps an alert back whose labels are the same, or are missing in both', () => {
    expect(inhibitedBy(RULES, { severity: 'ticket', job: 'web' }, [page])?.by).toBe(page);
    expect(inhibitedBy(RULES, { severity: 'ticket', job: 'db' }, [page])).toBeUndefined();
    expect(inhibitedBy(RULES, { severity: 'ticket' }, [{ severity: 'page' }])).toBeDefined();
    expect(inhibitedBy(RULES, { severity: 'info', job: 'web' }, [page])).toBeUndefined();
    expect(inhibitedBy(RULES, { severity: 'ticket', job: 'web' }, [])).toBeUndefined();
  });

  test('keeps an alert of both sides back by none of both sides, so not by itself', () => {
    expect(inhibitedBy(RULES, page, [page, { ...page, alertname: 'B' }])).toBeUndefined();
  });

  test('may be written as before', () => {
    expect(inhibitedBy(RULES, { alertname: 'SlowRequests' }, [{ alertname: 'Down' }])?.rule.path).toEqual([
      'inhibit_rules',
      1,
    ]);
    expect(inhibitedBy(RULES, { alertname: 'NotSlow' }, [{ alertname: 'Down' }])).toBeUndefined();
    expect(inhibitionsOf(RULES, { alertname: 'SlowRequests', severity: 'ticket' })).toHaveLength(2);
  });
});
