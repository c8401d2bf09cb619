import type { SyntaxNode } from '@lezer/common';
import { pathText } from '../../../manifests/resource';
import { recordings, usesOf } from '../../../simulate/monitoring/metric-chains';
import type { Query } from '../../../upstream/prometheus/query';
import {
  argumentsOf,
  childrenOf,
  functionOf,
  queryOf,
  selectionsOf,
  syntaxNodes,
  unwrapped,
} from '../../../upstream/prometheus/query';
import { droppedLabels } from '../../../upstream/prometheus/result-labels';
import { check } from '../../check';
import { impossibleShares } from '../../promql-shares';
import { impossibleValues } from '../../promql-values';

const manifests = (expr: string) => `
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: web, namespace: shop }
spec:
  groups:
    - name: web
      rules:
        - alert: WebIsSlow
          expr: ${expr}
`;

const COUNTER_ONLY: ReadonlySet<string> = new Set(['rate', 'irate', 'increase', 'resets']);
const GAUGE_ONLY: ReadonlySet<string> = new Set(['delta', 'idelta', 'deriv', 'predict_linear']);
/** Well-known gauges of widespread exporters. */
const GAUGES =
  /^(up|ALERTS|go_goroutines|process_resident_memory_bytes|process_open_fds|node_load(1|5|15)|node_memory_\w+_bytes|node_filesystem_(avail|free|size)_bytes|container_memory_(working_set|usage)_bytes|container_memory_rss|kube_pod_status_(phase|ready)|kube_(deployment|statefulset|replicaset)_(spec|status)_replicas\w*|redis_up|redis_connected_clients|redis_memory_used_bytes)$/;
const COUNTER = /_total$/;

export default check({
  id: 'promql-meaning',
  group: 'monitoring',
  description: 'a valid expression can return the result that it is written for',
  severity: 'advice',
  needs: [],
  source: 'https://prometheus.io/docs/prometheus/latest/querying/functions/',
  fix: 'use rate and increase for counters, aggregate after rate, keep the label le for quantiles, add on(…) where labels differ, and divide a part by all of it',
  example: {
    broken: manifests('histogram_quantile(0.99, sum by (job) (rate(http_request_duration_seconds_bucket[5m]))) > 0.5'),
    fails: ['PrometheusRule/shop/web spec.groups[0].rules[0].expr'],
    fixed: manifests(
      'histogram_quantile(0.99, sum by (job, le) (rate(http_request_duration_seconds_bucket[5m]))) > 0.5',
    ),
  },
  *judge(world) {
    const said = new Set<string>();
    const recordedBy = (metric: string) => {
      const rules = recordings(world).get(metric) ?? [];
      return rules.length === 1 ? rules[0]!.expr : undefined;
    };
    for (const { resource, path, expr, name, recorded } of usesOf(world)) {
      const context = { recorded, isAlert: name.startsWith('alert '), recordedBy };
      for (const reason of [...reasons(queryOf(expr)), ...impossibleShares(queryOf(expr), context)]) {
        // Several panels may have the same expression.
        const key = `${world.idOf(resource)} ${pathText(path)} ${name} ${reason}`;
        if (!said.has(key)) yield { resource, path, value: expr, message: `${name}: ${reason}` };
        said.add(key);
      }
    }
  },
});

function* reasons(query: Query): Iterable<string> {
  const { root, text } = query;
  const words = (node: SyntaxNode) => text.slice(node.from, node.to);
  for (const call of syntaxNodes(root, 'FunctionCall')) {
    const name = functionOf(call, text) ?? '';
    const operands = argumentsOf(call);
    const ranged = operands.find(({ name: kind }) => kind === 'MatrixSelector' || kind === 'SubqueryExpr');
    if (ranged?.name === 'MatrixSelector') {
      const metric = selectionsOf(query).find(({ node }) => node.from >= ranged.from && node.to <= ranged.to)?.metric;
      if (metric !== undefined && COUNTER_ONLY.has(name) && GAUGES.test(metric))
        yield `${name} is for counters, and ${metric} is a gauge: each decrease counts as a counter reset and is added`;
      if (metric !== undefined && GAUGE_ONLY.has(name) && COUNTER.test(metric))
        yield `${name} is for gauges, and ${metric} is a counter: after a counter reset the result is far below zero`;
    }
    if (ranged?.name === 'SubqueryExpr' && COUNTER_ONLY.has(name)) {
      const inner = ranged.firstChild;
      if (
        inner?.name === 'AggregateExpr' &&
        selectionsOf(query).some(
          ({ node, metric }) =>
            node.parent?.parent?.from === inner.from && node.to < inner.to && COUNTER.test(metric ?? ''),
        )
      )
        yield `${name} of ${words(inner)} counts a reset of one counter as a reset of the aggregate: apply ${name} first and aggregate the result`;
    }
    const quantiles = name === 'histogram_quantile' ? operands[1] : undefined;
    if (
      quantiles?.name === 'AggregateExpr' &&
      selectionsOf(query).some(
        ({ node, metric }) => node.from >= quantiles.from && node.to <= quantiles.to && metric?.endsWith('_bucket'),
      )
    ) {
      const labels = grouping(quantiles, text);
      if (labels && labels.kept !== labels.names.includes('le'))
        yield `${words(quantiles).slice(0, 60)} drops the label le, without which there are no buckets: histogram_quantile returns nothing`;
    }
  }
  for (const operation of syntaxNodes(root, 'BinaryExpr')) {
    if (operation.getChild('MatchingModifierClause')) continue;
    const [left, right] = [operation.firstChild, operation.lastChild].map((side) =>
      side ? grouping(unwrapped(side), text) : undefined,
    );
    if (!left?.kept || !right?.kept || childrenOf(operation).some(({ name }) => ['Or', 'Unless'].includes(name)))
      continue;
    // A missing label counts as empty, so the two sides match only if they group by the same labels.
    const [a, b] = [left.names, right.names].map((names) => [...names].sort().join(', '));
    if (a !== b)
      yield `one side has the labels (${a}) and the other (${b}), and without on(…) only series with the same labels match: there are none, so it returns nothing`;
  }
  yield* dropped(query);
  yield* impossibleValues(query);
}

function* dropped(query: Query): Iterable<string> {
  for (const { label, asks, of } of droppedLabels(query)) {
    const follows = asks.startsWith('on')
      ? 'no series of the other side matches one without it, so it returns nothing'
      : asks.startsWith('by')
        ? 'all series fall into one group with an empty value'
        : 'it replaces nothing';
    yield `${asks} needs the label ${label}, and the series of ${of} do not have it: ${follows}`;
  }
}

/** The labels that an aggregation keeps or drops; undefined for another expression or operator. */
function grouping(
  node: SyntaxNode,
  text: string,
): { readonly kept: boolean; readonly names: readonly string[] } | undefined {
  if (node.name !== 'AggregateExpr') return undefined;
  // topk and its kind keep the series as they are, count_values adds a label.
  if (/^(topk|bottomk|limitk|limit_ratio|count_values)\b/i.test(text.slice(node.from, node.to))) return undefined;
  const modifier = node.getChild('AggregateModifier');
  if (!modifier) return { kept: true, names: [] };
  return {
    kept: modifier.getChild('By') !== null,
    names: syntaxNodes(modifier, 'LabelName').map(({ from, to }) => text.slice(from, to)),
  };
}
