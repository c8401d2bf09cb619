import { VerticalAutoscaler, verticalAutoscalingSettings } from '../../constructs/scaling/vertical-autoscaler';
import { checkRoom } from '../../model/room-check';
import { feature } from '../feature';

export const verticalAutoscaling = feature('vertical-autoscaling', {
  group: 'scaling',
  summary: 'what pods ask for is measured by what they use, and set where that is wanted',
  settings: verticalAutoscalingSettings,
  needs: ['vertical-autoscaling', 'resource-metrics'],
  applyTo: (workload, { workloads: _, ...settings }, { target: { cluster } }) => {
    new VerticalAutoscaler(workload, 'vertical-autoscaler', {
      workload,
      kubernetes: cluster.kubernetes,
      checkRoom: (place, asked) => checkRoom(place, asked, workload.pod.placement ?? {}, cluster),
      ...(cluster.verticalPodAutoscaler ? { by: cluster.verticalPodAutoscaler } : {}),
      ...settings,
    });
  },
});
