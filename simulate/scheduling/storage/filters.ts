import { selects } from '../../../manifests/selector';
import type { Filter } from '../filter-rule';
import type { SchedulerNode } from '../node';
import type { SchedulerPod } from '../pod';
import { never, now } from '../refusal';
import type { NodeState } from '../state';
import { claimName, disksClash } from './pod-volumes';
import type { StorageState } from './state';
import { bySize } from './state';
import type { StorageClaim, StorageVolume } from './storage';
import { isMadeFor, reaches } from './storage';

const IN_USE =
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod';

/** plugins/volumerestrictions. */
const restrictions: Filter = (pod, { storage }) => {
  const { claims, disks } = pod.volumes;
  const inUse = claims.some((each) => {
    const claim = each.claim === undefined ? undefined : storage.claim(pod.namespace, each.claim);
    return claim?.modes.includes('ReadWriteOncePod') && storage.isUsed(claim);
  });
  if (!inUse && disks.length === 0) return undefined;
  return ({ pods }) => {
    for (const other of pods) if (disksClash(pod.volumes, other.volumes)) return now('node(s) had no available disk');
    return inUse ? now(IN_USE) : undefined;
  };
};

/** plugins/nodevolumelimits. */
const limits: Filter = (pod, { storage }) => {
  if (storage.storage.limits.size === 0) return undefined;
  const wanted = attachable(pod, storage);
  if (wanted.size === 0) return undefined;
  return ({ name, pods }) => {
    const most = storage.storage.limits.get(name);
    if (!most || most.size === 0) return undefined;
    const mounted = new Map<string, string>();
    for (const other of pods) for (const [handle, driver] of attachable(other, storage)) mounted.set(handle, driver);
    // One that is attached, and that no pod mounts yet, counts twice: as attached, and as new.
    const there = new Map(mounted);
    for (const { volume, driver } of storage.storage.attached.get(name) ?? []) {
      const csi = storage.storage.volumes.get(volume)?.csi;
      if (csi) there.set(`${driver}/${csi.handle}`, driver);
    }
    for (const [driver, limit] of most) {
      const more = [...wanted].filter(([handle, of]) => of === driver && !mounted.has(handle)).length;
      const count = [...there.values()].filter((of) => of === driver).length;
      if (more > 0 && BigInt(count + more) > limit) return now('node(s) exceed max volume count');
    }
    return undefined;
  };
};

/** The volumes of a pod that a driver attaches to its node, with the driver. */
function attachable({ namespace, name, volumes }: SchedulerPod, storage: StorageState): Map<string, string> {
  return new Map(
    volumes.claims.flatMap((each) => {
      const claim = storage.claim(namespace, claimName(each, { name }));
      if (!claim) return [];
      const volume = storage.storage.volumes.get(claim.volumeName);
      if (volume) return volume.csi ? [[`${volume.csi.driver}/${volume.csi.handle}`, volume.csi.driver] as const] : [];
      const driver = storage.storage.classes.get(claim.className)?.provisioner;
      return driver ? [[`${driver}/claim ${namespace}/${claim.name}`, driver] as const] : [];
    }),
  );
}

/** plugins/volumebinding. */
const binding: Filter = (pod, { storage }) => {
  const { bound, waiting, immediate } = storage.claimsOf(pod);
  if (bound.length + waiting.length + immediate.length === 0) return undefined;
  return (node) => {
    const reasons = [
      boundReason(bound, node),
      anywhereReason(immediate, storage, node),
      waitingReason(waiting, storage, node),
    ];
    const found = reasons.filter((reason) => reason !== undefined);
    return found.length > 0 ? never(...found) : undefined;
  };
};

export const OUT_OF_REACH = "node(s) didn't match PersistentVolume's node affinity";
export const NO_VOLUME = "node(s) didn't find available persistent volumes to bind";

