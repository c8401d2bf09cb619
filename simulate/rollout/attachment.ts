import type { ClusterState } from '../scheduling/state';
import type { RolloutPod, RolloutState } from './state';

/** Whether a volume that one node alone may attach is on another one. */
export function waitsForVolume(pod: RolloutPod, { places }: RolloutState, { storage }: ClusterState): boolean {
  const node = places.get(pod);
  const exclusive = pod.pod.volumes.claims.flatMap(({ claim }) => {
    const modes = (claim === undefined ? undefined : storage.claim(pod.pod.namespace, claim))?.modes ?? [];
    return claim !== undefined && modes.length === 1 && modes[0] === 'ReadWriteOnce' ? [claim] : [];
  });
  if (exclusive.length === 0 || pod.revision === 'old') return false;
  return [...places].some(
    ([other, on]) =>
      on !== undefined && on !== node && other.pod.volumes.claims.some(({ claim }) => exclusive.includes(claim ?? '')),
  );
}
