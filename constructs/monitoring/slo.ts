import { StrataError } from '../../model/errors';
import type { Duration } from '../../model/quantity';
import { durationProblem, seconds } from '../../model/quantity';
import type { FlowEnd, RequestMetrics } from '../core/flow';
import type { Alert, AlertTest } from './alert';
import type { RecordingRule } from './rule-groups';
import { requestMatchersOf, VERSION_LABEL } from './series';

/** What is good: requests that do not fail, or requests that are answered within a time. */
export type Indicator = { readonly availability: true } | { readonly answeredWithinSeconds: number };

/**
 * A service level objective: the share of requests that are good over a window. What may fail is the error budget, and alerts fire
 * by how fast it burns.
 */
export interface Slo {
  /** Such as `web-availability`: the label `slo` of its series. */
  readonly name: string;
  /** Whose requests are counted; it says by `servesMetrics` how. */
  readonly of: FlowEnd;
  readonly indicator: Indicator;
  /** Percent of the requests that are good, such as 99.9. */
  readonly objective: number;
  /** @default '30d' */
  readonly window?: Duration;
  /**
   * With fewer requests than this in an alert's long window, nobody is told: a single failure would be a large share of them.
   * @default 100
   */
  readonly minRequests?: number;
  /** The team that answers. @default - the setting `prometheus.alertOwner` */
  readonly owner?: string;
}

/** The windows over which rates are recorded. */
const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const satisfies readonly Duration[];
type Window = (typeof WINDOWS)[number];

interface BurnRate {
  /** How many times as fast as it may the budget burns. */
  readonly factor: number;
  readonly long: Window;
  readonly short: Window;
}

/**
 * What share of its budget an objective loses within the long window when somebody is told: 2 % in an hour and 5 % in six hours page, a
 * tenth in a day or in three is a ticket. The short window ends the alert soon after the burning. Of 30 days that is 14.4, 6, 3 and once
 * as fast as it may. Source: The Site Reliability Workbook, chapter 5, tables 5-2 and 5-8.
 */
const LOSSES = {
  page: [
    { share: 0.02, long: '1h', short: '5m' },
    { share: 0.05, long: '6h', short: '30m' },
  ],
  ticket: [
    { share: 0.1, long: '1d', short: '2h' },
    { share: 0.1, long: '3d', short: '6h' },
  ],
} as const satisfies Record<string, readonly { share: number; long: Window; short: Window }[]>;

/** Below a day of samples nobody would be told of a budget that burns for days. */
export const RETENTION_OF_TICKETS: Duration = '1d';

/**
 * The burn rates at which somebody is told. Left out is what needs more samples than are kept, what looks further back than the
 * objective itself, and what cannot be: more bad requests than all of them. A budget that burns as fast as it may is no page; a ticket of
 * a short objective is for one that burns faster.
 */
function burnRates(
  { objective, window = '30d' }: Pick<Slo, 'objective' | 'window'>,
  severity: keyof typeof LOSSES,
  retention: Duration,
): readonly BurnRate[] {
  return LOSSES[severity].flatMap(({ share, long, short }) => {
    const exact = (share * seconds(window)) / seconds(long);
    const factor = Number((severity === 'ticket' ? Math.max(exact, 1) : exact).toFixed(4));
    const isUseful = factor >= 1 && factor * Number(budget(objective)) < 1;
    return isUseful && seconds(long) < seconds(window) && seconds(long) <= seconds(retention)
      ? [{ factor, long, short }]
      : [];
  });
}

/** Names of recorded series: requests, errors, and the share of errors, by window; and the part of the budget that is left. */
export const requestsOver = (window: Duration) => `slo:requests:rate${window}`;
export const errorsOver = (window: Duration) => `slo:errors:rate${window}`;
export const ratioOver = (window: Duration) => `slo:error_ratio:rate${window}`;
export const BUDGET_LEFT = 'slo:error_budget_left:ratio';
export const OBJECTIVE = 'slo:objective:ratio';

/** The windows for which samples are kept: others would never fill. */
export function recordedWindows(retention: Duration): readonly Duration[] {
  return WINDOWS.filter((over) => seconds(over) <= seconds(retention));
}

