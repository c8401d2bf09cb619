import { near } from '../../../model/near';
import type { World } from '../../../world/world';
import type { Judgement } from '../../check';
import { check } from '../../check';
import type { Use } from '../../metric-chains';
import {
  chainsOf,
  declaredMetrics,
  jobsAreKnown,
  jobsOf,
  recordings,
  scrapeConfigs,
  usesOf,
} from '../../metric-chains';

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

/** What Prometheus makes itself, and what exporters expose that everybody runs. */
const WELL_KNOWN =
  /^(up|ALERTS|ALERTS_FOR_STATE|scrape_\w+|go_\w+|process_\w+|promhttp_\w+|prometheus_\w+|alertmanager_\w+|node_\w+|kube_\w+|kubelet_\w+|container_\w+|machine_\w+|cadvisor_\w+|apiserver_\w+|etcd_\w+|coredns_\w+|rest_client_\w+|workqueue_\w+|probe_\w+)$/;

export default check({
  id: 'metric-exists',
  group: 'monitoring',
  description: 'the series and jobs that alerts, rules and dashboards read are recorded or scraped',
  severity: 'advice',
  needs: ['elsewhere'],
  source: 'https://prometheus.io/docs/concepts/jobs_instances/',
  fix: 'name a series or job that there is, or add the rule or job',
  example: {
    broken: manifests('wbe'),
    fails: ['ConfigMap/shop/prometheus data["rules.yml"]'],
    fixed: manifests('web'),
  },
  *judge(world) {
    const unknown = new Map<string, { readonly use: Use; readonly metrics: Set<string> }>();
    for (const use of usesOf(world)) {
      yield* judgeUse(world, use, (metric) => {
        const key = `${world.idOf(use.resource)} ${use.path[1] ?? ''}`;
        const there = unknown.get(key);
        if (there) there.metrics.add(metric);
        else unknown.set(key, { use, metrics: new Set([metric]) });
      });
    }
    for (const { use, metrics } of unknown.values()) {
      const names = [...metrics].sort();
      yield {
        resource: use.resource,
        path: use.path,
        verdict: 'unknown',
        message: `whether something exposes ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''} is not known; annotate what does, judged or declared, with strata/metrics: its metrics, or beginnings of them with a star`,
      };
    }
  },
});

function* judgeUse(world: World, use: Use, open: (metric: string) => void): Iterable<Judgement> {
  const { resource, path, expr, name, prometheus } = use;
  const at = { resource, path, value: expr };
  const said = new Set<string>();
  for (const { selection, recordedBy, job } of chainsOf(world, use)) {
    const { metric, equal } = selection;
    const wanted = equal['job'];
    if (prometheus && wanted !== undefined && !said.has(wanted)) {
      said.add(wanted);
      const names = [...jobsOf(world, prometheus).keys()];
      if (!job && recordedBy.length === 0 && wanted !== '' && jobsAreKnown(prometheus)) {
        yield {
          ...at,
          message: `${name} reads series of job ${wanted}, which Prometheus does not have (it has: ${names.join(', ') || 'none'}): it reads nothing${near(wanted, names)}`,
        };
        continue;
      }
      if (job && job.blocked.length > 0 && job.blocked.length === job.scrapes.length) {
        const { target } = job.blocked[0]!;
        yield {
          ...at,
          causedBy: { check: 'scrape-flow-allowed', resource: prometheus.configuration.resource },
          message: `${name} reads series of job ${wanted}, and policies keep Prometheus from ${world.idOf(target.workload.resource)} port ${target.number}: of it there is nothing but up = 0`,
        };
      }
    }
    if (metric === undefined || recordedBy.length > 0 || said.has(`series ${metric}`)) continue;
    said.add(`series ${metric}`);
    if (metric.includes(':')) yield* judgeRecorded(world, use, metric);
    else if (!WELL_KNOWN.test(metric) && !recordings(world).has(metric)) yield* judgeExposed(world, use, metric, open);
  }
}

/** By custom only recorded series have a colon in their names. */
function* judgeRecorded(
  world: World,
  { resource, path, expr, name, prometheus }: Use,
  metric: string,
): Iterable<Judgement> {
  const all = recordings(world);
  // A rule that reads its own result.
  if (all.has(metric)) return;
  // Another Prometheus' series come by federation or remote write.
  const whole =
    prometheus !== undefined &&
    prometheus.rules.length > 0 &&
    !scrapeConfigs(prometheus).some(
      (config) => config['honor_labels'] === true || String(config['metrics_path'] ?? '').includes('federate'),
    );
  const meant = near(metric, [...all.keys()]);
  yield {
    resource,
    path,
    value: expr,
    verdict: whole ? 'fail' : 'unknown',
    message: whole
      ? `${name} reads ${metric}, which no rule records: it reads nothing${meant}`
      : `${name} reads ${metric}, which none of the rules here records${meant}; judge the rules of its Prometheus along`,
  };
}

/** A family of which somebody said what belongs to it has nothing else. */
function* judgeExposed(
  world: World,
  { resource, path, expr, name }: Use,
  metric: string,
  open: (metric: string) => void,
): Iterable<Judgement> {
  const declared = declaredMetrics(world);
  // The series of a histogram or summary go by its name.
  const names = [metric, metric.replace(/_(bucket|sum|count)$/, '')];
  if (
    declared.some((pattern) =>
      names.some((own) => (pattern.endsWith('*') ? own.startsWith(pattern.slice(0, -1)) : own === pattern)),
    )
  )
    return;
  const family = `${metric.split('_')[0]}_`;
  const relatives = declared.filter((pattern) => pattern.startsWith(family) && !pattern.endsWith('*'));
  if (relatives.length === 0) open(metric);
  else
    yield {
      resource,
      path,
      value: expr,
      message: `${name} reads ${metric}, which is none of the metrics that are declared (strata/metrics): it reads nothing${near(metric, relatives)}`,
    };
}
