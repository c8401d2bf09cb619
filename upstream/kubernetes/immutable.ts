import { parseQuantity } from '../../manifests/quantity';
import type { Json, Path, Resource } from '../../manifests/resource';
import { list, mappings, record, string, valueAt } from '../../manifests/resource';
import { withDefaults } from './defaults';
import { POD_STAYS, podChanges } from './immutable-pods';
import { apiOf } from './model';
import { oneFormOf } from './one-form';
import { sameValue } from './same-value';

/** A change that an API server refuses. */
export interface ImmutableChange {
  readonly path: Path;
  readonly message: string;
}

const IMMUTABLE = 'field is immutable';

/** Fields that stay as they are created, by kind: the `Validate…Update` functions of k8s.io/kubernetes/pkg/apis. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec.selector'],
  ReplicaSet: ['spec.selector'],
  DaemonSet: ['spec.selector'],
  ControllerRevision: ['data'],
  Job: [
    'spec.selector',
    'spec.completionMode',
    'spec.podFailurePolicy',
    'spec.backoffLimitPerIndex',
    'spec.managedBy',
    'spec.successPolicy',
  ],
  RoleBinding: ['roleRef'],
  ClusterRoleBinding: ['roleRef'],
  StorageClass: ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'],
  VolumeAttributesClass: ['driverName', 'parameters'],
  CSIDriver: ['spec.attachRequired', 'spec.volumeLifecycleModes'],
  CSIStorageCapacity: ['nodeTopology', 'storageClassName'],
  VolumeAttachment: ['spec'],
  PriorityClass: ['value', 'preemptionPolicy'],
  RuntimeClass: ['handler'],
  IngressClass: ['spec.controller'],
  IPAddress: ['spec.parentRef'],
  EndpointSlice: ['addressType'],
  Secret: ['type'],
  ResourceClaim: ['spec'],
  ResourceClaimTemplate: ['spec'],
  CertificateSigningRequest: ['spec'],
  ClusterTrustBundle: ['spec.signerName'],
  CustomResourceDefinition: ['spec.group', 'spec.scope', 'spec.names.kind', 'spec.names.plural'],
};

/** Every change from one manifest of an object to the next that a server of a minor version refuses. */
export function immutableChanges(before: Resource, now: Resource, minor = Number.POSITIVE_INFINITY): ImmutableChange[] {
  const old = made(before.object, minor);
  const next = made(withStored(before.object, now.object, old), minor);
  const fields = Object.hasOwn(FIELDS, now.kind) ? FIELDS[now.kind]! : [];
  const changes = fields.flatMap((text): ImmutableChange[] => {
    const path = text.split('.');
    return sameValue(valueAt(old, path), valueAt(next, path)) ? [] : [{ path, message: IMMUTABLE }];
  });
  const own = Object.hasOwn(MORE, now.kind) ? MORE[now.kind]!(old, next, minor) : [];
  return [...changes, ...own];
}

/**
 * A Job that says nothing of its completions keeps those that the server filled in when it was made (SetDefaults_Job): who applies a manifest
 * changes no field that neither it nor the one before states, whatever the default would be beside the fields that it does state.
 */
function withStored(before: Json, now: Json, stored: Json): Json {
  if (string(now['kind']) !== 'Job') return now;
  const [was, is] = [specOf(before)['completions'], specOf(now)['completions']];
  const completions = specOf(stored)['completions'];
  return (was ?? is ?? undefined) !== undefined || completions === undefined
    ? now
    : { ...now, spec: { ...specOf(now), completions } };
}

/** An object as the server has it, in one form. */
function made(object: Json, minor: number): Json {
  const kind = apiOf(minor).kind(string(object['apiVersion']) ?? '', string(object['kind']) ?? '');
  const whole = withDefaults(object, minor);
  return kind ? oneFormOf(whole, kind.definition) : whole;
}

