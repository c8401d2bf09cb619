import type { SyntaxNode } from '@lezer/common';
import { jobsAreKnown, type Use, usesOf } from '../../../simulate/monitoring/metric-chains';
import { INTERVALS } from '../../../simulate/monitoring/prometheus-readers';
import { evaluatorsOf, mayNarrow, sampleSources } from '../../../simulate/monitoring/sample-sources';
import { durationText } from '../../../upstream/prometheus/duration';
import type { Query, Selection } from '../../../upstream/prometheus/query';
import {
  argumentsOf,
  askedLabels,
  functionOf,
  queryOf,
  selectionsOf,
  syntaxNodes,
} from '../../../upstream/prometheus/query';
import { durationAt } from '../../../upstream/prometheus/ranges';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (range: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: prometheus, namespace: shop }
data:
  prometheus.yml: |
    global: { scrape_interval: 60s }
    rule_files: [rules.yml]
    scrape_configs:
      - job_name: web
        static_configs: [{ targets: ['web:9100'] }]
  rules.yml: |
    groups:
      - name: web
        rules:
          - alert: WebFails
            expr: rate(http_requests_total{code="500"}[${range}]) > 1
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: prometheus, namespace: shop }
spec:
  selector: { matchLabels: { app: prometheus } }
  template:
    metadata: { labels: { app: prometheus } }
    spec:
      containers: [{ name: prometheus, image: 'prom/prometheus:v3.5.0', volumeMounts: [{ name: config, mountPath: /etc/prometheus }] }]
      volumes: [{ name: config, configMap: { name: prometheus } }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, annotations: { strata/metrics: http_requests_total } }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:1.2.0', ports: [{ containerPort: 9100 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 9100 }] }
