import type { Json } from '../manifests/resource';
import { mappings, record, string, strings } from '../manifests/resource';

/** What is asked of a live cluster, in the order in which it is written; Secrets and ConfigMaps never are. */
export const FACTS_ASKED: readonly string[] = [
  'nodes',
  'namespaces',
  'storageclasses.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'csidrivers.storage.k8s.io',
  'csistoragecapacities.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
  'persistentvolumes',
  'persistentvolumeclaims',
  'priorityclasses.scheduling.k8s.io',
  'runtimeclasses.node.k8s.io',
  'ingressclasses.networking.k8s.io',
  'gatewayclasses.gateway.networking.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'apiservices.apiregistration.k8s.io',
  'limitranges',
  'resourcequotas',
  'poddisruptionbudgets.policy',
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'replicationcontrollers',
  'jobs.batch',
  'pods',
];

/** An object as facts of its cluster: without what only its owner should see, and without what changes from minute to minute. */
export function asFact(object: Json): Json {
  const { apiVersion, kind } = object;
  const shown = SHOWN[string(kind) ?? ''];
  const rest = shown ? shown(object) : without(object, 'apiVersion', 'kind', 'metadata', 'status');
  return { apiVersion, kind, metadata: metadataOf(record(object['metadata']) ?? {}), ...rest };
}

const METADATA = ['name', 'namespace', 'uid', 'generation', 'labels', 'creationTimestamp', 'deletionTimestamp'];

function metadataOf(metadata: Json): Json {
  const annotations = Object.entries(strings(metadata['annotations'])).filter(
    ([name]) => /^[^/]*\.k8s\.io\/|^[^/]*kubernetes\.io\//.test(name) && !name.startsWith('kubectl.kubernetes.io/'),
  );
  const owners = mappings(metadata['ownerReferences']);
  return {
    ...only(metadata, ...METADATA),
    ...(annotations.length > 0 ? { annotations: Object.fromEntries(annotations) } : {}),
    ...(owners.length > 0 ? { ownerReferences: owners } : {}),
  };
}

/** What is kept of an object beside its metadata. */
const SHOWN: Readonly<Record<string, (object: Json) => Json>> = {
  Node: ({ spec, status }) => ({
    spec: only(spec, 'taints', 'unschedulable', 'providerID'),
    status: {
      ...only(status, 'capacity', 'allocatable'),
      nodeInfo: only(record(status)?.['nodeInfo'], 'kubeletVersion', 'architecture', 'operatingSystem', 'osImage'),
      conditions: conditionsOf(status),
    },
  }),
  Pod: ({ spec, status }) => ({
    spec: podSpecOf(record(spec) ?? {}),
    status: { ...only(status, 'phase', 'startTime', 'nominatedNodeName'), conditions: conditionsOf(status) },
  }),
  PodDisruptionBudget: ({ spec, status }) => ({
    spec,
    status: only(status, 'disruptionsAllowed', 'disruptedPods', 'currentHealthy', 'desiredHealthy', 'expectedPods'),
  }),
  PersistentVolume: ({ spec, status }) => {
    const csi = record(record(spec)?.['csi']);
    return {
      spec: { ...record(spec), ...(csi ? { csi: only(csi, 'driver', 'volumeHandle') } : {}) },
      status: only(status, 'phase'),
    };
  },
  PersistentVolumeClaim: ({ spec, status }) => ({ spec, status: only(status, 'phase') }),
  ...Object.fromEntries(
    ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'ReplicationController', 'Job'].map((kind) => [
      kind,
      ({ spec }: Json) => {
        const template = record(record(spec)?.['template']);
        return {
          spec: {
            ...record(spec),
            template: {
              metadata: only(template?.['metadata'], 'labels'),
              spec: podSpecOf(record(template?.['spec']) ?? {}),
            },
          },
        };
      },
    ]),
  ),
};

/** What the scheduler and evictions look at: no commands, no environment, no files. */
function podSpecOf(spec: Json): Json {
  const containers = (field: string) =>
    spec[field] === undefined
      ? {}
      : {
          [field]: mappings(spec[field]).map((container) =>
            only(container, 'name', 'image', 'ports', 'resources', 'restartPolicy'),
          ),
        };
  const volumes = mappings(spec['volumes'])
    .map((volume) =>
      only(
        volume,
        'name',
        'persistentVolumeClaim',
        'ephemeral',
        'emptyDir',
        'gcePersistentDisk',
        'awsElasticBlockStore',
        'iscsi',
        'rbd',
      ),
    )
    .filter((volume) => Object.keys(volume).length > 1);
  return {
    ...without(
      spec,
      'containers',
      'initContainers',
      'ephemeralContainers',
      'volumes',
      'imagePullSecrets',
      'hostAliases',
      'dnsConfig',
    ),
    ...containers('initContainers'),
    ...containers('containers'),
    ...(volumes.length > 0 ? { volumes } : {}),
  };
}

/** Whether each is so; when that was seen is no fact. Why a pod is to end is one: room may be made for another. */
function conditionsOf(status: unknown): Json[] {
  return mappings(record(status)?.['conditions']).map((condition) =>
    only(condition, 'type', 'status', ...(condition['type'] === 'DisruptionTarget' ? ['reason'] : [])),
  );
}

function only(value: unknown, ...fields: readonly string[]): Json {
  const from = record(value) ?? {};
  return Object.fromEntries(fields.flatMap((field) => (from[field] === undefined ? [] : [[field, from[field]]])));
}

function without(value: Json, ...fields: readonly string[]): Json {
  return Object.fromEntries(Object.entries(value).filter(([field]) => !fields.includes(field)));
}

/** Kinds in the order in which they come, the objects of each by namespace and name. */
export function factsInOrder(objects: readonly Json[]): Json[] {
  const kinds = [...new Set(objects.map(({ kind }) => kind))];
  const keyed = objects.map((object) => {
    const { namespace, name } = record(object['metadata']) ?? {};
    return { object, rank: kinds.indexOf(object['kind']), key: `${string(namespace) ?? ''}/${string(name) ?? ''}` };
  });
  return keyed.sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : 1)).map(({ object }) => object);
}