/** What is asked of a kind beside fields that stay. */
const MORE: Readonly<Record<string, (before: Json, now: Json, minor: number) => ImmutableChange[]>> = {
  StatefulSet: (before, now, minor) => statefulSet(specOf(before), specOf(now), minor),
  Job: (before, now, minor) => job(specOf(before), specOf(now), minor),
  PersistentVolumeClaim: (before, now) => claim(specOf(before), specOf(now)),
  PersistentVolume: (before, now) => volume(specOf(before), specOf(now)),
  Service: (before, now) => service(specOf(before), specOf(now)),
  ConfigMap: frozen,
  Secret: frozen,
  ResourceQuota: (before, now) => scopes(specOf(before), specOf(now)),
  CSIDriver: (before, now, minor) => driver(specOf(before), specOf(now), minor),
  ServiceCIDR: (before, now) => ranges(specOf(before), specOf(now)),
  Pod: (before, now) => inSpec(podChanges(specOf(before), specOf(now)), POD_STAYS),
};

function specOf(object: Json): Json {
  return record(object['spec']) ?? {};
}

/** The fields of a struct that changed. */
function changedFields(before: Json, now: Json, asked: (name: string) => boolean): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
    (name) => asked(name) && !sameValue(before[name], now[name]),
  );
}

function inSpec(names: readonly string[], message: string): ImmutableChange[] {
  return names.map((name) => ({ path: ['spec', name], message }));
}

/** What of a StatefulSet's spec may change: everything else stays. */
const STATEFULSET_MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

function statefulSet(before: Json, now: Json, minor: number): ImmutableChange[] {
  const mutable = STATEFULSET_MUTABLE.filter((name) => name !== 'revisionHistoryLimit' || minor >= 33);
  return inSpec(
    changedFields(before, now, (name) => !mutable.includes(name)),
    `updates to statefulset spec for fields other than ${mutable.map((name) => `'${name}'`).join(', ')} are forbidden`,
  );
}

/** What a suspended Job may still change in its template: what its pods need of the nodes. */
function job(before: Json, now: Json, minor: number): ImmutableChange[] {
  const indexed = now['completionMode'] === 'Indexed';
  const changes: ImmutableChange[] = [];
  if (!sameValue(before['completions'], now['completions']) && !(indexed && now['completions'] === now['parallelism']))
    changes.push({
      path: ['spec', 'completions'],
      message: indexed ? 'can only be modified in tandem with spec.parallelism' : IMMUTABLE,
    });
  const [old, next] = [before, now].map((spec) =>
    before['suspend'] === true ? withoutPlacing(record(spec['template']) ?? {}, minor) : spec['template'],
  );
  return sameValue(old, next) ? changes : [...changes, { path: ['spec', 'template'], message: IMMUTABLE }];
}

function withoutPlacing(template: Json, minor: number): Json {
  const { labels: _labels, annotations: _annotations, ...metadata } = { ...record(template['metadata']) };
  const spec = record(template['spec']) ?? {};
  const { nodeSelector: _selector, tolerations: _tolerations, schedulingGates: _gates, affinity, ...rest } = spec;
  const { nodeAffinity: _nodes, ...others } = { ...record(affinity) };
  const containers = (field: string) =>
    mappings(spec[field]).map(({ resources, ...container }) => (minor >= 35 ? container : { ...container, resources }));
  return {
    metadata,
    spec: {
      ...rest,
      affinity: others,
      containers: containers('containers'),
      initContainers: containers('initContainers'),
    },
  };
}

const CLAIM_STAYS =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

const SOURCES = ['dataSource', 'dataSourceRef'];

