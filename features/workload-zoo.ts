import { WorkloadZoo } from '../constructs/workload-zoo';
import type { Placement } from '../model/placement';
import { checkPlacement } from '../model/placement-check';
import { feature } from './feature';

export const workloadZoo = feature('workload-zoo', {
  summary: 'a CPU burner, a memory hog, idle web servers and a batch Job, for practising kubectl top',
  defaults: {
    /** Where the batch Job runs. */
    batchPlacement: {} as Placement,
  },
  needs: ['native-sidecars'],
  excludes: [{ what: 'prod', why: 'it wastes CPU and memory on purpose' }],
  apply: (platform, { batchPlacement }) => {
    checkPlacement(`${platform.target.name}, workload-zoo batchPlacement`, batchPlacement, platform.target.cluster);
    new WorkloadZoo(platform.component('workload-zoo'), 'workload-zoo', { namespace: platform.namespace, batchPlacement });
  },
});
