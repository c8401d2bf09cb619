import { list, number, record, string, strings } from '../manifests/resource';
import type { Container, WorkloadManifest } from '../manifests/workload';
import type { PodPort, ServicePort, ServiceView } from './services';

/** Labels of a target before relabeling; a value that only the cluster knows is undefined. */
export type MetaLabels = Map<string, string | undefined>;

/** What stands for the address of a pod: only what is behind it counts. From the block for documentation (RFC 5737). */
export const POD_ADDRESS = '192.0.2.1';

/** A port of a pod as Prometheus finds it, with its labels before relabeling. */
export interface FoundPort {
  readonly workload: WorkloadManifest;
  readonly labels: MetaLabels;
}

const META = '__meta_kubernetes_';

/** What role `pod` finds of a workload: each port of each container, and a container without ports once. Source: `discovery/kubernetes/pod.go`. */
export function podTargets(workload: WorkloadManifest): FoundPort[] {
  const own = podLabels(workload);
  return containersOf(workload).flatMap(({ container, isInit }) => {
    const named = containerLabels(container, isInit);
    const ports = list(container.json['ports']).map(record);
    const labels = ports.length === 0 ? [named] : ports.map((port) => ({ ...named, ...containerPortLabels(port) }));
    return labels.map((each): FoundPort => {
      const port = each[`${META}pod_container_port_number`];
      const address = port === undefined ? POD_ADDRESS : `${POD_ADDRESS}:${port}`;
      return { workload, labels: new Map([...own, ...Object.entries({ __address__: address, ...each })]) };
    });
  });
}

/**
 * What the roles `endpointslice` and `endpoints` find of a Service with a selector: its ports at each pod, and the other ports of their
 * containers. Source: `discovery/kubernetes/endpointslice.go` and `endpoints.go`.
 */
export function endpointTargets(service: ServiceView, role: 'endpointslice' | 'endpoints'): FoundPort[] {
  const group = new Map([...serviceLabels(service), ...sliceLabels(service, role)]);
  return service.workloads.flatMap((workload) => {
    const pod = podLabels(workload);
    const served = service.ports.flatMap((port) =>
      service
        .targets(port)
        .filter((target) => target.workload === workload)
        .map((target) => ({ port, target })),
    );
    const covered = new Set(served.map(({ target }) => target.number));
    const others = podTargets(workload).filter(({ labels }) => {
      const port = labels.get(`${META}pod_container_port_number`);
      return port !== undefined && !covered.has(Number(port));
    });
    return [
      ...served.map(({ port, target }): FoundPort => {
        const labels = new Map([...group, ...pod, ...endpointLabels(port, target, role)]);
        return { workload, labels };
      }),
      ...others.map((other): FoundPort => ({ workload, labels: new Map([...group, ...other.labels]) })),
    ];
  });
}

/** What role `service` finds of a Service: each of its ports. Source: `discovery/kubernetes/service.go`. */
export function serviceTargets(service: ServiceView): MetaLabels[] {
  const spec = record(service.resource.at(['spec'])) ?? {};
  return service.ports.map(({ name = '', number: port, protocol }) =>
    known({
      __address__: `${service.name}.${service.namespace}.svc:${port}`,
      [`${META}service_port_name`]: name,
      [`${META}service_port_number`]: String(port),
      [`${META}service_port_protocol`]: protocol,
      [`${META}service_type`]: string(spec['type']) ?? 'ClusterIP',
      ...(service.backing === 'external'
        ? { [`${META}service_external_name`]: string(spec['externalName']) }
        : { [`${META}service_cluster_ip`]: string(spec['clusterIP']) }),
      ...Object.fromEntries(serviceLabels(service)),
    }),
  );
}

/** Without values of nothing: a label without a value is not there. */
function known(labels: Readonly<Record<string, string | undefined>>): MetaLabels {
  return new Map(Object.entries(labels).filter(([, value]) => value !== ''));
}

const CONTROLLER_KINDS: Readonly<Record<string, string>> = {
  Deployment: 'ReplicaSet',
  Rollout: 'ReplicaSet',
  CronJob: 'Job',
};

function podLabels({ resource, namespace, pod, podLabels: labels, controllerLabels }: WorkloadManifest): MetaLabels {
  const { kind, name } = resource;
  const isPod = kind === 'Pod';
  const ofController = [...controllerLabels].map(([key, { value }]) => [key, value] as const);
  return new Map([
    ...known({
      [`${META}namespace`]: namespace,
      [`${META}pod_name`]: isPod ? name : undefined,
      [`${META}pod_ip`]: POD_ADDRESS,
      // Of those that run: what is over is found too, until it is removed.
      [`${META}pod_ready`]: 'true',
      [`${META}pod_phase`]: kind === 'Job' || kind === 'CronJob' ? undefined : 'Running',
      [`${META}pod_node_name`]: string(record(pod['spec'])?.['nodeName']),
      [`${META}pod_host_ip`]: undefined,
      [`${META}pod_uid`]: undefined,
      ...(isPod
        ? {}
        : {
            [`${META}pod_controller_kind`]: CONTROLLER_KINDS[kind] ?? kind,
            [`${META}pod_controller_name`]: Object.hasOwn(CONTROLLER_KINDS, kind) ? undefined : name,
          }),
    }),
    ...metadataLabels(
      'pod',
      'label',
      new Map<string, string | undefined>([...ofController, ...Object.entries(labels)]),
    ),
    ...metadataLabels('pod', 'annotation', new Map(Object.entries(strings(record(pod['metadata'])?.['annotations'])))),
  ]);
}