`;

/** They compare samples: of one they return nothing, the last two 0 (promql/functions.go). */
const OF_TWO =
  /^(rate|increase|irate|delta|idelta|deriv|predict_linear|double_exponential_smoothing|holt_winters|changes|resets)$/;
const ZERO_OF_ONE = /^(changes|resets)$/;

const OF_ALERTS = /^ALERTS(_FOR_STATE)?$/;

export default check({
  id: 'range-holds-samples',
  group: 'monitoring',
  description:
    'the range of a query holds the samples that its function needs: two scrapes for rate, one for avg_over_time',
  severity: 'advice',
  needs: ['external'],
  source: 'https://prometheus.io/docs/prometheus/latest/querying/functions/',
  fix: 'make the range four times the interval from one sample to the next, so that one scrape may fail, or let the job be scraped more often',
  example: {
    broken: manifests('1m'),
    fails: ['ConfigMap/shop/prometheus data["rules.yml"]'],
    fixed: manifests('4m'),
  },
  *judge(world) {
    for (const use of usesOf(world)) {
      if (use.hasOpenRange) continue;
      const said = new Set<string>();
      for (const { message, verdict } of problemsOf(world, use)) {
        if (said.has(message)) continue;
        said.add(message);
        yield {
          resource: use.resource,
          path: use.path,
          value: use.expr,
          message: `${use.name}: ${message}`,
          ...(verdict ? { verdict } : {}),
        };
      }
    }
  },
});

interface Problem {
  readonly message: string;
  readonly verdict?: 'unknown';
}

/** A function that reads a range. */
interface Reading {
  readonly name: string;
  /** `[30s]`, as it is written. */
  readonly written: string;
  readonly range: number;
  readonly needed: 1 | 2;
}

function* problemsOf(world: World, use: Use): Iterable<Problem> {
  const query = queryOf(use.expr);
  const { root, text } = query;
  for (const call of syntaxNodes(root, 'FunctionCall')) {
    const name = functionOf(call, text) ?? '';
    const ranged = argumentsOf(call)
      .map(movedFrom)
      .find(({ name: kind }) => /^(MatrixSelector|SubqueryExpr)$/.test(kind));
    const [first, step] = ranged?.getChildren('DurationExpr') ?? [];
    const range = durationAt(first ?? null, text);
    if (!ranged || !first || range === undefined) continue;
    const needed = OF_TWO.test(name) ? 2 : 1;
    const reading: Reading = { name, written: text.slice(ranged.firstChild!.to, ranged.to), range, needed };
    if (ranged.name === 'SubqueryExpr') {
      const evaluation = evaluatorsOf(world, use).map((reader) => reader.evaluation)[0];
      const apart = step ? durationAt(step, text) : evaluation;
      if (apart !== undefined && isTooShort(reading, apart))
        yield {
          message: `${shortOf(reading, apart)} of its subquery, one every ${durationText(apart)}: ${endOf(reading, apart)}`,
        };
      continue;
    }
    const selection = selectionsOf(query).find(({ node }) => node.from === ranged.from);
    if (selection) yield* ofSelection(world, use, query, selection, reading);
  }
}

/** What stands before `offset`, `@` and the like. */
function movedFrom(node: SyntaxNode): SyntaxNode {
  return /^(OffsetExpr|StepInvariantExpr|ParenExpr)$/.test(node.name) && node.firstChild
    ? movedFrom(node.firstChild)
    : node;
}

function* ofSelection(world: World, use: Use, query: Query, selection: Selection, reading: Reading): Iterable<Problem> {
  const { metric = 'the series' } = selection;
  const groups = sampleSources(world, use, selection);
  const slow = groups.filter((sources) =>
    sources.every(({ interval }) => interval !== undefined && isTooShort(reading, interval)),
  );
  if (
    slow.length > 0 &&
    (slow.length === groups.length || !mayNarrow(askedLabels(selection, query).map(({ label }) => label)))
  ) {
    for (const sources of slow) {
      const { by, interval } = sources.toSorted((a, b) => a.interval! - b.interval!)[0]!;
      yield {
        message: `${shortOf(reading, interval!)} of ${metric}, which comes by ${by} every ${durationText(interval!)}: ${endOf(reading, interval!)}`,
      };
    }
    return;
  }
  const isOpen =
    groups.length === 0 || groups.some((sources) => sources.every(({ interval }) => interval === undefined));
  // Of a dashboard nobody says which Prometheus it asks.
  if (!isOpen || !/^(rule|alert) /.test(use.name) || selection.metric === undefined || OF_ALERTS.test(selection.metric))
    return;
  // A job that is not there is told by metric-exists.
  if (use.prometheus && selection.equal['job'] !== undefined && jobsAreKnown(use.prometheus)) return;
  const intervals = evaluatorsOf(world, use).map(({ interval }) => interval);
  const usual =
    intervals.length > 0 ? Math.min(...intervals) : use.prometheus ? INTERVALS.configured : INTERVALS.operated;
  if (isTooShort(reading, usual))
    yield {
      message: `whether ${reading.written} holds ${amount(reading)} of ${metric} is not known: which job brings it, and how often, is not known here${intervals.length > 0 ? `, and ${durationText(usual)} is the interval of most` : ''}; list it in the annotation strata/metrics of what exposes it`,
      verdict: 'unknown',
    };
}

function isTooShort({ range, needed }: Reading, apart: number): boolean {
  return range < needed * apart;
}

const amount = ({ needed }: Reading) => (needed === 2 ? 'two samples' : 'a sample');

function shortOf(reading: Reading, apart: number): string {
  const { name, written, range, needed } = reading;
  const how = needed === 2 && range <= apart ? 'never' : 'not always';
  return `${name} needs ${amount(reading)}, and ${written} ${how} holds ${needed === 2 ? 'two' : 'one'}`;
}

function endOf({ name, range, needed }: Reading, apart: number): string {
  if (ZERO_OF_ONE.test(name)) return range <= apart ? 'it counts nothing' : 'it misses what is between two of them';
  if (name === 'absent_over_time') return 'it says in between that the series is absent';
  return needed === 2 && range <= apart ? 'it returns nothing' : 'the result comes and goes';
}
