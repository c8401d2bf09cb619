import type { Quantity } from '../../../manifests/quantity';
import { parseQuantity } from '../../../manifests/quantity';
import type { Json, Resource } from '../../../manifests/resource';
import { list, mappings, number, record, string, strings } from '../../../manifests/resource';
import type { Labels } from '../../../manifests/selector';
import { selects } from '../../../manifests/selector';
import { addTo } from '../../../model/multimap';
import type { SchedulerNode } from '../node';
import { matchesTerm } from '../node-affinity';

/** A PersistentVolumeClaim as the scheduler sees it. */
export interface StorageClaim {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string | undefined;
  /** Empty: none. */
  readonly className: string;
  /** The volume that it is bound to, or wants. */
  readonly volumeName: string;
  /** Bound on both sides. */
  readonly bound: boolean;
  readonly lost: boolean;
  readonly deleting: boolean;
  readonly modes: readonly string[];
  readonly size: Quantity;
  /** Whether it says how large the volume must be. */
  readonly sized: boolean;
  readonly volumeMode: string;
  readonly attributesClass: string;
  readonly selector: Json | undefined;
  /** The node for whose pods its volume is being made. */
  readonly selectedNode: string | undefined;
  /** The pod that it was made for. */
  readonly madeFor: string | undefined;
  /** Its volume is made before any node is chosen, nobody knows where. */
  readonly madeAnywhere: boolean;
  /** Nobody tells of it: whether there is one of this name is not known. */
  readonly assumed: boolean;
}

/** From where a volume can be reached that was made for a pod: its node alone, the nodes of its zone or region, or all of them. */
export type VolumeReach = 'node' | 'zone' | 'region' | 'everywhere';

/** A PersistentVolume as the scheduler sees it. */
export interface StorageVolume {
  readonly name: string;
  readonly labels: Labels;
  readonly className: string;
  readonly size: Quantity;
  readonly modes: readonly string[];
  readonly volumeMode: string;
  readonly attributesClass: string;
  readonly deleting: boolean;
  readonly available: boolean;
  /** The claim that it is kept for. */
  readonly claim: { readonly namespace: string; readonly name: string; readonly uid: string | undefined } | undefined;
  /** Node selector terms, of which a node matches one; undefined: it can be reached from every node. */
  readonly terms: readonly Json[] | undefined;
  readonly csi: { readonly driver: string; readonly handle: string } | undefined;
  /** Nobody shows it, but it was made for a pod on this node; whether it can be reached from others may not be known. */
  readonly made: { readonly node: string; readonly reach: VolumeReach | undefined } | undefined;
}

/** A StorageClass as the scheduler sees it. */
export interface VolumeClass {
  readonly name: string;
  readonly provisioner: string;
  /** The volume is chosen or made when the node of a pod is known. */
  readonly waits: boolean;
  readonly parameters: Labels;
  readonly topologies: readonly Json[];
}

/** What is known of storage; it does not change while pods are placed. */
export interface Storage {
  readonly claims: ReadonlyMap<string, StorageClaim>;
  readonly volumes: ReadonlyMap<string, StorageVolume>;
  readonly classes: ReadonlyMap<string, VolumeClass>;
  /** How many volumes of a driver a node takes; by node, then by driver. */
  readonly limits: ReadonlyMap<string, ReadonlyMap<string, bigint>>;
  /** Volumes that are attached to a node already: names of PersistentVolumes with their drivers. */
  readonly attached: ReadonlyMap<string, readonly { readonly volume: string; readonly driver: string }[]>;
  /** Where drivers that tell it have how much room. */
  readonly capacities: readonly Json[];
  /** Drivers of which it is known how much room they have. */
  readonly measured: ReadonlySet<string>;
}

export const NO_STORAGE: Storage = {
  claims: new Map(),
  volumes: new Map(),
  classes: new Map(),
  limits: new Map(),
  attached: new Map(),
  capacities: [],
  measured: new Set(),
};

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

export function claimKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

