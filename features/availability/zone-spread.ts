import { ZONE } from '../../model/cluster';
import { choice, whole } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { settingsOf } from '../../model/settings';
import { feature, forWorkloads } from '../feature';

const settings = settingsOf('zoneSpread', {
  /** The workloads that are spread: `public`, those that people reach, or a list of names. */
  workloads: forWorkloads(),
  /** `required`: a pod that would crowd a zone waits instead. */
  strength: choice('preferred', 'required'),
  /** How many pods more a zone may have than the one with the fewest. */
  maxSkew: whole(1, { min: 1 }),
});

declare module '../../model/settings' {
  interface Settings {
    readonly zoneSpread?: ValuesOf<typeof settings>;
  }
}

export const zoneSpread = feature('zone-spread', {
  group: 'availability',
  summary: 'the pods of a workload stand in all zones, so that the loss of one leaves the others',
  settings,
  needs: ['zones'],
  applyTo: (workload, { strength, maxSkew }) => workload.spreadOver(ZONE, strength, { maxSkew }),
});
