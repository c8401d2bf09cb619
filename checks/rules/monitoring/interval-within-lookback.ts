import type { Path, Resource } from '../../../manifests/resource';
import type { Use } from '../../../simulate/monitoring/metric-chains';
import { usesOf } from '../../../simulate/monitoring/metric-chains';
import type { PrometheusReader, StatedInterval } from '../../../simulate/monitoring/prometheus-readers';
import { LOOKBACK, prometheusReaders, scrapedEndpoints } from '../../../simulate/monitoring/prometheus-readers';
import { evaluationOf, evaluatorsOf, isTaken } from '../../../simulate/monitoring/sample-sources';
import { durationText } from '../../../upstream/prometheus/duration';
import { queryOf, selectionsOf } from '../../../upstream/prometheus/query';
import { durationAt } from '../../../upstream/prometheus/ranges';
import { operatorObjects } from '../../../world/alertmanager';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (interval: string) => `
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: { name: main, namespace: shop }
spec: { podMonitorSelector: {} }
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: { name: web, namespace: shop }
spec: { selector: { matchLabels: { app: web } }, podMetricsEndpoints: [{ port: metrics, interval: ${interval} }] }
`;

export default check({
  id: 'interval-within-lookback',
  group: 'monitoring',
  description:
    'series are scraped and recorded before Prometheus takes their last sample for too old: every five minutes, or as often as --query.lookback-delta says',
  severity: 'advice',
  needs: ['external'],
  source: 'https://prometheus.io/docs/prometheus/latest/querying/basics/',
  fix: 'scrape or record at least every two minutes, so that one failure leaves no gap; or raise --query.lookback-delta',
  example: {
    broken: manifests('10m'),
    fails: ['PodMonitor/shop/web spec.podMetricsEndpoints[0].interval'],
    fixed: manifests('2m'),
  },
  *judge(world) {
    for (const reader of prometheusReaders(world)) yield* ofJobs(world, reader);
    yield* ofUnselected(world);
    yield* ofRules(world);
  },
});

function* ofJobs(world: World, reader: PrometheusReader): Iterable<Finding> {
  const { lookback, interval, sources, stated } = reader;
  if (lookback === undefined) return;
  for (const [resource, jobs] of sources)
    for (const { path, every, interval: own } of jobs)
      if (own !== undefined && own > lookback) {
        // What else it may be selected by is another Prometheus'.
        const isCertain = operatorSelected(resource) ? isTaken(world, reader, resource) : true;
        yield {
          ...longer({ resource, path, every }, 'the job is scraped', own, lookback),
          ...(isCertain ? {} : { verdict: 'unknown' as const }),
        };
      }
  const byDefault = [...sources.values()].flat().some(({ every }) => every === undefined);
  if (byDefault && interval > lookback) yield longer(stated.interval, 'jobs are scraped', interval, lookback);
}

function operatorSelected({ kind }: Resource): boolean {
  return kind !== 'ConfigMap' && kind !== 'Secret';
}

/** Monitors of a Prometheus that is not known here. */
function* ofUnselected(world: World): Iterable<Finding> {
  const known = new Set(prometheusReaders(world).flatMap(({ sources }) => [...sources.keys()]));
  for (const kind of ['ServiceMonitor', 'PodMonitor', 'Probe', 'ScrapeConfig'])
    for (const resource of operatorObjects(world, kind)) {
      if (known.has(resource)) continue;
      for (const { path, every, interval } of scrapedEndpoints(resource))
        if (interval !== undefined && interval > LOOKBACK)
          yield { ...longer({ resource, path, every }, 'it is scraped', interval, LOOKBACK), verdict: 'unknown' };
    }
}

function* ofRules(world: World): Iterable<Finding> {
  const said = new Set<string>();
  for (const use of usesOf(world)) {
    const interval = evaluationOf(world, use);
    if (use.recorded === undefined || interval === undefined) continue;
    const evaluators = evaluatorsOf(world, use);
    const lookbacks = evaluators.map(({ lookback }) => lookback ?? Number.POSITIVE_INFINITY);
    const lookback = lookbacks.length > 0 ? Math.min(...lookbacks) : LOOKBACK;
    if (interval <= lookback || !isSeenAtOnce(world, use.recorded, interval)) continue;
    const at: StatedInterval =
      use.every === undefined ? evaluators[0]!.stated.evaluation : { ...use, path: groupPath(use), every: use.every };
    const key = `${world.idOf(at.resource)} ${at.path.join()} ${at.every}`;
    if (said.has(key)) continue;
    said.add(key);
    yield {
      ...longer(at, `${use.recorded} is recorded`, interval, lookback),
      ...(evaluators.length > 0 ? {} : { verdict: 'unknown' as const }),
    };
  }
}

function groupPath({ resource, path }: Use): Path {
  // spec.groups[i].rules[j].expr
  return resource.kind === 'PrometheusRule' ? [...path.slice(0, 3), 'interval'] : path;
}

/** Whether somebody asks for the newest sample, and not for those of a range that holds one; or nobody here asks. */
function isSeenAtOnce(world: World, metric: string, interval: number): boolean {
  const asked = usesOf(world).flatMap(({ expr }) => {
    const query = queryOf(expr);
    return selectionsOf(query).flatMap((selection) => (selection.metric === metric ? [{ query, ...selection }] : []));
  });
  return (
    asked.length === 0 ||
    asked.some(({ query, node }) => {
      const ranged = node.parent?.name === 'MatrixSelector' ? node.parent : undefined;
      return !ranged || (durationAt(ranged.getChild('DurationExpr'), query.text) ?? interval) < interval;
    })
  );
}

function longer({ resource, path, every }: StatedInterval, what: string, interval: number, lookback: number): Finding {
  return {
    resource,
    path,
    value: every,
    message: `${what} every ${durationText(interval)}, and a sample that is older than ${durationText(lookback)} is not seen: the series are absent for ${durationText(interval - lookback)} of it, alerts on them end and \`for\` begins anew`,
  };
}
