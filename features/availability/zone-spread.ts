import { ZONE } from '../../model/cluster';
import { feature } from '../feature';

export const zoneSpread = feature('zone-spread', {
  group: 'availability',
  summary: 'the pods of the web app stand in all zones, so that the loss of one leaves the others',
  defaults: {
    /** `required`: a pod that would crowd a zone waits instead. */
    strength: 'preferred' as 'preferred' | 'required',
  },
  needs: ['zones'],
  apply: ({ web }, { strength }) => {
    web.workload.spreadOver(ZONE, strength);
  },
});
