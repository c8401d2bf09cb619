import { WorkloadZoo, workloadZooSettings } from '../../constructs/practice/workload-zoo';
import { checkPlacement } from '../../model/placement-check';
import { feature } from '../feature';

export const workloadZoo = feature('workload-zoo', {
  group: 'practice',
  summary: 'a CPU burner, a memory hog, idle web servers and a parallel Job, for practising kubectl top',
  settings: workloadZooSettings,
  needs: ['native-sidecars'],
  excludes: [{ what: 'prod', why: 'it wastes CPU and memory on purpose' }],
  apply: (context, { namespace: where, ...settings }) => {
    const { target } = context;
    const { batchPlacement, batchCompletions, batchParallelism } = settings;
    const pods = Math.min(batchCompletions, batchParallelism);
    checkPlacement(`${target.name}, workloadZoo.batchPlacement`, batchPlacement, target.cluster, pods);
    // A Job counts as healthy only when it is done, and the app must not wait for a game.
    const component = context.component('workload-zoo', { last: true });
    const namespace =
      where === 'app'
        ? context.namespace
        : context.addNamespace(component, `${context.namespace.name}-zoo`, 'restricted');
    new WorkloadZoo(component, 'workload-zoo', { namespace, ...settings });
  },
});
