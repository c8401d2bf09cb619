import type { Json } from '../../manifests/resource';
import { mappings, record, string } from '../../manifests/resource';
import { releasesData } from './data';
import { withField } from './fill/filling';
import { at } from './model';

/**
 * What an API server drops while the gate of a feature is off, as `dropDisabledFields` and its like do (pkg/api/pod/util.go and the others of pkg/api,
 * `strategy.go` of pkg/registry/*\/*, 1.28 to 1.37). Gates are those of the version, as they are by default. Statuses are not here: no manifest has one.
 */
export interface DisabledFields {
  /** Of the struct itself. */
  readonly fields: ReadonlySet<string>;
  /** What is more than a whole field of it. */
  readonly drop?: (object: Json) => Json;
}

/** A feature gate, and the fields that a struct is without while it is off. */
type Gated = readonly [gate: string, definition: string, ...fields: string[]];

/** Structs that lose fields wherever they stand. */
const STRUCTS: readonly Gated[] = [
  ['UserNamespacesSupport', 'core.v1.PodSpec', 'hostUsers'],
  ['DynamicResourceAllocation', 'core.v1.PodSpec', 'resourceClaims'],
  ['PodLevelResources', 'core.v1.PodSpec', 'resources'],
  ['HostnameOverride', 'core.v1.PodSpec', 'hostnameOverride'],
  ['GenericWorkload', 'core.v1.PodSpec', 'workloadRef', 'schedulingGroup'],
  ['EvictionRequestAPI', 'core.v1.PodSpec', 'evictionResponders'],
  ['SupplementalGroupsPolicy', 'core.v1.PodSecurityContext', 'supplementalGroupsPolicy'],
  ['SELinuxChangePolicy', 'core.v1.PodSecurityContext', 'seLinuxChangePolicy'],
  ['InPlacePodVerticalScaling', 'core.v1.Container', 'resizePolicy'],
  ['InPlacePodVerticalScaling', 'core.v1.EphemeralContainer', 'resizePolicy'],
  ['ContainerRestartRules', 'core.v1.Container', 'restartPolicyRules'],
  ['ContainerRestartRules', 'core.v1.EphemeralContainer', 'restartPolicyRules', 'restartPolicy'],
  ['DynamicResourceAllocation', 'core.v1.ResourceRequirements', 'claims'],
  ['RecursiveReadOnlyMounts', 'core.v1.VolumeMount', 'recursiveReadOnly'],
  ['VolumeBindMountOptions', 'core.v1.VolumeMount', 'bindMountOptions'],
  ['PodLifecycleSleepAction', 'core.v1.LifecycleHandler', 'sleep'],
  ['ContainerStopSignals', 'core.v1.Lifecycle', 'stopSignal'],
  ['H2CContainerProbe', 'core.v1.HTTPGetAction', 'protocol'],
  ['GRPCContainerProbeTLS', 'core.v1.GRPCAction', 'mode'],
  ['EnvFiles', 'core.v1.EnvVarSource', 'fileKeyRef'],
  ['EmptyDirVolumeMode', 'core.v1.EmptyDirVolumeSource', 'mode'],
  ['ClusterTrustBundleProjection', 'core.v1.VolumeProjection', 'clusterTrustBundle'],
  ['PodCertificateRequest', 'core.v1.VolumeProjection', 'podCertificate'],
  ...['Secret', 'ConfigMap', 'DownwardAPI', 'Projected'].map(
    (kind): Gated => ['AtomicWriteVolumeUserFields', `core.v1.${kind}VolumeSource`, 'defaultUser'],
  ),
  ...[
    'KeyToPath',
    'DownwardAPIVolumeFile',
    'ServiceAccountTokenProjection',
    'ClusterTrustBundleProjection',
    'PodCertificateProjection',
  ].map((name): Gated => ['AtomicWriteVolumeUserFields', `core.v1.${name}`, 'user']),
  ['MatchLabelKeysInPodAffinity', 'core.v1.PodAffinityTerm', 'matchLabelKeys', 'mismatchLabelKeys'],
  ['MaxUnavailableStatefulSet', 'apps.v1.RollingUpdateStatefulSetStrategy', 'maxUnavailable'],
  ['HPAConfigurableTolerance', 'autoscaling.v2.HPAScalingRules', 'tolerance'],
  ['ServiceTrafficDistribution', 'core.v1.ServiceSpec', 'trafficDistribution'],
  ['PreferSameTrafficDistribution', 'discovery.v1.EndpointHints', 'forNodes'],
  ['CoordinatedLeaderElection', 'coordination.v1.LeaseSpec', 'strategy', 'preferredHolder'],
  ['MutableCSINodeAllocatableCount', 'storage.v1.CSIDriverSpec', 'nodeAllocatableUpdatePeriodSeconds'],
  ['VolumeLimitScaling', 'storage.v1.CSIDriverSpec', 'preventPodSchedulingIfMissing'],
  ['CustomResourceFieldSelectors', 'apiextensions.v1.CustomResourceDefinitionVersion', 'selectableFields'],
  ['WorkloadWithJob', 'batch.v1.JobSpec', 'scheduling'],
  ...['v1', 'v1beta1', 'v1beta2'].flatMap((version): Gated[] => [
    ['DRAExtendedResource', `resource.${version}.DeviceClassSpec`, 'extendedResourceName'],
    ...['ExactDeviceRequest', 'DeviceSubRequest', ...(version === 'v1beta1' ? ['DeviceRequest'] : [])].flatMap(
      (name): Gated[] => [
        ['DRADeviceTaints', `resource.${version}.${name}`, 'tolerations'],
        ['DRAConsumableCapacity', `resource.${version}.${name}`, 'capacity'],
        ['DRADerivedAttributes', `resource.${version}.${name}`, 'derivedAttributes'],
        ['DRAAdminAccess', `resource.${version}.${name}`, 'adminAccess'],
      ],
    ),
    ['DRAPrioritizedList', `resource.${version}.DeviceRequest`, 'firstAvailable'],
  ]),
];

