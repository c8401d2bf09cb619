import type { Json } from '../../manifests/resource';
import { mappings, record, string } from '../../manifests/resource';
import type { Container, WorkloadManifest } from '../../manifests/workload';

/** A place of a container's file system that is mounted. */
export interface StoreMount {
  readonly at: string;
  readonly subPath: string;
  readonly readOnly: boolean;
  /** `claim uploads`; undefined: what is written there goes with the pod. */
  readonly store: string | undefined;
  /** `emptyDir` */
  readonly type: string;
}

/** Volumes that keep what is written to them when the pod goes. */
const KEPT: Readonly<Record<string, (volume: Json) => string>> = {
  persistentVolumeClaim: (source) => `claim ${string(source['claimName'])}`,
  hostPath: (source) => `directory ${string(source['path'])} of the node`,
  nfs: (source) => `${string(source['server'])}:${string(source['path'])}`,
  csi: (source) => `volume of ${string(source['driver'])}`,
};

/** The mounts of a container, with what they keep. */
export function mountsWithStores(workload: WorkloadManifest, { json }: Container): StoreMount[] {
  const stores = storesOf(workload);
  return mappings(json['volumeMounts']).flatMap((mount) => {
    const at = string(mount['mountPath'])?.replace(/\/+$/, '');
    const volume = stores.get(string(mount['name']) ?? '');
    if (!at || !volume) return [];
    const subPath = string(mount['subPath']) ?? string(mount['subPathExpr']) ?? '';
    return [{ at, subPath, readOnly: mount['readOnly'] === true, ...volume }];
  });
}

function storesOf({ resource, podSpec }: WorkloadManifest): ReadonlyMap<string, Pick<StoreMount, 'store' | 'type'>> {
  const stores = new Map<string, Pick<StoreMount, 'store' | 'type'>>();
  for (const volume of mappings(podSpec['volumes'])) {
    const type = Object.keys(volume).find((key) => key !== 'name' && record(volume[key])) ?? 'emptyDir';
    const kept = Object.hasOwn(KEPT, type) ? KEPT[type]!(record(volume[type])!) : undefined;
    // Secrets of a store of secrets are read, not kept.
    const isRead = type === 'csi' && /secrets-store/.test(kept ?? '');
    stores.set(string(volume['name']) ?? '', { store: isRead ? undefined : kept, type });
  }
  if (resource.kind !== 'StatefulSet') return stores;
  for (const template of mappings(resource.at(['spec', 'volumeClaimTemplates']))) {
    const name = string(record(template['metadata'])?.['name']) ?? '';
    stores.set(name, { store: `claims of template ${name}`, type: 'persistentVolumeClaim' });
  }
  return stores;
}
