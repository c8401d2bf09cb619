import { Autoscaler, autoscalingSettings } from '../../constructs/scaling/autoscaler';
import { feature } from '../feature';

export const autoscaling = feature('autoscaling', {
  group: 'scaling',
  summary: 'workloads get as many pods as their CPU use asks for',
  settings: autoscalingSettings,
  needs: ['resource-metrics'],
  applyTo: (workload, { workloads: _, ...settings }) => {
    new Autoscaler(workload, 'autoscaler', { workload, ...settings });
  },
});