/** Fields of the spec that only an object by itself loses, and no template of one. */
const SPECS: readonly Gated[] = [
  ['JobBackoffLimitPerIndex', 'batch.v1.Job', 'backoffLimitPerIndex', 'maxFailedIndexes'],
  ['JobPodReplacementPolicy', 'batch.v1.Job', 'podReplacementPolicy'],
  ['JobManagedBy', 'batch.v1.Job', 'managedBy'],
  ['JobSuccessPolicy', 'batch.v1.Job', 'successPolicy'],
  ['VolumeAttributesClass', 'core.v1.PersistentVolumeClaim', 'volumeAttributesClassName'],
  ['VolumeAttributesClass', 'core.v1.PersistentVolume', 'volumeAttributesClassName'],
];

/** What else happens to a struct while a gate is off. */
const MORE: readonly (readonly [gate: string, definition: string, drop: (object: Json) => Json])[] = [
  ['ImageVolume', 'core.v1.PodSpec', withoutImageVolumes],
  ['SidecarContainers', 'core.v1.PodSpec', (pod) => inContainers(pod, ['initContainers'], withoutRestartPolicy)],
  ['ContainerRestartRules', 'core.v1.PodSpec', withoutRestartRules],
  ['ContainerStopSignals', 'core.v1.Container', withoutBareSignal],
  ['ProcMountType', 'core.v1.SecurityContext', (context) => forced(context, 'procMount', 'Default')],
];
/** The same of objects by themselves. */
const MORE_OF_OBJECTS: typeof MORE = [
  ['JobBackoffLimitPerIndex', 'batch.v1.Job', withoutFailIndex],
  ['CrossNamespaceVolumeDataSource', 'core.v1.PersistentVolumeClaim', withoutForeignSource],
];

/** Since when a field is dropped that an earlier version has and keeps: 1.34 dropped it from a copy. */
const SINCE: Readonly<Record<string, number>> = { 'resource.v1.DeviceConstraint.distinctAttribute': 35 };
const CONSTRAINTS: readonly Gated[] = ['v1', 'v1beta1', 'v1beta2'].map((version) => [
  'DRAConsumableCapacity',
  `resource.${version}.DeviceConstraint`,
  'distinctAttribute',
]);

/** Whether the gates of a version are known: of others nothing is dropped. */
export function knowsGates(minor: number): boolean {
  const { oldest, newest } = releasesData();
  return oldest <= minor && minor <= newest;
}