export function readClaim(json: Json, namespace: string, name: string): StorageClaim {
  const metadata = record(json['metadata']) ?? {};
  const spec = record(json['spec']) ?? {};
  const annotations = strings(metadata['annotations']);
  const volumeName = string(spec['volumeName']) ?? '';
  const size = parseQuantity(record(record(spec['resources'])?.['requests'])?.['storage']);
  const owner = mappings(metadata['ownerReferences']).find(
    (each) => each['controller'] === true && each['kind'] === 'Pod',
  );
  return {
    namespace,
    name,
    uid: string(metadata['uid']),
    className: annotations[BETA_CLASS] ?? string(spec['storageClassName']) ?? '',
    volumeName,
    bound: volumeName !== '' && annotations['pv.kubernetes.io/bind-completed'] !== undefined,
    lost: record(json['status'])?.['phase'] === 'Lost',
    deleting: metadata['deletionTimestamp'] !== undefined,
    modes: texts(spec['accessModes']),
    size: size ?? 0n,
    sized: size !== undefined,
    volumeMode: string(spec['volumeMode']) ?? 'Filesystem',
    attributesClass: string(spec['volumeAttributesClassName']) ?? '',
    selector: record(spec['selector']),
    selectedNode: annotations['volume.kubernetes.io/selected-node'],
    madeFor: string(owner?.['name']),
    madeAnywhere: false,
    assumed: false,
  };
}

/** A claim of which nobody tells. */
export function assumedClaim(namespace: string, name: string): StorageClaim {
  return { ...readClaim({}, namespace, name), madeAnywhere: true, assumed: true };
}

function readVolume(resource: Resource): StorageVolume {
  const { labels, annotations, name } = resource;
  const spec = record(resource.at(['spec'])) ?? {};
  const claim = record(spec['claimRef']);
  const csi = record(spec['csi']);
  const phase = resource.at(['status', 'phase']);
  const required = record(record(spec['nodeAffinity'])?.['required']);
  return {
    name,
    labels,
    className: annotations[BETA_CLASS] ?? string(spec['storageClassName']) ?? '',
    size: parseQuantity(record(spec['capacity'])?.['storage']) ?? 0n,
    modes: texts(spec['accessModes']),
    volumeMode: string(spec['volumeMode']) ?? 'Filesystem',
    attributesClass: string(spec['volumeAttributesClassName']) ?? '',
    deleting: resource.at(['metadata', 'deletionTimestamp']) !== undefined,
    // One that nobody has looked at yet will be.
    available: phase === undefined || phase === 'Available',
    claim: claim && {
      namespace: string(claim['namespace']) ?? '',
      name: string(claim['name']) ?? '',
      uid: string(claim['uid']) || undefined,
    },
    terms: required && mappings(required['nodeSelectorTerms']),
    csi: csi && { driver: string(csi['driver']) ?? '', handle: string(csi['volumeHandle']) ?? '' },
    made: undefined,
  };
}

function readClass(resource: Resource): VolumeClass {
  return {
    name: resource.name,
    provisioner: string(resource.at(['provisioner'])) ?? '',
    waits: resource.at(['volumeBindingMode']) === 'WaitForFirstConsumer',
    parameters: strings(resource.at(['parameters'])),
    topologies: mappings(resource.at(['allowedTopologies'])),
  };
}

export function claimsByKey(claims: Iterable<StorageClaim>): Map<string, StorageClaim> {
  return new Map([...claims].map((claim) => [claimKey(claim.namespace, claim.name), claim]));
}

/** The storage that such objects describe, whatever others are among them; `claims` are read already. */
export function storageOf(objects: readonly Resource[], claims: Iterable<StorageClaim>): Storage {
  const ofKind = (kind: string) => objects.filter((object) => object.kind === kind);
  const attached = new Map<string, { volume: string; driver: string }[]>();
  for (const attachment of ofKind('VolumeAttachment')) {
    const node = string(attachment.at(['spec', 'nodeName'])) ?? '';
    const volume = string(attachment.at(['spec', 'source', 'persistentVolumeName']));
    const driver = string(attachment.at(['spec', 'attacher']));
    if (volume && driver) addTo(attached, node, { volume, driver });
  }
  return {
    claims: claimsByKey(claims),
    volumes: new Map(ofKind('PersistentVolume').map((each) => [each.name, readVolume(each)])),
    classes: new Map(ofKind('StorageClass').map((each) => [each.name, readClass(each)])),
    limits: new Map(ofKind('CSINode').map((each) => [each.name, limitsIn(each)])),
    attached,
    capacities: ofKind('CSIStorageCapacity').map(({ object }) => object),
    measured: new Set(
      ofKind('CSIDriver')
        .filter((driver) => driver.at(['spec', 'storageCapacity']) === true)
        .map(({ name }) => name),
    ),
  };
}

