import type { SyntaxNode } from '@lezer/common';
import type { Resource } from '../../../manifests/resource';
import { record, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { near } from '../../../model/near';
import { metricsOfWorkload } from '../../../simulate/monitoring/exposers';
import { jobsAreKnown, jobsOf, undeclaredAmong } from '../../../simulate/monitoring/metric-chains';
import type { Selection } from '../../../upstream/prometheus/query';
import { queryOf, selectionsOf, syntaxNodes, unwrapped } from '../../../upstream/prometheus/query';
import { resultLabels } from '../../../upstream/prometheus/result-labels';
import type { DiscoveryRule, WantedResource } from '../../../upstream/prometheus-adapter/rules';
import { apiNameOf, filledQuery, givingOf, labelOf, takesSeries } from '../../../upstream/prometheus-adapter/rules';
import { hpasOf } from '../../../world/autoscalers';
import type { AdaptedMetric, MetricsAdapter } from '../../../world/metrics-adapters';
import { adaptedMetricsOf, adapterServing, GROUP_OF } from '../../../world/metrics-adapters';
import { allows, areAllGrants, grantsOf } from '../../../world/rights';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (metric: string) => `
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1beta2.custom.metrics.k8s.io }
spec: { group: custom.metrics.k8s.io, version: v1beta2, service: { name: adapter, namespace: shop }, groupPriorityMinimum: 100, versionPriority: 100 }
---
apiVersion: v1
kind: Service
metadata: { name: adapter, namespace: shop }
spec: { selector: { app: adapter }, ports: [{ port: 443, targetPort: 6443 }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: adapter, namespace: shop }
data:
  config.yaml: |
    rules:
      - seriesQuery: http_requests_total{namespace!="",pod!=""}
        resources: { overrides: { namespace: { resource: namespace }, pod: { resource: pod } } }
        name: { matches: '^(.*)_total$', as: '\${1}_per_second' }
        metricsQuery: sum by (<<.GroupBy>>) (rate(<<.Series>>{<<.LabelMatchers>>}[2m]))
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: adapter, namespace: shop }
spec:
  selector: { matchLabels: { app: adapter } }
  template:
    metadata: { labels: { app: adapter } }
    spec:
      containers:
        - name: adapter
          image: registry.k8s.io/prometheus-adapter/prometheus-adapter:v0.12.0
          args: [--config=/etc/adapter/config.yaml, '--prometheus-url=http://prometheus.shop.svc:9090/']
          volumeMounts: [{ name: config, mountPath: /etc/adapter }]
      volumes: [{ name: config, configMap: { name: adapter } }]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  maxReplicas: 5
  metrics: [{ type: Pods, pods: { metric: { name: ${metric} }, target: { type: AverageValue, averageValue: '10' } } }]
`;

const PODS: WantedResource = { group: '', names: ['pod', 'pods'] };
const NAMESPACES: WantedResource = { group: '', names: ['namespace', 'namespaces'] };
/** What a name stands for while a query is read. */
const SOME = 'some';

export default check({
  id: 'adapter-rule-resolves',
  group: 'monitoring',
  description: 'a rule of prometheus-adapter gives the metric that an autoscaler reads, for its pods or object',
  severity: 'will-break',
  needs: [],
  source: 'https://github.com/kubernetes-sigs/prometheus-adapter/blob/v0.12.0/docs/config.md',
  fix: 'name a metric that a rule gives, or add the rule: a seriesQuery, a label for each resource, and a metricsQuery grouped by <<.GroupBy>>',
  example: {
    broken: manifests('http_requests'),
    fails: ['HorizontalPodAutoscaler/shop/web spec.metrics[0].pods.metric.name'],
    fixed: manifests('http_requests_per_second'),
  },
  *judge(world) {
    for (const hpa of hpasOf(world)) {
      for (const metric of adaptedMetricsOf(hpa)) {
        const adapter = adapterServing(world, GROUP_OF[metric.type]);
        // What cannot be read is another check's.
        if (!adapter || adapter.file.problem !== undefined) continue;
        const reason = problemOf(world, adapter, metric, hpa) ?? rightsProblem(world, adapter, metric, hpa);
        if (reason !== undefined) yield findingOf(world, hpa, metric, adapter, reason);
      }
    }
  },
});

function findingOf(
  world: World,
  resource: Resource,
  { path, name, type }: AdaptedMetric,
  adapter: MetricsAdapter,
  reason: string,
): Finding {
  return {
    resource,
    path,
    value: name,
    message: `${reason} (the rules are in ${world.idOf(adapter.file.resource)}), so the autoscaler gets no value (FailedGet${type}Metric) and does not scale by it`,
  };
}

/** Why no rule serves a metric; undefined where one does, or may. */
function problemOf(world: World, adapter: MetricsAdapter, metric: AdaptedMetric, hpa: Resource): string | undefined {
  const rules = metric.type === 'External' ? adapter.external : adapter.custom;
  const other = metric.type === 'External' ? adapter.custom : adapter.external;
  const giving = rules.flatMap((rule) => {
    const how = givingOf(rule, metric.name);
    return how.gives === 'no' ? [] : [{ rule, series: how.series, gives: how.gives }];
  });
  if (giving.length === 0) {
    const where = metric.type === 'External' ? 'externalRules' : 'rules';
    const elsewhere = other.some((rule) => givingOf(rule, metric.name).gives === 'yes');
    const aside = metric.type === 'External' ? 'rules' : 'externalRules';
    return elsewhere
      ? `the rule for ${metric.name} is among the ${aside} of prometheus-adapter, and a metric of type ${metric.type} comes from its ${where}`
      : `none of the ${where} of prometheus-adapter gives a metric ${metric.name}${near(metric.name, rules.flatMap(namesGiven))}`;
  }
  if (giving.every(({ gives }) => gives === 'maybe')) {
    const ungiven = ungivenByTarget(world, adapter, metric, hpa);
    if (ungiven !== undefined) return ungiven;
  }
  // Several rules may be about one metric, for pods and for Services.
  const problems = giving.map(({ rule, series }) => problemOfRule(world, adapter, metric, rule, series));
  return problems.includes(undefined) ? undefined : problems[0];
}

/** A metric of pods that say what they expose, by rules that take any series: the rules make other names of those. */
function ungivenByTarget(
  world: World,
  adapter: MetricsAdapter,
  { type, name }: AdaptedMetric,
  hpa: Resource,
): string | undefined {
  const target = type === 'Pods' ? targetOf(world, hpa) : undefined;
  const exposed = target ? metricsOfWorkload(world, target) : [];
  const family = (metric: string) => metric.split('_')[0];
  if (!target || exposed.some((each) => each.endsWith('*')) || !exposed.some((each) => family(each) === family(name)))
    return undefined;
  const series = exposed.flatMap((each) => [each, ...['_bucket', '_sum', '_count'].map((suffix) => each + suffix)]);
  const given = adapter.custom.flatMap((rule) => series.flatMap((each) => namesOfSeries(rule, each)));
  if (given.includes(name)) return undefined;
  const own = adapter.custom.flatMap((rule) => exposed.flatMap((each) => namesOfSeries(rule, each)));
  return `of what ${world.idOf(target.resource)} exposes (${exposed.join(', ')}) the rules of prometheus-adapter make ${[...new Set(own)].join(', ') || 'nothing'}, and no ${name}${near(name, own)}`;
}

function namesOfSeries(rule: DiscoveryRule, series: string): string[] {
  const name = takesSeries(rule, series) ? apiNameOf(rule, series) : undefined;
  return name === undefined ? [] : [name];
}

function targetOf(world: World, hpa: Resource): WorkloadManifest | undefined {
  const ref = record(hpa.at(['spec', 'scaleTargetRef']));
  return world.workloads.find(
    ({ resource, namespace }) =>
      resource.kind === ref?.['kind'] && resource.name === ref['name'] && namespace === world.namespaceOf(hpa),
  );
}

/** To find the pods of a metric the adapter lists them itself (`ListObjectNames` of custom-metrics-apiserver). */
function rightsProblem(
  world: World,
  { workload }: MetricsAdapter,
  { type }: AdaptedMetric,
  hpa: Resource,
): string | undefined {
  if (type !== 'Pods') return undefined;
  const account = string(workload.podSpec['serviceAccountName']) || 'default';
  const grants = grantsOf(world, workload.namespace, account);
  const namespace = world.namespaceOf(hpa);
  if (!areAllGrants(world, workload.namespace, grants)) return undefined;
  if (allows(grants, { group: '', resource: 'pods', verbs: ['list'], namespace }) !== 'no') return undefined;
  return `ServiceAccount ${workload.namespace}/${account} of prometheus-adapter may not list pods of namespace ${namespace}, by which it finds those of the autoscaler`;
}

/** The name that a rule about one series gives. */
function namesGiven(rule: DiscoveryRule): string[] {
  const series = selectionsOf(queryOf(rule.seriesQuery))[0]?.metric;
  const name = series === undefined ? undefined : apiNameOf(rule, series);
  return name === undefined ? [] : [name];
}

function problemOfRule(
  world: World,
  adapter: MetricsAdapter,
  metric: AdaptedMetric,
  rule: DiscoveryRule,
  series: string | undefined,
): string | undefined {
  const wanted = metric.type === 'External' ? undefined : describedBy(metric);
  const label = wanted && labelOf(rule, wanted);
  if (label === 'unknown') return undefined;
  if (wanted && label === undefined)
    return `the rule for ${metric.name} names no label that stands for ${wanted.names[1]}`;
  const isOfNamespace = wanted === NAMESPACES;
  const inNamespace = metric.type === 'External' ? rule.namespaced : !isOfNamespace;
  const namespace = inNamespace ? labelOf(rule, NAMESPACES) : undefined;
  if (namespace === 'unknown') return undefined;
  if (inNamespace && namespace === undefined)
    return metric.type === 'External'
      ? `the rule for ${metric.name} names no label that stands for namespaces, and does not say namespaced: false, so every query of it fails`
      : `the rule for ${metric.name} names no label that stands for namespaces`;
  const selected = selectionsOf(queryOf(rule.seriesQuery))[0];
  if (label !== undefined && selected?.equal[label] === '')
    return `the rule for ${metric.name} takes series without the label ${label}, which stands for ${wanted!.names[1]}`;
  const missing =
    series === undefined ? undefined : missingSeries(world, adapter, selected, series, 'its rule is about');
  if (missing !== undefined) return missing;
  const query = filledQuery(rule.metricsQuery, {
    series: series ?? SOME,
    matchers: { ...(namespace ? { [namespace]: SOME } : {}), ...(label ? { [label]: SOME } : {}) },
    groupBy: label ?? '',
  });
  if (query === undefined) return undefined;
  if ('unknownField' in query)
    return `the metricsQuery of the rule for ${metric.name} asks for .${query.unknownField}, which its template does not have`;
  return (
    problemOfQuery(metric, query.text, label, series) ?? missingInQuery(world, adapter, metric, query.text, series)
  );
}

/** What a metric of an object is about. */
function describedBy({ type, described }: AdaptedMetric): WantedResource {
  if (type === 'Pods' || !described) return PODS;
  const { apiVersion, kind } = described;
  const singular = kind.toLowerCase();
  if (singular === 'namespace') return NAMESPACES;
  const plural = /(s|x|ch|sh)$/.test(singular) ? `${singular}es` : singular.replace(/([^aeiou])y$/, '$1ie').concat('s');
  return {
    group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
    names: [singular, plural],
  };
}

/** Why the series of a rule is certainly not there. */
function missingSeries(
  world: World,
  { prometheus }: MetricsAdapter,
  selection: Selection | undefined,
  series: string,
  reads: string,
): string | undefined {
  const relatives = series.includes(':') ? [] : (undeclaredAmong(world, series) ?? []);
  if (relatives.length > 0)
    return `${reads} ${series}, which is not among the declared metrics (strata/metrics)${near(series, relatives)}`;
  const job = selection?.equal['job'];
  if (!prometheus || !job || series.includes(':') || !jobsAreKnown(prometheus)) return undefined;
  const names = [...jobsOf(world, prometheus).keys()];
  return names.includes(job)
    ? undefined
    : `${reads} job ${job}, which Prometheus does not scrape (it scrapes: ${names.join(', ') || 'none'})${near(job, names)}`;
}

/** What the query of a rule reads beside the series that the rule is about. */
function missingInQuery(
  world: World,
  adapter: MetricsAdapter,
  { name }: AdaptedMetric,
  text: string,
  series: string | undefined,
): string | undefined {
  return selectionsOf(queryOf(text))
    .filter(({ metric }) => metric !== undefined && metric !== series && metric !== SOME)
    .map((each) => missingSeries(world, adapter, each, each.metric!, `the metricsQuery of the rule for ${name} reads`))
    .find((reason) => reason !== undefined);
}

/** The parts between which `or` chooses. */
function alternativesOf(at: SyntaxNode | null): SyntaxNode[] {
  const node = at && unwrapped(at);
  if (node?.name !== 'BinaryExpr' || !node.getChild('Or')) return node ? [node] : [];
  return [...alternativesOf(node.firstChild), ...alternativesOf(node.lastChild)];
}

const GROWTH = /\b(rate|irate|increase|deriv|delta|idelta|changes)\s*\(/;

function problemOfQuery(
  { name, type }: AdaptedMetric,
  text: string,
  label: string | undefined,
  series: string | undefined,
): string | undefined {
  const query = queryOf(text);
  const wrong = query.problems.find(({ open }) => !open);
  if (wrong)
    return `Prometheus refuses the metricsQuery of the rule for ${name} (${text.slice(0, 80)}): ${wrong.reason}`;
  if (query.problems.length > 0) return undefined;
  const labels = resultLabels(query);
  if (label !== undefined && labels && !labels.has(label))
    return `the metricsQuery of the rule for ${name} drops the label ${label}, by which a value finds its ${type === 'Pods' ? 'pod' : 'object'}: it is not grouped by <<.GroupBy>>`;
  for (const part of label === undefined ? [] : alternativesOf(query.root.firstChild)) {
    const own = resultLabels(query, part);
    if (own && !own.has(label!))
      return `a part of the metricsQuery of the rule for ${name} drops the label ${label}, by which a value finds its ${type === 'Pods' ? 'pod' : 'object'}: what ${text.slice(part.from, part.to).slice(0, 60)} stands in for has no value all the same; group it by <<.GroupBy>>`;
  }
  if (series?.endsWith('_total') && !GROWTH.test(text) && syntaxNodes(query.root, 'MatrixSelector').length === 0)
    return `the metricsQuery of the rule for ${name} takes the counter ${series} as it is, which only grows: it needs rate(…)`;
  return undefined;
}
