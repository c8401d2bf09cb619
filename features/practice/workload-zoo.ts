import { WorkloadZoo, workloadZooSettings } from '../../constructs/practice/workload-zoo';
import { checkPlacement } from '../../model/placement-check';
import { feature } from '../feature';

export const workloadZoo = feature('workload-zoo', {
  group: 'practice',
  summary: 'a CPU burner, a memory hog, idle web servers and a batch Job, for practising kubectl top',
  settings: workloadZooSettings,
  needs: ['native-sidecars'],
  excludes: [{ what: 'prod', why: 'it wastes CPU and memory on purpose' }],
  apply: (context, settings) => {
    const { target, namespace } = context;
    checkPlacement(`${target.name}, workloadZoo.batchPlacement`, settings.batchPlacement, target.cluster);
    // A Job counts as healthy only when it is done, and the app must not wait for a game.
    new WorkloadZoo(context.component('workload-zoo', { last: true }), 'workload-zoo', { namespace, ...settings });
  },
});