/** A claim may grow; everything else stays, but what the cluster fills in. */
function claim(before: Json, now: Json): ImmutableChange[] {
  // Where a manifest names no class and no volume the cluster filled them in, or not yet, and the next manifest may say the same.
  const given = ['storageClassName', 'volumeName'].filter((name) => string(before[name]) !== undefined);
  // The server keeps the source in two fields: where a manifest takes one away the other fills it in again.
  const sources = now['dataSource'] === undefined && now['dataSourceRef'] === undefined ? [] : SOURCES;
  const asked = ['accessModes', 'volumeMode', 'selector', ...sources, ...given];
  const changes = inSpec(
    changedFields(before, now, (name) => asked.includes(name)),
    CLAIM_STAYS,
  );
  const resources = (spec: Json) => record(spec['resources']) ?? {};
  if (!sameValue(resources(before)['limits'], resources(now)['limits']))
    changes.push({ path: ['spec', 'resources', 'limits'], message: CLAIM_STAYS });
  const storage = (spec: Json) => parseQuantity(record(resources(spec)['requests'])?.['storage']);
  const [old, next] = [storage(before), storage(now)];
  if (old !== undefined && next !== undefined && next < old)
    changes.push({
      path: ['spec', 'resources', 'requests', 'storage'],
      message: 'field cannot be less than previous value',
    });
  return changes;
}

/** What of a volume's spec is not its source. */
const VOLUME_MUTABLE = [
  'capacity',
  'accessModes',
  'claimRef',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'mountOptions',
  'volumeAttributesClassName',
];

/** The disk stays, and where it can be reached from once that was said. */
function volume(before: Json, now: Json): ImmutableChange[] {
  const names = changedFields(
    before,
    now,
    (name) => !VOLUME_MUTABLE.includes(name) && (name !== 'nodeAffinity' || before[name] !== undefined),
  );
  return names.map((name) => ({
    path: ['spec', name],
    message:
      name === 'volumeMode' || name === 'nodeAffinity'
        ? IMMUTABLE
        : 'spec.persistentvolumesource is immutable after creation',
  }));
}

/** The address of a Service stays, unless it becomes, or was, a mere name. */
function service(before: Json, now: Json): ImmutableChange[] {
  const types = [before['type'], now['type']];
  const changes: ImmutableChange[] = [];
  if (
    types.every((type) => type === 'LoadBalancer') &&
    !sameValue(before['loadBalancerClass'], now['loadBalancerClass'])
  )
    changes.push({ path: ['spec', 'loadBalancerClass'], message: 'may not change once set' });
  const [old, next] = [string(before['clusterIP']) ?? '', string(now['clusterIP']) ?? ''];
  if (types.includes('ExternalName') || old === next || next === '') return changes;
  // Without an address in the manifest the one that was given stays, except that a headless one has none.
  if (old === '' && next !== 'None') return changes;
  return [...changes, { path: ['spec', 'clusterIP'], message: 'may not change once set' }];
}

/** An immutable ConfigMap or Secret stays with all it holds, and stays immutable. */
function frozen(before: Json, now: Json): ImmutableChange[] {
  if (before['immutable'] !== true) return [];
  const message = 'field is immutable when `immutable` is set';
  return [
    ...(now['immutable'] === true ? [] : [{ path: ['immutable'], message }]),
    ...changedFields(before, now, (name) => name === 'data' || name === 'binaryData').map((name) => ({
      path: [name],
      message,
    })),
  ];
}

/** Scopes are a set: their order does not matter. */
function scopes(before: Json, now: Json): ImmutableChange[] {
  const [old, next] = [before, now].map((spec) => [...new Set(list(spec['scopes']))].sort());
  return sameValue(old, next) ? [] : [{ path: ['spec', 'scopes'], message: IMMUTABLE }];
}

/** What only servers before 1.30 keep. */
function driver(before: Json, now: Json, minor: number): ImmutableChange[] {
  const kept = minor < 30 ? ['podInfoOnMount', 'fsGroupPolicy'] : [];
  return inSpec(
    changedFields(before, now, (name) => kept.includes(name)),
    IMMUTABLE,
  );
}

/** A second range may be added. */
function ranges(before: Json, now: Json): ImmutableChange[] {
  const [old, next] = [list(before['cidrs']), list(now['cidrs'])];
  const kept = old.every((range, i) => range === next[i]);
  return kept && (next.length === old.length || old.length === 1)
    ? []
    : [{ path: ['spec', 'cidrs'], message: IMMUTABLE }];
}