/** Whether samples are kept long enough to say what is left of the budget. */
export function isBudgetRecorded({ window = '30d' }: Slo, retention: Duration): boolean {
  return seconds(window) <= seconds(retention);
}

/** How many times as fast as it may the budget burns when somebody is told, the fastest first. */
export function toldBurnRates(slo: Slo, retention: Duration): readonly number[] {
  const rates = [...burnRates(slo, 'page', retention), ...burnRates(slo, 'ticket', retention)];
  return [...new Set(rates.map(({ factor }) => factor))];
}

/** PromQL label matchers of an objective's series. */
export function sloMatchers({ name, of }: Slo): string {
  return `slo="${name}",namespace="${of.namespace.name}"`;
}

/** Throws unless the objective can be measured by what its workload exposes. */
export function checkSlo(slo: Slo): RequestMetrics {
  const { name, of, indicator, objective, window = '30d', minRequests = 100 } = slo;
  const place = `objective ${name} of ${of.app}`;
  const refuse = (problem: string, ...fixes: string[]): never => {
    throw new StrataError(place, problem, fixes);
  };
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name))
    refuse('its name is not lower case letters, digits and inner hyphens', "write one such as 'web-availability'");
  const problem = durationProblem(window);
  if (problem !== undefined) refuse(`its window is ${problem}`, "write one such as '30d'");
  if (seconds(window) < seconds('3d')) refuse(`its window is ${window}`, 'take three days or more');
  const objectiveProblem = problemOfObjective(objective);
  if (objectiveProblem !== undefined)
    refuse(
      `its objective is ${objective}, ${objectiveProblem}`,
      'write a percentage from 1 to below 100, such as 99.9',
    );
  // With samples of the whole window.
  if (toldBurnRates(slo, window).length === 0)
    refuse(
      `its objective is ${objective} over ${window}, and no share of bad requests is large enough to tell anybody`,
      'write a larger percentage, such as 99.9, or a shorter window',
    );
  if (!(Number.isInteger(minRequests) && minRequests >= 0))
    refuse(`its minRequests is ${minRequests}`, 'write a whole number of 0 or more');
  const requests =
    of.metrics?.requests ??
    refuse(
      'the workload does not say which of its metrics count requests',
      "say it where it serves metrics: servesMetrics('http', { requests: { … } })",
    );
  if (!('availability' in indicator)) {
    const { answeredWithinSeconds: bound } = indicator;
    const buckets = requests.duration?.buckets ?? [];
    if (!buckets.includes(bound))
      refuse(
        `no bucket of ${requests.duration?.metric ?? 'a histogram'} ends at ${bound} seconds`,
        `take one that does: ${buckets.join(', ') || 'none is declared'}`,
        'add the bucket to the program, and to what it declares',
      );
  }
  return requests;
}

/** What is wrong with a percentage, as the end of "it is …, "; undefined where nothing is. */
function problemOfObjective(objective: unknown): string | undefined {
  if (typeof objective !== 'number' || !Number.isFinite(objective)) return 'which is no number';
  if (objective >= 100) return objective > 100 ? 'and there are no more than 100 %' : 'and no budget is left at 100 %';
  if (objective <= 0) return 'and every request may be bad then';
  if (objective < 1)
    return `and it is a percentage, not a share: did you mean ${Number((objective * 100).toFixed(10))}?`;
  return undefined;
}

