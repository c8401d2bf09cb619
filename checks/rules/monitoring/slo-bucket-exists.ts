import { recordings, usesOf } from '../../../simulate/monitoring/metric-chains';
import type { Query } from '../../../upstream/prometheus/query';
import {
  childrenOf,
  functionOf,
  queryOf,
  selectionsOf,
  syntaxNodes,
  unwrapped,
} from '../../../upstream/prometheus/query';
import type { Release } from '../../../upstream/prometheus/release';
import { bucketsOf } from '../../../world/histogram-buckets';
import { releaseOfRules } from '../../../world/prometheus-release';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (bound: string) => `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  annotations: { strata/metrics: http_request_duration_seconds, strata/buckets: 'http_request_duration_seconds=0.1,0.25,0.5,1' }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:1.2.0' }] }
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: web, namespace: shop }
spec:
  groups:
    - name: web
      rules:
        - record: web:fast_requests:rate5m
          expr: sum(rate(http_request_duration_seconds_bucket{le="${bound}"}[5m]))
`;

export default check({
  id: 'slo-bucket-exists',
  group: 'monitoring',
  description:
    'the bucket of a histogram that a rule or dashboard asks for by le="…" is one that the program has, and quantiles are compared with what buckets can tell',
  severity: 'will-break',
  needs: [],
  source: 'https://prometheus.io/docs/practices/histograms/',
  fix: 'ask for a bound that the histogram has, as Prometheus writes it (1.0, and not 1, from 3.0 on), or add the bucket to the program and to strata/buckets',
  example: {
    broken: manifests('0.3'),
    fails: ['PrometheusRule/shop/web spec.groups[0].rules[0].expr'],
    fixed: manifests('0.25'),
  },
  *judge(world) {
    for (const use of usesOf(world)) {
      const said = new Set<string>();
      for (const { metric, equal } of selectionsOf(queryOf(use.expr))) {
        const bound = equal['le'];
        if (bound === undefined || !metric?.endsWith('_bucket') || recordings(world).has(metric)) continue;
        const reason = problemOf(world, metric, bound, use.prometheus?.release ?? releaseOfRules(world));
        if (reason === undefined || said.has(reason)) continue;
        said.add(reason);
        const finding: Finding = {
          resource: use.resource,
          path: use.path,
          value: use.expr,
          message: `${use.name} asks for ${metric} with le="${bound}", and ${reason}: the query returns nothing`,
        };
        yield finding;
      }
      for (const reason of new Set(unreachable(world, queryOf(use.expr))))
        yield { resource: use.resource, path: use.path, value: use.expr, message: `${use.name}: ${reason}` };
    }
  },
});

/** Quantiles that are asked to be above all buckets: `BucketQuantile` in promql/quantile.go answers with the highest bound at most. */
function* unreachable(world: World, query: Query): Iterable<string> {
  const { root, text } = query;
  for (const operation of syntaxNodes(root, 'BinaryExpr')) {
    const [left, right] = [operation.firstChild, operation.lastChild].map((side) => side && unwrapped(side));
    const comparison = childrenOf(operation).find(({ name }) => name === 'Gtr' || name === 'Gte');
    const bound = right ? Number(text.slice(right.from, right.to) || 'none') : Number.NaN;
    if (!left || !comparison || Number.isNaN(bound) || left.name !== 'FunctionCall') continue;
    if (functionOf(left, text) !== 'histogram_quantile') continue;
    const metrics = selectionsOf(query)
      .filter(({ node }) => node.from >= left.from && node.to <= left.to)
      .map(({ metric }) => metric ?? '');
    const known = metrics.map((metric) =>
      metric.endsWith('_bucket') && !recordings(world).has(metric) ? bucketsOf(world, metric.slice(0, -7)) : undefined,
    );
    const highest = Math.max(...known.map((each) => (each ? Math.max(...each.bounds) : Number.POSITIVE_INFINITY)));
    if (metrics.length > 0 && (comparison.name === 'Gtr' ? bound >= highest : bound > highest))
      yield `the buckets of ${metrics.join(', ')} end at ${highest}, and no quantile is above that: ${text.slice(comparison.from, operation.to)} is never true`;
  }
}

function problemOf(world: World, metric: string, bound: string, release: Release): string | undefined {
  const number = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound);
  if (bound.trim() === '' || Number.isNaN(number)) return 'that is no number';
  const known = bucketsOf(world, metric.replace(/_bucket$/, ''));
  if (known && number !== Number.POSITIVE_INFINITY && !known.bounds.includes(number))
    return `${known.of} has buckets up to ${known.bounds.join(', ')}`;
  // `normalizeFloatsInLabelValues` in model/labels and textparse: since 3.0 whole numbers have a fraction.
  if (release.version && release.version.major >= 3 && /^\d+$/.test(bound))
    return `Prometheus ${release.version.major} writes that bound as ${bound}.0`;
  const [, plain] = /^\+?(\d*\.\d*?[1-9])0+$/.exec(bound) ?? [];
  if (plain !== undefined) return `bounds are written as short as they can be: ${Number(plain)}`;
  return undefined;
}
