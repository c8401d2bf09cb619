import { containerOf } from '../../manifests/programs';
import type { Json, Path, Resource } from '../../manifests/resource';
import { list, mappings, number, record, string } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import type { PartlyKnownLabels } from '../../upstream/prometheus/relabel';
import { relabelingOf } from '../../upstream/prometheus/relabeling-names';
import { discoveredTargets } from '../../world/discovered-targets';
import type { MetaLabels } from '../../world/discovery-labels';
import { endpointTargets, podTargets } from '../../world/discovery-labels';
import { jobOf, labelsOfMonitored, monitorsOf, servicesOfMonitor, workloadsOfMonitor } from '../../world/monitors';
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
  /** The labels that each series of the target gets, as far as they are known; undefined where its page may bring its own. */
  readonly labels: PartlyKnownLabels | undefined;
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
            ...labelsOf(
              endpoint,
              metaOf(service, target),
              jobOf(monitor, undefined, service.resource.labels, service.name),
              jobOf(monitor, endpoint, service.resource.labels, service.name),
            ),
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
    const own = `${world.namespaceOf(monitor)}/${monitor.name}`;
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
            ...labelsOf(
              endpoint,
              podTargets(workload).find(({ labels }) => isAtPort(labels, declared.number))?.labels,
              jobOf(monitor, undefined, workload.podLabels, own),
              jobOf(monitor, endpoint, workload.podLabels, own),
            ),
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
    labels,
  } of discoveredTargets(world)) {
    if (!isCertain || workload === prometheus.workload) continue;
    yield {
      ...{ resource, path, value: job, job, jobName, scheme, metricsPath, metricRelabelings, labels },
      sources: [network.endpointOf(prometheus.workload)],
      sourceIsKnown: true,
      target: { workload, number: port, declared: workload.ports.find((each) => each.number === port) },
    };
  }
}

/** What a discovery says of a port of a Service's pods. */
function metaOf(service: ServiceView, { workload, number: port }: PodPort): MetaLabels | undefined {
  return endpointTargets(service, 'endpointslice').find(
    (found) => found.workload === workload && isAtPort(found.labels, port),
  )?.labels;
}

function isAtPort(labels: MetaLabels, port: number): boolean {
  return labels.get('__address__')?.endsWith(`:${port}`) === true;
}

/** The labels of a target, and the job among them. `first`: the job before the relabelings; `written`: after those that need no labels. */
function labelsOf(
  endpoint: Json | undefined,
  meta: MetaLabels | undefined,
  first: string | undefined,
  written: string | undefined,
): Pick<ScrapeFlow, 'job' | 'labels'> {
  const labels = meta && labelsOfMonitored(endpoint, meta, first === undefined ? {} : { job: first });
  return { job: written ?? labels?.get('job'), labels };
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
    for (const { job, host, port, scheme, metricsPath, metricRelabelings, labels } of addressesIn(
      configuration.content,
    )) {
      for (const target of serviceByHost(world, host, workload.namespace)?.reachedBy(port) ?? []) {
        if (target.workload === workload) continue;
        yield {
          resource: configuration.resource,
          path: configuration.path,
          value: `${host}:${port}`,
          ...{ job, jobName: job, scheme, metricsPath, metricRelabelings, labels },
          sources: [network.endpointOf(workload)],
          sourceIsKnown: true,
          target,
        };
      }
    }
  }
}
