import type { SchedulerPod } from '../pod';
import { claimName } from './pod-volumes';
import type { StorageState } from './state';

/**
 * Why the claims of a pod keep it from every node, in the scheduler's own words; undefined: they do not. What the PreFilter of
 * VolumeRestrictions, VolumeBinding and VolumeZone say, in their order.
 */
export function rejectionOf(pod: SchedulerPod, storage: StorageState): string | undefined {
  const { claims } = pod.volumes;
  if (claims.length === 0) return undefined;
  const missing = (name: string) => `persistentvolumeclaim "${name}" not found`;
  const lookup = claims.map((each) => {
    const name = claimName(each, pod);
    return { name, own: each.claim === undefined, claim: storage.claim(pod.namespace, name) };
  });
  const notFound = lookup.find(({ own, claim }) => !own && !claim);
  if (notFound) return missing(notFound.name);
  for (const { name, own, claim } of lookup) {
    if (!claim) return `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`;
    if (claim.lost)
      return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.volumeName}"`;
    if (claim.deleting) return `persistentvolumeclaim "${name}" is being deleted`;
    if (own && claim.madeFor !== pod.name)
      return `PVC ${pod.namespace}/${name} was not created for pod ${pod.namespace}/${pod.name} (pod is not owner)`;
  }
  const { bound, immediate } = storage.claimsOf(pod);
  if (immediate.some(({ madeAnywhere }) => !madeAnywhere)) return 'pod has unbound immediate PersistentVolumeClaims';
  const lost = bound.find(({ claim, volume }) => !volume && lookup.some((each) => each.claim === claim && !each.own));
  return lost && `persistentvolume "${lost.claim.volumeName}" not found`;
}
