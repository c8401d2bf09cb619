import type { Resource } from '../../manifests/resource';
import { record } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { queryOf, selectionsOf } from '../../upstream/prometheus/query';
import { goUrl } from '../../upstream/prometheus/url';
import type { DiscoveryRule } from '../../upstream/prometheus-adapter/rules';
import { apiNameOf, givingOf, takesSeries } from '../../upstream/prometheus-adapter/rules';
import { hpasOf } from '../../world/autoscalers';
import type { AdaptedMetric, MetricsAdapter } from '../../world/metrics-adapters';
import { adaptedMetricsOf, apisServing, GROUP_OF } from '../../world/metrics-adapters';
import { serviceByHost } from '../../world/services';
import type { World } from '../../world/world';
import { networkOf } from '../network/network';
import { metricsOfWorkload } from './exposers';
import type { Link } from './link';
import { breaks, unknown } from './link';
import { flowProblem, linksOfMetric } from './series-links';

/** The autoscalers of a name, and those that scale by a metric of that name: each from the metric to the program that exposes its series. */
export function autoscalerLinks(world: World, name: string): Link[] {
  return hpasOf(world).flatMap((hpa) =>
    adaptedMetricsOf(hpa)
      .filter((metric) => hpa.name === name || metric.name === name)
      .map((metric) => metricLink(world, hpa, metric)),
  );
}

/** The names of autoscalers with such metrics, and of the metrics. */
export function autoscalerNames(world: World): string[] {
  return hpasOf(world).flatMap((hpa) => {
    const metrics = adaptedMetricsOf(hpa).map(({ name }) => name);
    return metrics.length === 0 ? [] : [hpa.name, ...metrics];
  });
}

function metricLink(world: World, hpa: Resource, metric: AdaptedMetric): Link {
  const group = GROUP_OF[metric.type];
  const apis = apisServing(world, group);
  return {
    text: `${world.idOf(hpa)} scales by ${metric.name}, a metric of type ${metric.type}`,
    at: { resource: hpa, path: metric.path },
    links: apis.map(({ api, adapter }): Link => {
      const at = { resource: api, path: ['spec', 'service'] };
      const text = `asked of ${world.idOf(api)}`;
      return adapter
        ? { text, at, links: [adapterLink(world, hpa, metric, adapter)] }
        : { text, at, links: [], ...unknown('which program answers, or what it is told, is not known here') };
    }),
    ...(apis.length > 0 ? {} : unknown(`no APIService of ${group} is here`)),
  };
}

function adapterLink(world: World, hpa: Resource, metric: AdaptedMetric, adapter: MetricsAdapter): Link {
  const rules = metric.type === 'External' ? adapter.external : adapter.custom;
  const giving = rules.filter((rule) => givingOf(rule, metric.name).gives !== 'no');
  return {
    text: `answered by ${world.idOf(adapter.workload.resource)}`,
    at: { resource: adapter.workload.resource, path: [] },
    links: [
      ...giving.map((rule) => ruleLink(world, hpa, metric, adapter, rule)),
      ...(adapter.url ? [prometheusLink(world, adapter, adapter.url)] : []),
    ],
    ...(giving.length > 0 ? {} : breaks(`none of its rules gives ${metric.name}`)),
  };
}

function ruleLink(
  world: World,
  hpa: Resource,
  { name, type }: AdaptedMetric,
  { file }: MetricsAdapter,
  rule: DiscoveryRule,
): Link {
  const giving = givingOf(rule, name);
  // A rule about many series: of what the scaled pods say that they expose.
  const own = (type === 'Pods' ? exposedByTarget(world, hpa) : []).filter(
    (series) => takesSeries(rule, series) && apiNameOf(rule, series) === name,
  );
  const series = giving.gives === 'no' || giving.series === undefined ? own : [giving.series];
  const equal = selectionsOf(queryOf(rule.seriesQuery))[0]?.equal ?? {};
  return {
    text: `the rule about ${rule.seriesQuery.trim()} makes ${name} of ${series.join(', ') || 'its series'}`,
    at: file,
    names: [name],
    links: series.map((each) => ({ text: each, ...linksOfMetric(world, each, equal) })),
    ...(series.length > 0 ? {} : unknown('which series it takes is known to its Prometheus alone')),
  };
}

function exposedByTarget(world: World, hpa: Resource): readonly string[] {
  const ref = record(hpa.at(['spec', 'scaleTargetRef']));
  const target = world.workloads.find(
    ({ resource, namespace }) =>
      resource.kind === ref?.['kind'] && resource.name === ref['name'] && namespace === world.namespaceOf(hpa),
  );
  return target ? metricsOfWorkload(world, target) : [];
}

function prometheusLink(world: World, { workload }: MetricsAdapter, url: NonNullable<MetricsAdapter['url']>): Link {
  const text = `values from ${url.text}`;
  const at = { resource: workload.resource, path: url.path };
  const pods = podsAt(world, workload, url.text);
  if (pods.length === 0) return { text, at, links: [], ...unknown('it leads to no pods that are known here') };
  const source = networkOf(world).endpointOf(workload);
  const blocked = pods.map(({ workload: to, number }) =>
    flowProblem(world, [source], to, number, world.idOf(workload.resource)),
  );
  return { text, at, links: [], ...(blocked.find(({ problem }) => problem) ?? {}) };
}

function podsAt(world: World, workload: WorkloadManifest, text: string) {
  const url = goUrl(text);
  if ('problem' in url) return [];
  const [, host = '', port] = /^([^:]+)(?::(\d+))?$/.exec(url.host) ?? [];
  const number = port === undefined ? (url.scheme === 'https' ? 443 : 80) : Number(port);
  return serviceByHost(world, host.toLowerCase(), workload.namespace)?.reachedBy(number) ?? [];
}
