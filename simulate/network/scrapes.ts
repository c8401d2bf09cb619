import { containerOf } from '../../manifests/programs';
import type { Json, Path, Resource } from '../../manifests/resource';
import { list, mappings, number, record, string } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { discoveredTargets } from '../../world/discovered-targets';
import { relabelingOf } from '../../world/discovery-jobs';
import { jobOf, monitorsOf, servicesOfMonitor, workloadsOfMonitor } from '../../world/monitors';
import { addressesIn, configuredPrometheuses } from '../../world/prometheus';
import type { PodPort, ServiceView } from '../../world/services';
import { serviceByHost } from '../../world/services';
import type { World } from '../../world/world';
import { networkOf } from './network';
import type { Endpoint } from './reach';

/** A target that Prometheus is told to scrape. */
export interface ScrapeFlow {
  readonly resource: Resource;
  readonly path: Path;
  readonly value: unknown;
  /** The label `job` of its series; undefined where a relabeling makes it. */
  readonly job: string | undefined;
  /** The `job_name` of the file that tells it. @default - an endpoint of a monitor, at its path */
  readonly jobName?: string;
  /** Who may be the Prometheus that does it. */
  readonly sources: readonly Endpoint[];
  readonly sourceIsKnown: boolean;
  readonly target: PodPort;
  /** How it is asked, `http` or `https`, and at which path; undefined where a relabeling or a scrape class decides. */
  readonly scheme: string | undefined;
  readonly metricsPath: string | undefined;
  /** What is done to the series that it answers with: `metric_relabel_configs`, in the form of a file. */
  readonly metricRelabelings: readonly Json[];
}

/** What ServiceMonitors and PodMonitors name, and Prometheus' own configuration by address, by name or by discovery. */
export const scrapesOf = memo((world: World): readonly ScrapeFlow[] => [...everyScrape(world)]);

function* everyScrape(world: World): Iterable<ScrapeFlow> {
  const network = networkOf(world);
  const known = prometheusesOf(world);
  // A chart may install it in any namespace, one that the manifests create too.
  const sources = known.length > 0 ? known : [network.externalPod({ isNotIn: () => false })];
  const sourceIsKnown = known.length > 0;

  for (const monitor of monitorsOf(world, 'ServiceMonitor')) {
    const services = servicesOfMonitor(world, monitor);
    for (const [i, entry] of list(monitor.at(['spec', 'endpoints'])).entries()) {
      const endpoint = record(entry);
      for (const service of services) {
        for (const target of targetsOf(service, endpoint?.['port'], endpoint?.['targetPort'])) {
          yield {
            resource: monitor,
            path: ['spec', 'endpoints', i],
            value: endpoint?.['port'] ?? endpoint?.['targetPort'],
            job: jobOf(monitor, endpoint, service.resource.labels, service.name),
            ...askedBy(monitor, endpoint),
            metricRelabelings: mappings(endpoint?.['metricRelabelings']).map(relabelingOf),
            sources,
            sourceIsKnown,
            target,
          };
        }
      }
    }
  }
  for (const monitor of monitorsOf(world, 'PodMonitor')) {
    const workloads = workloadsOfMonitor(world, monitor);
    for (const [i, entry] of list(monitor.at(['spec', 'podMetricsEndpoints'])).entries()) {
      const endpoint = record(entry);
      const wanted = string(endpoint?.['port']) ?? number(endpoint?.['portNumber']);
      for (const workload of workloads) {
        const declared = workload.ports.find((port) => port.name === wanted || port.number === wanted);
        if (declared)
          yield {
            resource: monitor,
            path: ['spec', 'podMetricsEndpoints', i],
            value: wanted,
            job: jobOf(monitor, endpoint, workload.podLabels, `${world.namespaceOf(monitor)}/${monitor.name}`),
            ...askedBy(monitor, endpoint),
            metricRelabelings: mappings(endpoint?.['metricRelabelings']).map(relabelingOf),
            sources,
            sourceIsKnown,
            target: { workload, number: declared.number, declared },
          };
      }
    }
  }
  yield* configuredScrapes(world);
  for (const {
    prometheus,
    resource,
    path,
    job,
    jobName,
    workload,
    port,
    isCertain,
    scheme,
    metricsPath,
    metricRelabelings,
  } of discoveredTargets(world)) {
    if (!isCertain || workload === prometheus.workload) continue;
    yield {
      ...{ resource, path, value: job, job, jobName, scheme, metricsPath, metricRelabelings },
      sources: [network.endpointOf(prometheus.workload)],
      sourceIsKnown: true,
      target: { workload, number: port, declared: workload.ports.find((each) => each.number === port) },
    };
  }
}

/** How an endpoint of a monitor is asked. */
function askedBy(monitor: Resource, endpoint: ReturnType<typeof record>): Pick<ScrapeFlow, 'scheme' | 'metricsPath'> {
  const written = new Set(mappings(endpoint?.['relabelings']).map(({ targetLabel }) => targetLabel));
  const ofClass = string(monitor.at(['spec', 'scrapeClass']));
  return {
    // Newer releases of the operator take HTTP and HTTPS, too.
    scheme: written.has('__scheme__') || ofClass ? undefined : (string(endpoint?.['scheme']) || 'http').toLowerCase(),
    metricsPath: written.has('__metrics_path__') ? undefined : string(endpoint?.['path']) || '/metrics',
  };
}

function targetsOf(service: ServiceView, port: unknown, targetPort: unknown): readonly PodPort[] {
  if (typeof port === 'string') {
    const named = service.port(port);
    return named ? service.targets(named) : [];
  }
  return service.workloads.flatMap((workload) => {
    const declared = workload.ports.find(({ name, number }) => name === targetPort || number === targetPort);
    return declared ? [{ workload, number: declared.number, declared }] : [];
  });
}

/** Prometheus' pods, judged or declared: workloads that run it, and those that the operator makes of its objects. */
function prometheusesOf(world: World): Endpoint[] {
  const network = networkOf(world);
  const operated = new Set(world.operated.filter(isOperatedPrometheus));
  return network
    .workloads()
    .filter((workload) => operated.has(workload) || runsPrometheus(workload))
    .map((workload) => network.endpointOf(workload));
}

function isOperatedPrometheus({ podLabels }: WorkloadManifest): boolean {
  return /^prometheus(-agent)?$/.test(podLabels['app.kubernetes.io/name'] ?? '');
}

function runsPrometheus({ running }: WorkloadManifest): boolean {
  return containerOf(running, 'prometheus') !== undefined;
}

/** The addresses that stand in a prometheus.yml that a workload mounts. */
function* configuredScrapes(world: World): Iterable<ScrapeFlow> {
  const network = networkOf(world);
  for (const { workload, configuration } of configuredPrometheuses(world)) {
    for (const { job, host, port, scheme, metricsPath, metricRelabelings } of addressesIn(configuration.content)) {
      for (const target of serviceByHost(world, host, workload.namespace)?.reachedBy(port) ?? []) {
        if (target.workload === workload) continue;
        yield {
          resource: configuration.resource,
          path: configuration.path,
          value: `${host}:${port}`,
          ...{ job, jobName: job, scheme, metricsPath, metricRelabelings },
          sources: [network.endpointOf(workload)],
          sourceIsKnown: true,
          target,
        };
      }
    }
  }
}
