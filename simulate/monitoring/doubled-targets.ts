import type { Json, Path, Resource } from '../../manifests/resource';
import { mappings, number, record, string } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { addTo } from '../../model/multimap';
import { relabel } from '../../upstream/prometheus/relabel';
import { relabelingOf } from '../../upstream/prometheus/relabeling-names';
import { discoveredObjects, isElsewhere, labelsOfTarget } from '../../world/discovered-targets';
import type { MetaLabels } from '../../world/discovery-labels';
import { endpointTargets, POD_ADDRESS } from '../../world/discovery-labels';
import { jobOf, monitorsOf, servicesOfMonitor } from '../../world/monitors';
import { configuredPrometheuses } from '../../world/prometheus';
import type { World } from '../../world/world';

/** A port of pods that one Prometheus scrapes several times, once for each Service that leads there. */
export interface DoubledTarget {
  /** What names the job: a ServiceMonitor, or the object with Prometheus' configuration. */
  readonly resource: Resource;
  readonly path: Path;
  readonly value: unknown;
  readonly workload: WorkloadManifest;
  readonly port: number;
  /** Two or more, in the order of their names. */
  readonly services: readonly string[];
}

/** A target that is certain, with what tells it apart from others. */
interface CertainTarget extends Omit<DoubledTarget, 'services'> {
  /** What finds it for the same Prometheus as the others. */
  readonly finder: string;
  readonly service: string;
  /** `10.0.0.1:9090 /metrics`, and its own labels: Prometheus keeps one of those that are the same. */
  readonly asked: string;
  readonly labels: string;
}

/** Every port of pods that is a target through more than one Service. */
export const doubledTargets = memo((world: World): readonly DoubledTarget[] => {
  const alike = new Map<string, CertainTarget[]>();
  for (const target of [...monitored(world), ...configured(world)])
    addTo(alike, `${target.finder} ${world.idOf(target.workload.resource)} ${target.asked}`, target);
  return [...alike.values()].flatMap((targets): DoubledTarget[] => {
    const different = [...new Map(targets.map((target) => [target.labels, target])).values()];
    const services = [...new Set(different.map(({ service }) => service))].sort();
    const [first, last] = [targets[0]!, targets.at(-1)!];
    return services.length > 1
      ? [
          {
            resource: last.resource,
            path: last.path,
            value: last.value,
            workload: first.workload,
            port: first.port,
            services,
          },
        ]
      : [];
  });
});

function* monitored(world: World): Iterable<CertainTarget> {
  for (const monitor of monitorsOf(world, 'ServiceMonitor')) {
    const from = [world.namespaceOf(monitor), ...Object.entries(monitor.labels).map(String).sort()];
    for (const [i, endpoint] of mappings(monitor.at(['spec', 'endpoints'])).entries())
      for (const service of servicesOfMonitor(world, monitor)) {
        const at = ['spec', 'endpoints', i];
        const port = string(endpoint['port']);
        const wanted = string(endpoint['targetPort']) ?? number(endpoint['targetPort']);
        for (const { workload, labels } of endpointTargets(service, 'endpointslice')) {
          const isMeant =
            port === undefined
              ? labels.get('__meta_kubernetes_pod_container_port_name') === wanted ||
                labels.get('__meta_kubernetes_pod_container_port_number') === String(wanted)
              : labels.get('__meta_kubernetes_endpointslice_port_name') === port;
          if (!isMeant) continue;
          const job: Json = {
            job_name: jobOf(monitor, endpoint, service.resource.labels, service.name),
            metrics_path: endpoint['path'],
            scheme: endpoint['scheme'],
            relabel_configs: mappings(endpoint['relabelings']).map(relabelingOf),
          };
          // What the operator writes before the rules of the monitor (pkg/prometheus/promcfg.go).
          const own = new Map([...labels, ['namespace', service.namespace], ['service', service.name]]);
          const found = targetOf(job, own, workload, service.name);
          if (found)
            yield {
              ...found,
              // One with the same labels in the same namespace is selected by the same Prometheus. Requests with parameters are others.
              finder: `${from.join()} ${JSON.stringify([endpoint['params'], endpoint['metricRelabelings']])}`,
              ...{
                resource: monitor,
                path: [...at, port === undefined ? 'targetPort' : 'port'],
                value: port ?? wanted,
              },
            };
        }
      }
  }
}

function* configured(world: World): Iterable<CertainTarget> {
  for (const { workload: prometheus, configuration, jobFiles } of configuredPrometheuses(world))
    for (const { resource, path, content } of [configuration, ...jobFiles])
      for (const job of mappings(record(content)?.['scrape_configs']))
        for (const config of mappings(job['kubernetes_sd_configs'])) {
          if (isElsewhere(config) || !/^endpoint(s|slice)$/.test(String(config['role']))) continue;
          for (const { is, ports } of discoveredObjects(world, config, prometheus.namespace))
            for (const { labels, workload } of is === 'yes' ? ports : []) {
              const service = labels.get('__meta_kubernetes_service_name');
              const found = workload && service !== undefined && targetOf(job, labels, workload, service);
              if (found)
                yield {
                  ...found,
                  finder: `${world.idOf(prometheus.resource)} ${JSON.stringify([job['params'], job['metric_relabel_configs']])}`,
                  ...{ resource, path, value: job['job_name'] },
                };
            }
        }
}

function targetOf(
  job: Json,
  labels: MetaLabels,
  workload: WorkloadManifest,
  service: string,
): Pick<CertainTarget, 'workload' | 'port' | 'service' | 'asked' | 'labels'> | undefined {
  const result = relabel(labelsOfTarget(job, labels), mappings(job['relabel_configs']));
  if (result === 'dropped' || !result.isCertain) return undefined;
  const address = result.labels.get('__address__') ?? '';
  // Whatever else a relabeling puts there, such as a prober, is no port of these pods.
  const port = Number(address.slice(POD_ADDRESS.length + 1));
  if (!address.startsWith(`${POD_ADDRESS}:`) || Number.isNaN(port)) return undefined;
  const kept = [...result.labels].filter(([name]) => !name.startsWith('__')).sort();
  const asked = ['__scheme__', '__metrics_path__', '__param_target'].map((name) => result.labels.get(name));
  return { workload, port, service, asked: [address, ...asked].join(' '), labels: JSON.stringify(kept) };
}