function limitsIn(csiNode: Resource): Map<string, bigint> {
  return new Map(
    list(csiNode.at(['spec', 'drivers'])).flatMap((entry) => {
      const driver = record(entry);
      const most = number(record(driver?.['allocatable'])?.['count']);
      return most === undefined ? [] : [[string(driver?.['name']) ?? '', BigInt(Math.trunc(most))] as const];
    }),
  );
}

/** Whether a node can reach a volume (component-helpers/storage/volume, CheckNodeAffinity: only labels count). */
export function reaches({ name, labels }: SchedulerNode, { terms, made }: StorageVolume): boolean {
  if (made?.reach === 'node' && made.node !== name) return false;
  return terms?.some((term) => matchesTerm(term, { labels, name: '' })) ?? true;
}

/** Whether a volume of this class can be made for a node (MatchTopologySelectorTerms). */
export function isMadeFor({ labels }: SchedulerNode, { topologies }: VolumeClass): boolean {
  if (topologies.length === 0) return true;
  return topologies.some((term) => {
    const expressions = list(term['matchLabelExpressions']).map(record);
    return (
      expressions.length > 0 &&
      expressions.every((expression) => {
        const value = labels[string(expression?.['key']) ?? ''];
        return value !== undefined && list(expression?.['values']).includes(value);
      })
    );
  });
}

/** Whether somebody makes volumes of this class. */
export function isProvisioned({ provisioner }: VolumeClass): boolean {
  return provisioner !== '' && provisioner !== 'kubernetes.io/no-provisioner';
}

/** Whether there is room for the claim's volume where the node reaches; true where nobody tells. */
export function hasRoom(
  storage: Storage,
  claim: StorageClaim,
  { name, provisioner }: VolumeClass,
  node: SchedulerNode,
): boolean {
  if (!claim.sized || !storage.measured.has(provisioner)) return true;
  return storage.capacities.some((capacity) => {
    const most = parseQuantity(capacity['maximumVolumeSize'] ?? capacity['capacity']);
    return (
      capacity['storageClassName'] === name &&
      most !== undefined &&
      most >= claim.size &&
      selects(capacity['nodeTopology'], node.labels)
    );
  });
}

/** Whether a volume is kept for a claim (IsVolumeBoundToClaim). */
export function isKeptFor({ claim: kept }: StorageVolume, { namespace, name, uid }: StorageClaim): boolean {
  return kept?.namespace === namespace && kept.name === name && (kept.uid === undefined || kept.uid === uid);
}

/** The best of the volumes for a claim, by FindMatchingVolume: one that is kept for it, else the smallest that will do. */
export function matchingVolume(
  claim: StorageClaim,
  volumes: Iterable<StorageVolume>,
  node: SchedulerNode | undefined,
): StorageVolume | undefined {
  let smallest: StorageVolume | undefined;
  for (const volume of volumes) {
    const kept = isKeptFor(volume, claim);
    if (volume.claim && !kept) continue;
    if (volume.size < claim.size || volume.volumeMode !== claim.volumeMode) continue;
    if (volume.attributesClass !== claim.attributesClass || volume.deleting) continue;
    const reached = !node || reaches(node, volume);
    if (kept) return reached ? volume : undefined;
    if (!volume.available || !reached || volume.className !== claim.className) continue;
    if (claim.selector && !selects(claim.selector, volume.labels)) continue;
    if (!claim.modes.every((mode) => volume.modes.includes(mode))) continue;
    if (!smallest || volume.size < smallest.size) smallest = volume;
  }
  return smallest;
}

function texts(value: unknown): string[] {
  return list(value).flatMap((entry) => string(entry) ?? []);
}
