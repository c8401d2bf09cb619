import { WorkloadZoo } from '../../constructs/practice/workload-zoo';
import type { Placement } from '../../model/placement';
import { checkPlacement } from '../../model/placement-check';
import { feature } from '../feature';

export const workloadZoo = feature('workload-zoo', {
  group: 'practice',
  summary: 'a CPU burner, a memory hog, idle web servers and a batch Job, for practising kubectl top',
  defaults: {
    /** Where the batch Job runs. */
    batchPlacement: {} as Placement,
  },
  needs: ['native-sidecars'],
  excludes: [{ what: 'prod', why: 'it wastes CPU and memory on purpose' }],
  apply: (platform, { batchPlacement }) => {
    checkPlacement(`${platform.target.name}, workload-zoo batchPlacement`, batchPlacement, platform.target.cluster);
    // A Job counts as healthy only when it is done, and the app must not wait for a game.
    new WorkloadZoo(platform.component('workload-zoo', { last: true }), 'workload-zoo', {
      namespace: platform.namespace,
      batchPlacement,
    });
  },
});