/** The rates that alerts and dashboards read. Parts that need more samples than are kept are left out. */
export function sloRecordings(slo: Slo, retention: Duration): RecordingRule[] {
  const requests = checkSlo(slo);
  const { name, objective, window = '30d' } = slo;
  const labels = { slo: name, job: slo.of.metrics!.job, namespace: slo.of.namespace.name };
  const matchers = requestMatchersOf(slo.of);
  const total = (over: Duration) =>
    'availability' in slo.indicator
      ? `sum(rate(${requests.total}{${matchers}}[${over}]))`
      : `sum(rate(${requests.duration!.metric}_count{${matchers}}[${over}]))`;
  const bad = (over: Duration) =>
    'availability' in slo.indicator
      ? // Without a failure there is no series of failures: nothing failed.
        `(sum(rate(${requests.total}{${matchers},${failedMatcher(requests)}}[${over}])) or 0 * ${total(over)})`
      : `(${total(over)} - sum(rate(${requests.duration!.metric}_bucket{${matchers},le="${bucketOf(slo.indicator)}"}[${over}])))`;
  const of = (series: string) => `${series}{${sloMatchers(slo)}}`;
  const kept = recordedWindows(retention);
  return [
    { record: OBJECTIVE, expr: `vector(${Number((objective / 100).toFixed(10))})`, labels },
    ...kept.flatMap((over) => [
      { record: requestsOver(over), expr: total(over), labels },
      { record: errorsOver(over), expr: bad(over), labels },
      // No requests, no errors: a share of nothing would be NaN, and no alert could compare with it.
      { record: ratioOver(over), expr: `${of(errorsOver(over))} / (${of(requestsOver(over))} > 0)`, labels },
    ]),
    ...(isBudgetRecorded(slo, retention)
      ? [
          {
            record: BUDGET_LEFT,
            expr: `1 - sum_over_time(${of(errorsOver('5m'))}[${window}]) / sum_over_time(${of(requestsOver('5m'))}[${window}]) / ${budget(objective)}`,
            labels,
          },
        ]
      : []),
  ];
}

/** A page and a ticket: each for a fast burn and a slow one. Parts that need more samples than are kept are left out. */
export function sloAlerts(slo: Slo, retention: Duration): Alert[] {
  const { name, objective, minRequests = 100, of } = slo;
  const what =
    'availability' in slo.indicator ? 'fail' : `take longer than ${slo.indicator.answeredWithinSeconds} seconds`;
  return (['page', 'ticket'] as const).flatMap((severity) => {
    const rates = burnRates(slo, severity, retention);
    if (rates.length === 0) return [];
    const slowest = Math.min(...rates.map(({ factor }) => factor));
    return {
      name: severity === 'page' ? 'ErrorBudgetBurnsFast' : 'ErrorBudgetBurns',
      expr: rates.map((rate) => `(${burning(slo, rate, minRequests)})`).join(' or '),
      // Rates over five minutes at least have waited already.
      for: severity === 'page' ? ('1m' as const) : ('15m' as const),
      severity,
      labels: { slo: name },
      summary: `${of.app}: the error budget of ${name} burns ${slowest === 1 ? 'faster than' : `more than ${slowest} times as fast as`} it may`,
      description: `Requests to ${of.app} ${what}, more of them than ${name} (${objective} %) allows.`,
      steps: [
        `Look at the requests that ${what} by route: the dashboard of ${of.app}.`,
        'Compare the beginning with the last rollout: kubectl rollout history; take it back if they meet.',
        `Look at what ${of.app} depends on.`,
      ],
      ...(slo.owner === undefined ? {} : { owner: slo.owner }),
      tests: burnTests(slo, severity, rates),
    };
  });
}

/** No pod that people reach answers, or none is there to be asked: no request is counted then, and no budget burns. */
export function downAlert(of: FlowEnd): Alert {
  const { metrics, namespace, live = of } = of;
  const { app } = live;
  const labels = { job: metrics!.job, namespace: namespace.name };
  // Pods of a version that nobody is led to answer nobody.
  const version = (of.others ?? []).length > 0 ? `,${VERSION_LABEL}="${live.name}"` : '';
  const series = `up{job="${labels.job}",namespace="${labels.namespace}"${version}}`;
  return {
    name: 'ServiceDown',
    expr: `absent(${series} == 1)`,
    for: '2m',
    severity: 'page',
    // Without them nobody could tell whose it is: `absent` takes labels from a selector, and this is a comparison.
    labels,
    summary: `No pod of ${app} answers in ${namespace.name}`,
    description: `People get no answer from ${app}.`,
    steps: [
      `Are there pods? kubectl get pods -n ${namespace.name} -l app.kubernetes.io/name=${app}`,
      'Not ready or restarting: kubectl describe pod, and the log of the container before: kubectl logs --previous.',
      `Since a rollout? kubectl rollout undo deployment/${app} -n ${namespace.name}`,
    ],
    tests: [
      {
        name: 'one of two does not answer',
        series: { [series.replace('}', ',instance="a"}')]: '0x10', [series.replace('}', ',instance="b"}')]: '1x10' },
        firing: { '8m': [] },
      },
      {
        name: 'none answers',
        series: { [series.replace('}', ',instance="a"}')]: '1x2 0x10' },
        firing: { '4m': [], '6m': [{}] },
      },
      { name: 'there is none', series: {}, firing: { '3m': [{}] } },
    ],
  };
}

