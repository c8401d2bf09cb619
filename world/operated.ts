import type { Json } from '../manifests/resource';
import { list, mappings, number, Resource, record, string, strings } from '../manifests/resource';
import type { Labels } from '../manifests/selector';

/** The API group of the Prometheus operator. */
export const OPERATOR_GROUP = 'monitoring.coreos.com';

/**
 * What the Prometheus operator makes of one of its kinds: `pkg/{prometheus/server,prometheus/agent,alertmanager,thanos}/{operator,statefulset}.go`
 * of its release 0.85.
 */
interface Form {
  /** `app.kubernetes.io/name` of the pods, which alone the governing Service selects. */
  readonly app: string;
  /** What stands before the name of the object in that of its StatefulSet. */
  readonly prefix: string;
  readonly container: string;
  readonly image: string;
  /** The Service that is made unless `spec.serviceName` names another. */
  readonly service: string;
  /** Its label that says so, `"true"`. */
  readonly serviceLabel: string;
  /** The port called after `spec.portName`, `web` by default. */
  readonly web: number;
  /** The other ports of the main container, and what the Service calls them. */
  readonly ports: readonly {
    readonly name: string;
    readonly number: number;
    readonly protocol: string;
    readonly as: string;
  }[];
  /** Labels with the name of the object for a value. */
  readonly naming: readonly string[];
  /** Whether there may be several StatefulSets, one for each shard. */
  readonly sharded: boolean;
}

const INSTANCE = 'app.kubernetes.io/instance';
const OPERATOR_NAME = 'operator.prometheus.io/name';
const SHARD = 'operator.prometheus.io/shard';
const RELOADER_PORT = 8080;

const FORMS: Readonly<Record<string, Form>> = {
  Prometheus: {
    ...{ app: 'prometheus', prefix: 'prometheus', container: 'prometheus', image: 'quay.io/prometheus/prometheus' },
    ...{ service: 'prometheus-operated', serviceLabel: 'operated-prometheus', web: 9090, ports: [], sharded: true },
    naming: [INSTANCE, OPERATOR_NAME, 'prometheus'],
  },
  PrometheusAgent: {
    ...{ app: 'prometheus-agent', prefix: 'prom-agent', container: 'prometheus' },
    ...{ image: 'quay.io/prometheus/prometheus', service: 'prometheus-agent-operated', web: 9090, ports: [] },
    serviceLabel: 'operated-prometheus',
    ...{ naming: [INSTANCE, OPERATOR_NAME], sharded: true },
  },
  Alertmanager: {
    ...{ app: 'alertmanager', prefix: 'alertmanager', container: 'alertmanager' },
    ...{ image: 'quay.io/prometheus/alertmanager', service: 'alertmanager-operated', web: 9093, sharded: false },
    serviceLabel: 'operated-alertmanager',
    ports: [
      { name: 'mesh-tcp', number: 9094, protocol: 'TCP', as: 'tcp-mesh' },
      { name: 'mesh-udp', number: 9094, protocol: 'UDP', as: 'udp-mesh' },
    ],
    naming: [INSTANCE, 'alertmanager'],
  },
  ThanosRuler: {
    ...{ app: 'thanos-ruler', prefix: 'thanos-ruler', container: 'thanos-ruler', image: 'quay.io/thanos/thanos' },
    ...{ service: 'thanos-ruler-operated', serviceLabel: 'operated-thanos-ruler', web: 10902, sharded: false },
    ports: [{ name: 'grpc', number: 10901, protocol: 'TCP', as: 'grpc' }],
    naming: [INSTANCE, 'thanos-ruler'],
  },
};

/** The kinds of the operator that become pods. */
export const OPERATED_KINDS: readonly string[] = Object.keys(FORMS);

/** Whether the operator makes pods of an object. */
export function isOperated({ group, kind }: Resource): boolean {
  return group === OPERATOR_GROUP && Object.hasOwn(FORMS, kind);
}

/**
 * The workloads and the governing Service that the operator makes of an object, as far as others refer to them: labels, ports, ServiceAccount,
 * containers. They have the place of the object. Labels that the operator is told by `--labels` to set on everything are not known.
 *
 * @param namespace of the object
 */
export function operatedObjects(owner: Resource, namespace: string): readonly Resource[] {
  const form = isOperated(owner) ? FORMS[owner.kind] : undefined;
  if (!form) return [];
  const spec = record(owner.at(['spec'])) ?? {};
  const made = (object: Json) => new Resource(object, owner.source, owner.document, owner.place);
  return [
    ...shardsOf(form, spec).map((shard) => made(workloadOf(owner, namespace, { form, spec, shard }))),
    ...(string(spec['serviceName']) ? [] : [made(serviceOf(form, spec, namespace))]),
  ];
}

/** The labels that the operator sets on the pods of an object, whatever `podMetadata` says. */
export function operatedLabels({ kind, name }: Resource): Labels {
  const form = FORMS[kind];
  if (!form) return {};
  return {
    'app.kubernetes.io/managed-by': 'prometheus-operator',
    'app.kubernetes.io/name': form.app,
    ...Object.fromEntries(form.naming.map((label) => [label, name])),
  };
}