function boundReason(
  bound: readonly { readonly volume: StorageVolume | undefined }[],
  node: SchedulerNode,
): string | undefined {
  for (const { volume } of bound) {
    if (!volume) return 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';
    if (!reaches(node, volume)) return OUT_OF_REACH;
  }
  return undefined;
}

/** Wherever a volume is made, it is where its class allows. */
function anywhereReason(
  immediate: readonly StorageClaim[],
  { storage }: StorageState,
  node: SchedulerNode,
): string | undefined {
  const isWithin = ({ className }: StorageClaim) => {
    const made = storage.classes.get(className);
    return !made || isMadeFor(node, made);
  };
  return immediate.every(isWithin) ? undefined : OUT_OF_REACH;
}

function waitingReason(waiting: readonly StorageClaim[], storage: StorageState, node: NodeState): string | undefined {
  if (waiting.length === 0) return undefined;
  for (const claim of waiting) {
    const selected = storage.selectedNode(claim);
    if (selected !== undefined && selected !== node.name) return NO_VOLUME;
  }
  const found = storage.matches(waiting, node);
  const isSelected = (claim: StorageClaim) => storage.selectedNode(claim) !== undefined;
  const toMake = [
    ...waiting.filter(isSelected),
    ...bySize(waiting.filter((each) => !isSelected(each) && !found.has(each))),
  ];
  for (const claim of toMake) {
    const refusal = storage.refusesToMake(claim, node);
    if (refusal) return refusal === 'room' ? 'node(s) did not have enough free storage' : NO_VOLUME;
  }
  return undefined;
}

/** Labels that say where nodes and volumes are, with what they are called now. */
const ZONE_LABELS: ReadonlyMap<string, string> = new Map([
  ['failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone'],
  ['failure-domain.beta.kubernetes.io/region', 'topology.kubernetes.io/region'],
  ['topology.kubernetes.io/zone', 'topology.kubernetes.io/zone'],
  ['topology.kubernetes.io/region', 'topology.kubernetes.io/region'],
]);

/** plugins/volumezone: the labels of volumes, which may name several zones: `a__b`. Claims that are made for the pod are not looked at. */
const zone: Filter = (pod, { storage }) => {
  const named = new Set(pod.volumes.claims.flatMap(({ claim }) => claim ?? []));
  const wanted = storage
    .claimsOf(pod)
    .bound.filter(({ claim }) => named.has(claim.name))
    .flatMap(({ volume }) =>
      [...ZONE_LABELS.keys()].flatMap((key) => {
        const value = volume?.labels[key];
        const values = value?.split('__').map((each) => each.trim()) ?? [];
        // One that is empty says nothing.
        return value === undefined || values.includes('') ? [] : [{ key, values }];
      }),
    );
  if (wanted.length === 0) return undefined;
  return ({ labels }) => {
    if (![...ZONE_LABELS.keys()].some((key) => labels[key] !== undefined)) return undefined;
    const isThere = ({ key, values }: (typeof wanted)[number]) => {
      const own = labels[key] ?? labels[ZONE_LABELS.get(key)!];
      return own !== undefined && values.includes(own);
    };
    return wanted.every(isThere) ? undefined : never('node(s) had no available volume zone');
  };
};

/** All that these filters look at of a node alone, as a text. */
export function storageLikeness(node: SchedulerNode, { storage, settled }: StorageState): string {
  return JSON.stringify([
    settled.map((volume) => reaches(node, volume)),
    [...storage.volumes.values()].map((volume) => reaches(node, volume)),
    [...storage.classes.values()].map((each) => isMadeFor(node, each)),
    storage.capacities.map((capacity) => selects(capacity['nodeTopology'], node.labels)),
    [...(storage.limits.get(node.name) ?? [])].map(([driver, most]) => `${driver}=${most}`).sort(),
    (storage.attached.get(node.name) ?? []).length > 0 ? node.name : '',
    [...ZONE_LABELS.keys()].map((key) => node.labels[key] ?? null),
  ]);
}

/** In the order of the default profile. */
export const storageFilters: readonly Filter[] = [restrictions, limits, binding, zone];
