import { waitsForVolume } from '../../../simulate/rollout/attachment';
import type { RolloutPod } from '../../../simulate/rollout/state';
import { readPod } from '../../../simulate/scheduling/pod';
import { ClusterState } from '../../../simulate/scheduling/state';
import { claimsByKey, NO_STORAGE, readClaim } from '../../../simulate/scheduling/storage/storage';

test('a new pod waits for a volume that one node alone may attach, and that an old pod holds on another', () => {
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
  const pod = (revision: 'old' | 'new'): RolloutPod => ({
    pod: readPod({ spec: { containers: [{}], volumes } }, { namespace: 'shop', name: revision }),
    revision,
    healthy: true,
  });
  const [old, fresh] = [pod('old'), pod('new')];
  const waits = (accessModes: readonly string[], on: string) => {
    const claims = claimsByKey([readClaim({ spec: { accessModes } }, 'shop', 'data')]);
    const places = new Map([
      [old, 'a'],
      [fresh, on],
    ]);
    const cluster = new ClusterState([], new Map(), { ...NO_STORAGE, claims });
    return waitsForVolume(fresh, { oldSpec: 1, newSpec: 1, places }, cluster);
  };
  expect([waits(['ReadWriteOnce'], 'b'), waits(['ReadWriteOnce'], 'a')]).toEqual([true, false]);
  expect([waits(['ReadWriteMany'], 'b'), waits(['ReadWriteOnce', 'ReadOnlyMany'], 'b')]).toEqual([false, false]);
});