function burning(slo: Slo, { factor, long, short }: BurnRate, minRequests: number): string {
  const series = (record: string) => `${record}{${sloMatchers(slo)}}`;
  const most = `${factor} * ${budget(slo.objective)}`;
  return [
    `${series(ratioOver(long))} > ${most}`,
    `${series(ratioOver(short))} > ${most}`,
    ...(minRequests > 0 ? [`${series(requestsOver(long))} * ${seconds(long)} >= ${minRequests}`] : []),
  ].join(' and ');
}

/** The share of requests that may fail. */
export function budget(objective: number): string {
  return String(Number((1 - objective / 100).toFixed(10)));
}

/** The share of bad requests that is a page when it lasts: the fastest burn, or the whole budget where none is so fast. */
export function pagedRatio(slo: Slo): string {
  const { objective, window = '30d' } = slo;
  const [fastest] = burnRates({ objective, window }, 'page', window);
  return String(Number(((fastest?.factor ?? 1) * Number(budget(objective))).toFixed(6)));
}

/** As Prometheus 3 writes bounds of buckets: whole numbers with a fraction of zero. */
function bucketOf(indicator: { readonly answeredWithinSeconds: number }): string {
  const { answeredWithinSeconds: bound } = indicator;
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

/**
 * More bad requests than the alert allows, twice as many; half as many, which is told to nobody; and fewer requests than are worth
 * telling.
 */
function burnTests(slo: Slo, severity: 'page' | 'ticket', rates: readonly BurnRate[]): AlertTest[] {
  const slowest = Math.min(...rates.map(({ factor }) => factor));
  const fastest = Math.max(...rates.map(({ factor }) => factor));
  const { minRequests = 100 } = slo;
  const usual = Math.max(1000, minRequests);
  const share = (factor: number) => Math.min(factor * Number(budget(slo.objective)), 1);
  const labels = { job: slo.of.metrics!.job, namespace: slo.of.namespace.name, slo: slo.name };
  // Later than the alert's own wait, and early enough to be quick.
  const until = severity === 'page' ? '20m' : '1h';
  return [
    {
      name: 'more requests are bad than the fast burn allows',
      series: traffic(slo, usual, share(2 * fastest)),
      firing: { [until]: [labels] },
    },
    {
      name: 'half as many are bad as the slow burn allows',
      series: traffic(slo, usual, share(slowest / 2)),
      firing: { [until]: [] },
    },
    ...(minRequests > 0
      ? [
          {
            name: 'all are bad, and there are next to none',
            series: traffic(slo, minRequests / 60, 1),
            firing: { '30m': [] },
          },
        ]
      : []),
  ];
}

/** The raw series of an hour: so many requests each minute, of which a share is bad. */
function traffic(slo: Slo, each: number, bad: number): Record<string, string> {
  const requests = checkSlo(slo);
  const labels = `job="${slo.of.metrics!.job}",namespace="${slo.of.namespace.name}"`;
  const perMinute = (rate: number) => `0+${Number((rate * each).toFixed(3))}x70`;
  if ('availability' in slo.indicator) {
    const status = (value: string) => `${requests.total}{${labels},${requests.failed.label}="${value}"}`;
    return { [status('200')]: perMinute(1 - bad), [status(requests.failed.example)]: perMinute(bad) };
  }
  const { metric } = requests.duration!;
  return {
    [`${metric}_count{${labels}}`]: perMinute(1),
    [`${metric}_bucket{${labels},le="${bucketOf(slo.indicator)}"}`]: perMinute(1 - bad),
  };
}

function failedMatcher({ failed }: RequestMetrics): string {
  return `${failed.label}=~"${failed.regex}"`;
}
