import type { Json, Path, Resource } from '../manifests/resource';
import { mappings, number, string } from '../manifests/resource';
import type { PodPort, ServiceView } from './services';
import { serviceOf } from './services';
import type { World } from './world';

/** An Alertmanager that an object of the operator sends alerts to: `spec.alerting.alertmanagers`. */
export interface NamedAlertmanager {
  readonly entry: Json;
  readonly path: Path;
  readonly namespace: string;
  readonly name: string;
  /** The Service, if it is known. */
  readonly service: ServiceView | undefined;
  readonly port: string | number | undefined;
  /** The ports of pods that it comes to; none where the Service or its pods are not known, or has no such port. */
  readonly targets: readonly PodPort[];
}

/** The Alertmanagers that a Prometheus object names. */
export function alertmanagersNamed(world: World, by: Resource): readonly NamedAlertmanager[] {
  return mappings(by.at(['spec', 'alerting', 'alertmanagers'])).map((entry, i) => {
    const namespace = string(entry['namespace']) || world.namespaceOf(by);
    const name = string(entry['name']) ?? '';
    const service = serviceOf(world, namespace, name);
    const port = string(entry['port']) ?? number(entry['port']);
    const path = ['spec', 'alerting', 'alertmanagers', i];
    return { entry, path, namespace, name, service, port, targets: service ? targetsAt(service, port) : [] };
  });
}

/**
 * The ports of pods behind a port of `alertmanagers`. A name is that of the port in the endpoints, which is the Service's. A number is that of a
 * port that a container declares: the operator keeps the targets whose `__meta_kubernetes_pod_container_port_number` it is, and Prometheus
 * finds all declared ports of the pods behind a Service (`generateAlertmanagerConfig` in the operator's pkg/prometheus/promcfg.go).
 */
function targetsAt(service: ServiceView, port: string | number | undefined): readonly PodPort[] {
  if (typeof port === 'number')
    return service.workloads.flatMap((workload) =>
      workload.ports
        .filter((declared) => declared.number === port)
        .map((declared) => ({ workload, number: port, declared })),
    );
  return service.ports.filter(({ name }) => port === undefined || name === port).flatMap((own) => service.targets(own));
}