/** What a server of a minor version drops of a struct; undefined where it drops nothing. */
export function disabledIn(definition: string, minor: number, isObject: boolean): DisabledFields | undefined {
  const isOff = (gate: string) => isGateOff(gate, minor);
  const ofThis = (entries: readonly Gated[]) =>
    entries.filter(([gate, name]) => name === definition && isOff(gate)).flatMap(([, , ...fields]) => fields);
  const fields = new Set([
    ...ofThis(STRUCTS),
    ...ofThis(CONSTRAINTS).filter((name) => minor >= (SINCE[`${definition}.${name}`] ?? 35)),
  ]);
  const inSpec = isObject ? ofThis(SPECS) : [];
  const drops = [...MORE, ...(isObject ? MORE_OF_OBJECTS : [])].filter(
    ([gate, name]) => name === definition && isOff(gate),
  );
  if (fields.size === 0 && inSpec.length === 0 && drops.length === 0) return undefined;
  if (inSpec.length === 0 && drops.length === 0) return { fields };
  return {
    fields,
    drop: (object) =>
      drops.reduce(
        (left, [, , drop]) => drop(left),
        inSpec.reduce((left, name) => inside(left, 'spec', (spec) => without(spec, name)), object),
      ),
  };
}

/** A gate that a version does not know is not off: the field is not its business, or a part of all of it. */
function isGateOff(gate: string, minor: number): boolean {
  const timeline = releasesData().gates.components[gate];
  const [, value] = (timeline && at(timeline, minor))?.split(' ') ?? [];
  return value === 'off';
}

function without(object: Json, name: string): Json {
  return object[name] === undefined ? object : withField(object, name, undefined);
}

function inside(object: Json, name: string, change: (inner: Json) => Json): Json {
  const inner = record(object[name]);
  if (!inner) return object;
  const now = change(inner);
  return now === inner ? object : withField(object, name, now);
}

function forced(object: Json, name: string, value: unknown): Json {
  const written = object[name];
  return written === undefined || written === null || written === value ? object : withField(object, name, value);
}

const EVERY_CONTAINER = ['containers', 'initContainers', 'ephemeralContainers'];

function inContainers(pod: Json, lists: readonly string[], change: (container: Json) => Json): Json {
  return lists.reduce((left, list) => inEntries(left, list, change), pod);
}

function inEntries(object: Json, list: string, change: (entry: Json) => Json): Json {
  const entries = object[list];
  if (!Array.isArray(entries)) return object;
  const now = entries.map((entry) => {
    const own = record(entry);
    return own ? change(own) : (entry as unknown);
  });
  return now.every((entry, i) => entry === entries[i]) ? object : withField(object, list, now);
}

function withoutRestartPolicy(container: Json): Json {
  return without(container, 'restartPolicy');
}

function withoutRestartRules(pod: Json): Json {
  const left = inContainers(pod, ['containers'], withoutRestartPolicy);
  // That of a sidecar is older than the rules.
  return inContainers(left, ['initContainers'], (container) =>
    container['restartPolicy'] === 'Always' ? container : withoutRestartPolicy(container),
  );
}

/** Volumes of images go, and what mounts them. */
function withoutImageVolumes(pod: Json): Json {
  const names = new Set(
    mappings(pod['volumes']).flatMap((volume) => (record(volume['image']) ? [string(volume['name'])] : [])),
  );
  if (names.size === 0) return pod;
  const kept = (object: Json, list: string, is: (entry: Json) => boolean) => {
    const entries = object[list];
    if (!Array.isArray(entries)) return object;
    const left = entries.filter((entry) => !is(record(entry) ?? {}));
    return left.length === entries.length ? object : withField(object, list, left.length > 0 ? left : undefined);
  };
  const left = kept(pod, 'volumes', (volume) => record(volume['image']) !== undefined);
  return inContainers(left, EVERY_CONTAINER, (container) =>
    kept(container, 'volumeMounts', ({ name }) => names.has(string(name))),
  );
}

/** A lifecycle that says nothing else goes with the signal. */
function withoutBareSignal(container: Json): Json {
  const lifecycle = record(container['lifecycle']) ?? {};
  const names = Object.keys(lifecycle).filter((name) => lifecycle[name] !== null);
  return names.length === 1 && names[0] === 'stopSignal' ? without(container, 'lifecycle') : container;
}

function withoutFailIndex(job: Json): Json {
  return inside(job, 'spec', (spec) =>
    inside(spec, 'podFailurePolicy', (policy) => {
      const rules = policy['rules'];
      if (!Array.isArray(rules)) return policy;
      const left = rules.filter((rule) => record(rule)?.['action'] !== 'FailIndex');
      return left.length === rules.length ? policy : withField(policy, 'rules', left);
    }),
  );
}

function withoutForeignSource(claim: Json): Json {
  return inside(claim, 'spec', (spec) =>
    string(record(spec['dataSourceRef'])?.['namespace']) ? without(spec, 'dataSourceRef') : spec,
  );
}
