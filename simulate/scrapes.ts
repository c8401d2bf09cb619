import { load } from 'js-yaml';
import type { Path, Resource } from '../checks/resource';
import { list, number, record, strings, text } from '../checks/resource';
import { selects } from '../checks/selector';
import type { ServiceView, Target } from '../checks/services';
import { serviceByHost, servicesOf } from '../checks/services';
import type { Workload } from '../checks/workloads';
import type { World } from '../checks/world';
import { networkOf } from './network';
import type { Endpoint } from './reach';

/** A target that Prometheus is told to scrape. */
export interface Scrape {
  readonly resource: Resource;
  readonly path: Path;
  readonly value: unknown;
  /** Who may be the Prometheus that does it. */
  readonly sources: readonly Endpoint[];
  readonly sourceIsKnown: boolean;
  readonly target: Target;
}

/** What ServiceMonitors, PodMonitors and the static and DNS targets of Prometheus' own configuration name. */
export function* scrapesOf(world: World): Iterable<Scrape> {
  const network = networkOf(world);
  const known = prometheusesOf(world);
  const sources = known.length > 0 ? known : [network.podElsewhere()];
  const sourceIsKnown = known.length > 0;

  for (const monitor of world.of('ServiceMonitor')) {
    const services = servicesOf(world).filter((service) => isMeant(monitor, world.namespaceOf(monitor), service.namespace) && selects(monitor.at(['spec', 'selector']), service.resource.labels));
    for (const [i, entry] of list(monitor.at(['spec', 'endpoints'])).entries()) {
      const endpoint = record(entry);
      for (const service of services) {
        for (const target of targetsOf(service, endpoint?.['port'], endpoint?.['targetPort'])) {
          yield { resource: monitor, path: ['spec', 'endpoints', i], value: endpoint?.['port'] ?? endpoint?.['targetPort'], sources, sourceIsKnown, target };
        }
      }
    }
  }
  for (const monitor of world.of('PodMonitor')) {
    const workloads = world.workloads.filter((workload) => isMeant(monitor, world.namespaceOf(monitor), workload.namespace) && selects(monitor.at(['spec', 'selector']), workload.podLabels));
    for (const [i, entry] of list(monitor.at(['spec', 'podMetricsEndpoints'])).entries()) {
      const endpoint = record(entry);
      const wanted = text(endpoint?.['port']) ?? number(endpoint?.['portNumber']);
      for (const workload of workloads) {
        const declared = workload.ports.find((port) => port.name === wanted || port.number === wanted);
        if (declared) yield { resource: monitor, path: ['spec', 'podMetricsEndpoints', i], value: wanted, sources, sourceIsKnown, target: { workload, number: declared.number, declared } };
      }
    }
  }
  yield* configuredScrapes(world);
}

function isMeant(monitor: Resource, own: string, namespace: string): boolean {
  const selector = record(monitor.at(['spec', 'namespaceSelector']));
  if (selector?.['any'] === true) return true;
  const names = list(selector?.['matchNames']);
  return names.length > 0 ? names.includes(namespace) : own === namespace;
}

function targetsOf(service: ServiceView, port: unknown, targetPort: unknown): readonly Target[] {
  if (typeof port === 'string') {
    const named = service.port(port);
    return named ? service.targets(named) : [];
  }
  return service.workloads.flatMap((workload) => {
    const declared = workload.ports.find(({ name, number }) => name === targetPort || number === targetPort);
    return declared ? [{ workload, number: declared.number, declared }] : [];
  });
}

/** Prometheus' pods: workloads that run it, and those that the operator makes of its objects. */
function prometheusesOf(world: World): Endpoint[] {
  const network = networkOf(world);
  const own = world.workloads.filter(runsPrometheus).map((workload) => network.endpointOf(workload));
  const made = [...world.of('Prometheus'), ...world.of('PrometheusAgent')]
    .filter(({ group }) => group === 'monitoring.coreos.com')
    .map((resource) => network.podElsewhere({ namespace: world.namespaceOf(resource), labels: { 'app.kubernetes.io/name': resource.kind === 'Prometheus' ? 'prometheus' : 'prometheus-agent', 'app.kubernetes.io/managed-by': 'prometheus-operator', prometheus: resource.name, ...strings(resource.at(['spec', 'podMetadata', 'labels'])) } }));
  return [...own, ...made];
}

function runsPrometheus({ running }: Workload): boolean {
  return running.some(({ json }) => /(^|\/)prometheus(:|@|$)/.test(text(json['image']) ?? ''));
}

/** The addresses that stand in a prometheus.yml that a workload mounts. */
function* configuredScrapes(world: World): Iterable<Scrape> {
  const network = networkOf(world);
  for (const workload of world.workloads) {
    if (!runsPrometheus(workload)) continue;
    for (const entry of list(workload.podSpec['volumes'])) {
      const name = text(record(record(entry)?.['configMap'])?.['name']);
      const found = name === undefined ? undefined : world.find('ConfigMap', workload.namespace, name);
      if (found?.is !== 'present') continue;
      for (const [key, file] of Object.entries(strings(found.resource.at(['data'])))) {
        if (!/^\s*scrape_configs:/m.test(file)) continue;
        for (const { host, port } of addressesIn(file)) {
          for (const target of serviceByHost(world, host, workload.namespace)?.reachedBy(port) ?? []) {
            if (target.workload === workload) continue;
            yield { resource: found.resource, path: ['data', key], value: `${host}:${port}`, sources: [network.endpointOf(workload)], sourceIsKnown: true, target };
          }
        }
      }
    }
  }
}

function* addressesIn(file: string): Iterable<{ readonly host: string; readonly port: number }> {
  let configuration: unknown;
  try {
    configuration = load(file);
  } catch {
    return; // whether it can be read is another check's matter
  }
  for (const job of list(record(configuration)?.['scrape_configs']).map(record)) {
    for (const group of list(job?.['static_configs']).map(record)) {
      for (const target of list(group?.['targets'])) {
        const match = /^([a-z0-9][a-z0-9.-]*):(\d+)$/.exec(text(target) ?? '');
        if (match) yield { host: match[1]!, port: Number(match[2]) };
      }
    }
    for (const group of list(job?.['dns_sd_configs']).map(record)) {
      const port = number(group?.['port']);
      if (port === undefined || (group?.['type'] !== 'A' && group?.['type'] !== 'AAAA')) continue;
      for (const name of list(group['names'])) if (typeof name === 'string') yield { host: name, port };
    }
  }
}