function containersOf(workload: WorkloadManifest): { readonly container: Container; readonly isInit: boolean }[] {
  const all = workload.containers
    .filter(({ role }) => role !== 'ephemeral')
    .map((container) => ({ container, isInit: container.role !== 'container' }));
  return [...all.filter(({ isInit }) => !isInit), ...all.filter(({ isInit }) => isInit)];
}

function containerLabels({ name, json }: Container, isInit: boolean): Record<string, string> {
  return {
    [`${META}pod_container_name`]: name,
    [`${META}pod_container_image`]: string(json['image']) ?? '',
    [`${META}pod_container_init`]: String(isInit),
  };
}

function containerPortLabels(port: ReturnType<typeof record>): Record<string, string> {
  return {
    [`${META}pod_container_port_name`]: string(port?.['name']) ?? '',
    [`${META}pod_container_port_number`]: String(number(port?.['containerPort']) ?? ''),
    [`${META}pod_container_port_protocol`]: string(port?.['protocol']) ?? 'TCP',
  };
}

function serviceLabels({ name, namespace, resource }: ServiceView): MetaLabels {
  return new Map([
    [`${META}namespace`, namespace] as const,
    [`${META}service_name`, name] as const,
    ...metadataLabels('service', 'label', new Map(Object.entries(resource.labels))),
    ...metadataLabels('service', 'annotation', new Map(Object.entries(resource.annotations))),
  ]);
}

/** The controllers copy the labels of the Service. */
function sliceLabels({ name, headless, resource }: ServiceView, role: 'endpointslice' | 'endpoints'): MetaLabels {
  const labels = {
    ...resource.labels,
    ...(headless ? { 'service.kubernetes.io/headless': '' } : {}),
    ...(role === 'endpointslice'
      ? {
          'kubernetes.io/service-name': name,
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        }
      : {}),
  };
  return new Map<string, string | undefined>([
    [`${META}${role}_name`, role === 'endpoints' ? name : undefined],
    ...(role === 'endpointslice' ? [[`${META}endpointslice_address_type`, undefined] as const] : []),
    ...metadataLabels(role, 'label', new Map(Object.entries(labels))),
  ]);
}

function endpointLabels(port: ServicePort, target: PodPort, role: 'endpointslice' | 'endpoints'): MetaLabels {
  const { name = '', protocol } = port;
  const own =
    role === 'endpointslice'
      ? {
          [`${META}endpointslice_port_name`]: name,
          [`${META}endpointslice_port_protocol`]: protocol,
          [`${META}endpointslice_port`]: String(target.number),
          [`${META}endpointslice_endpoint_conditions_ready`]: 'true',
          [`${META}endpointslice_endpoint_conditions_serving`]: 'true',
          [`${META}endpointslice_endpoint_conditions_terminating`]: 'false',
          [`${META}endpointslice_address_target_kind`]: 'Pod',
          [`${META}endpointslice_address_target_name`]: undefined,
          [`${META}endpointslice_endpoint_node_name`]: undefined,
          [`${META}endpointslice_endpoint_zone`]: undefined,
        }
      : {
          [`${META}endpoint_port_name`]: name,
          [`${META}endpoint_port_protocol`]: protocol,
          [`${META}endpoint_ready`]: 'true',
          [`${META}endpoint_address_target_kind`]: 'Pod',
          [`${META}endpoint_address_target_name`]: undefined,
          [`${META}endpoint_node_name`]: undefined,
        };
  // The last port of a container that has this number gives its name.
  const declaring = containersOf(target.workload).flatMap(({ container, isInit }) => {
    const found = list(container.json['ports'])
      .map(record)
      .find((each) => number(each?.['containerPort']) === target.number);
    return found ? [{ ...containerLabels(container, isInit), ...containerPortLabels(found) }] : [];
  });
  return known({ __address__: `${POD_ADDRESS}:${target.number}`, ...own, ...declaring.at(-1) });
}

/** `__meta_kubernetes_pod_label_app` and `__meta_kubernetes_pod_labelpresent_app`, of names as Prometheus writes them. */
function metadataLabels(
  of: string,
  what: 'label' | 'annotation',
  values: ReadonlyMap<string, string | undefined>,
): [string, string | undefined][] {
  return [...values].flatMap(([key, value]): [string, string | undefined][] => {
    const name = key.replace(/[^a-zA-Z0-9_]/g, '_');
    const present: [string, string] = [`${META}${of}_${what}present_${name}`, 'true'];
    return value === '' ? [present] : [[`${META}${of}_${what}_${name}`, value], present];
  });
}
