/**
 * sloth as the oracle of constructs/monitoring/slo: the same objective by both, and the same histories of requests. The windows and factors
 * must be the same; and by promtool, which evaluates both for a day, the same alerts must fire at every step. Ours wait (`for`) and say
 * nothing where there are next to no requests: without both they must agree with sloth's, and with both they must fire only where those do.
 *
 *   npm run oracle:slo -- [COUNT] [SEED]     (needs Go, and promtool or PROMTOOL)
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlowEnd } from '../../constructs/core/flow';
import type { Alert } from '../../constructs/monitoring/alert';
import type { Slo } from '../../constructs/monitoring/slo';
import { sloAlerts, sloRecordings } from '../../constructs/monitoring/slo';
import { readContent } from '../../upstream/prometheus/yaml';
import { random } from './mutate';

const [, , promtool = '', sloth = '', count = '', seed = '', out = '', folder = ''] = process.argv;
const next = random(Number(seed));
const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;

/** Minutes from one sample and one evaluation to the next, and how many there are. */
const STEP = 2;
const STEPS = (24 * 60) / STEP;
const OBJECTIVES = [90, 99, 99.5, 99.9, 99.95, 99.99];
/** Requests each minute, and how many times the budget of them fails. */
const RATES = [0, 0.1, 1, 10, 1000];
const BURNS = [0, 0, 0.5, 0.9, 1.1, 2.5, 3.5, 5, 7, 13, 16, 50, 1000];
const LATENCY = 0.25;
const METRIC = 'http_requests_total';
const HISTOGRAM = 'http_request_duration_seconds';
const LABELS = 'job="web",namespace="shop"';

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}
interface Group {
  readonly name: string;
  readonly rules: readonly Rule[];
}
type Kind = 'availability' | 'latency';

const web = {
  app: 'web',
  namespace: { name: 'shop' },
  metrics: {
    job: 'web',
    requests: {
      total: METRIC,
      failed: { label: 'status', regex: '5..', example: '500' },
      duration: { metric: HISTOGRAM, buckets: [LATENCY] },
    },
  },
} as unknown as FlowEnd;

function sloOf(kind: Kind, objective: number, minRequests: number): Slo {
  const indicator = kind === 'availability' ? ({ availability: true } as const) : { answeredWithinSeconds: LATENCY };
  return { name: `web-${kind}`, of: web, indicator, objective, minRequests };
}