/** What the operator calls the claim template of its pods: `VolumeName` in pkg/prometheus/common.go, `volumeName` of the others; undefined for an object that asks for no claim. */
export function operatedClaimName(owner: Resource): string | undefined {
  const form = isOperated(owner) ? FORMS[owner.kind] : undefined;
  const template = record(owner.at(['spec', 'storage', 'volumeClaimTemplate']));
  if (!form || !template) return undefined;
  return (
    string(record(template['metadata'])?.['name']) ||
    `${form.prefix}-${owner.name}-${owner.kind === 'ThanosRuler' ? 'data' : 'db'}`
  );
}

/** The numbers of the shards: 0 alone unless there are several; undefined for a DaemonSet, which has none. */
function shardsOf({ sharded }: Form, spec: Json): readonly (number | undefined)[] {
  if (spec['mode'] === 'DaemonSet' || !sharded) return [undefined];
  const wanted = number(spec['shards']) ?? 1;
  // More than anybody has are a mistake, and not worth as many objects.
  return Array.from({ length: Math.min(Math.max(1, Math.floor(wanted)), 100) }, (_, shard) => shard);
}

interface Making {
  readonly form: Form;
  readonly spec: Json;
  readonly shard: number | undefined;
}

function workloadOf(owner: Resource, namespace: string, { form, spec, shard }: Making): Json {
  const own = { ...operatedLabels(owner), ...(shard === undefined ? {} : { [SHARD]: String(shard) }) };
  const metadata = record(spec['podMetadata']);
  const isDaemon = spec['mode'] === 'DaemonSet';
  const version = (string(spec['version']) ?? '').replace(/^v/, '');
  return {
    apiVersion: 'apps/v1',
    kind: isDaemon ? 'DaemonSet' : 'StatefulSet',
    metadata: {
      name: `${form.prefix}-${owner.name}${shard ? `-shard-${shard}` : ''}`,
      namespace,
      labels: { ...owner.labels, ...own },
    },
    spec: {
      ...(isDaemon
        ? {}
        : { serviceName: string(spec['serviceName']) || form.service, replicas: number(spec['replicas']) ?? 1 }),
      selector: { matchLabels: own },
      template: {
        metadata: {
          labels: {
            ...(version === '' ? {} : { 'app.kubernetes.io/version': version }),
            ...strings(metadata?.['labels']),
            ...own,
          },
          annotations: strings(metadata?.['annotations']),
        },
        spec: {
          ...given(spec, 'serviceAccountName', 'automountServiceAccountToken', 'hostNetwork', 'nodeSelector'),
          ...given(spec, 'tolerations', 'affinity', 'priorityClassName', 'topologySpreadConstraints'),
          containers: containersOf(form, spec),
        },
      },
    },
  };
}

function given(spec: Json, ...fields: readonly string[]): Json {
  return Object.fromEntries(fields.flatMap((field) => (spec[field] === undefined ? [] : [[field, spec[field]]])));
}

/** The operator's own, each with what `spec.containers` says of it by its name, and those that only stand there. */
function containersOf(form: Form, spec: Json): readonly Json[] {
  const isLocal = spec['listenLocal'] === true;
  const web = { name: string(spec['portName']) || 'web', containerPort: form.web, protocol: 'TCP' };
  const others = form.ports.map(({ name, number: containerPort, protocol }) => ({ name, containerPort, protocol }));
  const version = string(spec['version']);
  const own: Json[] = [
    {
      name: form.container,
      image: string(spec['image']) || (version ? `${form.image}:${version}` : form.image),
      ports: [...(isLocal ? [] : [web]), ...others],
      ...given(spec, 'resources'),
    },
    {
      name: 'config-reloader',
      image: 'quay.io/prometheus-operator/prometheus-config-reloader',
      ports: isLocal ? [] : [{ name: 'reloader-web', containerPort: RELOADER_PORT, protocol: 'TCP' }],
    },
  ];
  if (form === FORMS['Prometheus'] && record(spec['thanos']))
    own.push({
      name: 'thanos-sidecar',
      image: string(record(spec['thanos'])?.['image']) || 'quay.io/thanos/thanos',
      ports: [
        { name: 'http', containerPort: 10902, protocol: 'TCP' },
        { name: 'grpc', containerPort: 10901, protocol: 'TCP' },
      ],
    });
  const written = mappings(spec['containers']);
  return [
    ...own.map((container) =>
      patched(
        container,
        written.find(({ name }) => name === container['name']),
      ),
    ),
    ...written.filter(({ name }) => !own.some((container) => container['name'] === name)),
  ];
}

/** A strategic merge: ports are told apart by their numbers. */
function patched(container: Json, patch: Json | undefined): Json {
  if (!patch) return container;
  const ports = mappings(patch['ports']);
  const kept = list(container['ports']).filter(
    (port) => !ports.some(({ containerPort }) => containerPort === record(port)?.['containerPort']),
  );
  return { ...container, ...patch, ports: [...kept, ...ports] };
}

function serviceOf(form: Form, spec: Json, namespace: string): Json {
  const web = string(spec['portName']) || 'web';
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: form.service, namespace, labels: { [form.serviceLabel]: 'true' } },
    spec: {
      clusterIP: 'None',
      selector: { 'app.kubernetes.io/name': form.app },
      ports: [
        { name: web, port: form.web, targetPort: web, protocol: 'TCP' },
        ...form.ports.map(({ name, number: port, protocol, as }) => ({ name: as, port, targetPort: name, protocol })),
      ],
    },
  };
}
