import { misspellingOf } from '../../../model/misspelling';
import { didYouMean, near } from '../../../model/near';
import type { Use } from '../../../simulate/monitoring/metric-chains';
import {
  chainsOf,
  jobsAreKnown,
  jobsOf,
  recordings,
  scrapeConfigs,
  undeclaredAmong,
  usesOf,
} from '../../../simulate/monitoring/metric-chains';
import { jobsOfMonitors } from '../../../world/monitors';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (job: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: prometheus, namespace: shop }
data:
  prometheus.yml: |
    rule_files: [rules.yml]
    scrape_configs:
      - job_name: web
        static_configs: [{ targets: ['web:9100'] }]
  rules.yml: |
    groups:
      - name: web
        rules:
          - alert: WebIsDown
            expr: up{job="${job}"} == 0
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
`;

export default check({
  id: 'metric-exists',
  group: 'monitoring',
  description: 'the series and jobs in the queries of alerts, rules and dashboards are recorded or scraped',
  severity: 'advice',
  needs: ['external'],
  source: 'https://prometheus.io/docs/concepts/jobs_instances/',
  fix: 'use an existing series or job, or add the rule or job',
  example: {
    broken: manifests('wbe'),
    fails: ['ConfigMap/shop/prometheus data["rules.yml"]'],
    fixed: manifests('web'),
  },
  *judge(world) {
    const unknown = new Map<string, { readonly use: Use; readonly metrics: Set<string> }>();
    const said = new Map<string, { readonly first: Said; readonly by: Map<string, Set<string>> }>();
    for (const use of usesOf(world)) {
      const open = (metric: string) => {
        const key = `${world.idOf(use.resource)} ${use.path[1] ?? ''}`;
        const there = unknown.get(key);
        if (there) there.metrics.add(metric);
        else unknown.set(key, { use, metrics: new Set([metric]) });
      };
      for (const found of judgeUse(world, use, open)) {
        const key = `${world.idOf(use.resource)} ${found.verdict ?? ''} ${found.says}`;
        const group = said.get(key) ?? { first: found, by: new Map<string, Set<string>>() };
        const places = group.by.get(use.name) ?? new Set();
        if (use.place !== undefined) places.add(use.place);
        group.by.set(use.name, places);
        said.set(key, group);
      }
    }
    for (const { first, by } of said.values()) yield findingOf(first, by);
    for (const { use, metrics } of unknown.values()) {
      const names = [...metrics].sort();
      const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
      yield {
        resource: use.resource,
        path: use.path,
        verdict: 'unknown',
        message: `whether any workload exposes ${names.slice(0, 5).join(', ')}${more} is not known; list its metrics in the annotation strata/metrics of a workload or Service that is judged or declared (a trailing * matches a prefix)`,
      };
    }
  },
});

/** What is wrong with a use, without who uses it: many panels may query the same series. */
interface Said {
  readonly use: Use;
  readonly says: string;
  readonly verdict?: 'unknown';
  readonly causedBy?: Finding['causedBy'];
}

const MANY = 5;

function findingOf({ use, says, verdict, causedBy }: Said, by: ReadonlyMap<string, ReadonlySet<string>>): Finding {
  const users = [...by].map(([name, places]) =>
    places.size === 0 ? name : `${name} (${places.size === 1 ? 'panel' : 'panels'} ${some([...places])})`,
  );
  return {
    resource: use.resource,
    path: use.path,
    value: use.expr,
    ...(verdict ? { verdict } : {}),
    ...(causedBy ? { causedBy } : {}),
    message: `${some(users)} ${users.length === 1 ? 'queries' : 'query'} ${says}`,
  };
}

function some(names: readonly string[]): string {
  const more = names.length > MANY ? ` and ${names.length - MANY} more` : '';
  return `${names.slice(0, MANY).join(', ')}${more}`;
}

function* judgeUse(world: World, use: Use, open: (metric: string) => void): Iterable<Said> {
  const { prometheus } = use;
  const reported = new Set<string>();
  for (const { selection, recordedBy, job } of chainsOf(world, use)) {
    const { metric, equal } = selection;
    const wanted = equal['job'];
    if (prometheus && wanted !== undefined && !reported.has(wanted)) {
      reported.add(wanted);
      const names = [...jobsOf(world, prometheus).keys()];
      if (!job && recordedBy.length === 0 && wanted !== '' && jobsAreKnown(prometheus)) {
        yield {
          use,
          says: `job ${wanted}, which Prometheus does not scrape (it scrapes: ${names.join(', ') || 'none'}): the query returns nothing${near(wanted, names)}`,
        };
        continue;
      }
      if (job && job.blocked.length > 0 && job.blocked.length === job.scrapes.length) {
        const { target } = job.blocked[0]!;
        yield {
          use,
          causedBy: { check: 'scrape-flow-allowed', resource: prometheus.configuration.resource },
          says: `job ${wanted}, and policies do not allow Prometheus to connect to ${world.idOf(target.workload.resource)} port ${target.number}: the only series of the job is up = 0`,
        };
      }
    }
    // Of rules that the operator loads, only what is certainly misspelt: which Prometheus scrapes what else is not known.
    if (!prometheus && wanted && recordedBy.length === 0 && !reported.has(`job ${wanted}`)) {
      reported.add(`job ${wanted}`);
      const names = jobsOfMonitors(world);
      const meant = names.includes(wanted) ? [] : misspellingOf(wanted, names);
      if (meant.length > 0)
        yield {
          use,
          says: `job ${wanted}, which no ServiceMonitor, PodMonitor or Probe here makes: the query returns nothing${didYouMean(meant)}`,
        };
    }
    if (metric === undefined || reported.has(`series ${metric}`)) continue;
    reported.add(`series ${metric}`);
    if (metric.includes(':')) yield* judgeRecorded(world, use, metric);
    else yield* judgeExposed(world, use, metric, open);
  }
}

/** By convention only recorded series have a colon in their names. */
function* judgeRecorded(world: World, use: Use, metric: string): Iterable<Said> {
  const { prometheus } = use;
  const all = recordings(world);
  // A rule may query its own result.
  if (all.has(metric)) return;
  // Federation and remote write bring series of another Prometheus.
  const whole =
    prometheus !== undefined &&
    !scrapeConfigs(prometheus).some(
      (config) => config['honor_labels'] === true || String(config['metrics_path'] ?? '').includes('federate'),
    );
  const meant = near(metric, [...all.keys()]);
  if (whole) yield { use, says: `${metric}, which no rule records: the query returns nothing${meant}` };
  else
    yield {
      use,
      verdict: 'unknown',
      says: `${metric}, which none of the rules here records${meant}; judge the rules of its Prometheus too`,
    };
}

/** Once a workload declares metrics of a family (`http_…`), the family has no others. */
function* judgeExposed(world: World, use: Use, metric: string, open: (metric: string) => void): Iterable<Said> {
  const relatives = undeclaredAmong(world, metric);
  if (relatives === undefined) return;
  if (relatives.length === 0) open(metric);
  else
    yield {
      use,
      says: `${metric}, which is not among the declared metrics (strata/metrics): the query returns nothing${near(metric, relatives)}`,
    };
}