function slothGroups(kind: Kind, objective: number): Group[] {
  const total = kind === 'availability' ? METRIC : `${HISTOGRAM}_count`;
  const totalQuery = `sum(rate(${total}{${LABELS}}[{{.window}}]))`;
  const bad =
    kind === 'availability'
      ? `sum(rate(${METRIC}{${LABELS},status=~"5.."}[{{.window}}]))`
      : `${totalQuery} - sum(rate(${HISTOGRAM}_bucket{${LABELS},le="${LATENCY}"}[{{.window}}]))`;
  const spec = `
version: prometheus/v1
service: web
slos:
  - name: web-${kind}
    objective: ${objective}
    sli: ${JSON.stringify({ events: { error_query: bad, total_query: totalQuery } })}
    alerting: { name: Sloth, page_alert: { labels: { severity: page } }, ticket_alert: { labels: { severity: ticket } } }
`;
  const file = join(folder, 'spec.yaml');
  writeFileSync(file, spec);
  const text = execFileSync(sloth, ['generate', '-i', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return (readContent(text).content as { groups: Group[] }).groups;
}

/** Ours, once as they are and once without what sloth has not: alerts that wait, and the guard for few requests. */
function ourGroups(kind: Kind, objective: number): Group[] {
  const rules = (name: string, minRequests: number, wait: boolean): Group => {
    const slo = sloOf(kind, objective, minRequests);
    const renamed = (expr: string) => expr.replaceAll(`slo="${slo.name}"`, `slo="${name}"`);
    return {
      name,
      rules: [
        ...sloRecordings(slo, '30d').map((rule) => ({
          ...rule,
          expr: renamed(rule.expr),
          labels: { ...rule.labels, slo: name },
        })),
        ...sloAlerts(slo, '30d').map((alert: Alert) => ({
          alert: name,
          expr: renamed(alert.expr),
          ...(wait ? { for: alert.for } : {}),
          labels: { severity: alert.severity },
        })),
      ],
    };
  };
  return [rules('Bare', 0, false), rules('Ours', 100, true)];
}

/** `page 14.4 1h 5m`, for each pair of windows that alerts look at. */
function burnRates(groups: readonly Group[]): string[] {
  const found = groups.flatMap(({ rules }) =>
    rules.flatMap(({ alert, expr, labels }) => {
      if (alert === undefined) return [];
      // Each window with its factor, in either spelling.
      const compared = [...expr.matchAll(/ratio(?::|_)rate(\w+?)\{[^}]*\} > \(?([\d.]+) \*/g)];
      const factors = [...new Set(compared.map(([, , factor]) => factor!))];
      return factors.map((factor) => {
        const windows = compared.filter(([, , one]) => one === factor).map(([, window]) => window!);
        return `${labels?.['severity']} ${factor} ${windows.sort().join(' ')}`;
      });
    }),
  );
  return found.sort();
}

/** Counters of some stretches of time, each with its own rate and share of failures; of requests, and of those that are good and bad. */
function history(kind: Kind, objective: number): { readonly series: string; readonly values: string }[] {
  const counters = {
    total: [0, ''] as [number, string],
    bad: [0, ''] as [number, string],
    good: [0, ''] as [number, string],
  };
  const add = (counter: [number, string], each: number, steps: number) => {
    counter[1] += ` ${Number(counter[0].toFixed(6))}+${Number(each.toFixed(9))}x${steps - 1}`;
    counter[0] += each * steps;
  };
  for (let left = STEPS; left > 0; ) {
    const steps = Math.min(left, Math.ceil(next() ** 3 * STEPS) + 1);
    const requests = pick(RATES) * STEP;
    const bad = requests * Math.min(1, (pick(BURNS) * (100 - objective)) / 100);
    add(counters.total, requests, steps);
    add(counters.bad, bad, steps);
    add(counters.good, requests - bad, steps);
    left -= steps;
  }
  if (kind === 'latency')
    return [
      { series: `${HISTOGRAM}_count{${LABELS}}`, values: counters.total[1] },
      { series: `${HISTOGRAM}_bucket{${LABELS},le="${LATENCY}"}`, values: counters.good[1] },
    ];
  // Sometimes nothing has ever failed.
  return [
    { series: `${METRIC}{${LABELS},status="200"}`, values: counters.good[1] },
    ...(next() < 0.1 ? [] : [{ series: `${METRIC}{${LABELS},status="500"}`, values: counters.bad[1] }]),
  ];
}

const firing = (alert: string) => `max by (severity) (ALERTS{alertname="${alert}",alertstate="firing"})`;
/** How many steps each holds for; promtool prints it, as none of it is expected. */
const ASKED = {
  sloth: firing('Sloth'),
  bare: firing('Bare'),
  ours: firing('Ours'),
  'sloth alone': `${firing('Sloth')} unless ${firing('Bare')}`,
  'bare alone': `${firing('Bare')} unless ${firing('Sloth')}`,
  'ours alone': `${firing('Ours')} unless ${firing('Sloth')}`,
} as const;
type Asked = keyof typeof ASKED;

function evaluate(groups: readonly Group[], series: ReturnType<typeof history>): Record<Asked, number> {
  const end = `${STEPS * STEP}m`;
  const tests = {
    rule_files: ['rules.json'],
    evaluation_interval: `${STEP}m`,
    group_eval_order: groups.map(({ name }) => name),
    tests: [
      {
        interval: `${STEP}m`,
        input_series: series,
        promql_expr_test: Object.entries(ASKED).map(([name, expr]) => ({
          // The name comes back with the expression.
          expr: `label_replace(vector(0), "asked", "${name}", "", "") + on () group_left () sum(count_over_time((${expr})[${end}:${STEP}m]))`,
          eval_time: end,
          exp_samples: [],
        })),
      },
    ],
  };
  writeFileSync(join(folder, 'rules.json'), JSON.stringify({ groups }));
  writeFileSync(join(folder, 'tests.json'), JSON.stringify(tests));
  const { stdout, stderr, error } = spawnSync(promtool, ['test', 'rules', 'tests.json'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (error) throw error;
  const said = stdout + stderr;
  if (!/SUCCESS|FAILED/.test(said) || /parse error|unmarshal|error executing/i.test(said)) throw new Error(said);
  const steps = (name: string) => Number(new RegExp(`\\{asked="${name}"\\} ([\\dE.+]+)`).exec(said)?.[1] ?? 0);
  return Object.fromEntries(Object.keys(ASKED).map((name) => [name, steps(name)])) as Record<Asked, number>;
}

const disagreements: object[] = [];
const sum = { cases: 0, sloth: 0, bare: 0, ours: 0 };
const kinds: readonly Kind[] = ['availability', 'latency'];
const known = new Map<string, Group[]>();
for (let i = 0; i < Number(count); i++) {
  const [kind, objective] = [pick(kinds), pick(OBJECTIVES)];
  const key = `${kind} ${objective}`;
  if (!known.has(key)) {
    const [theirs, ours] = [slothGroups(kind, objective), ourGroups(kind, objective)];
    known.set(key, [...theirs, ...ours]);
    const [their, our] = [burnRates(theirs), burnRates([ours[1]!])];
    if (their.length !== 4 || their.join() !== our.join()) disagreements.push({ key, their, our });
  }
  const series = history(kind, objective);
  const steps = evaluate(known.get(key)!, series);
  if (steps['sloth alone'] > 0 || steps['bare alone'] > 0 || steps['ours alone'] > 0)
    disagreements.push({ key, series, steps });
  sum.cases++;
  for (const name of ['sloth', 'bare', 'ours'] as const) sum[name] += steps[name];
}
writeFileSync(out, JSON.stringify(disagreements, null, 2));
console.log(
  `${sum.cases} histories of a day: sloth fires at ${sum.sloth} steps, ours without waiting at ${sum.bare}, ours at ${sum.ours}; ${disagreements.length} disagreements`,
);
if (sum.sloth === 0) console.log('nothing fired: this shows nothing');
process.exitCode = disagreements.length > 0 || sum.sloth === 0 ? 1 : 0;
