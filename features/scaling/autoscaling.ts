import { adapterIn } from '../../constructs/monitoring/prometheus-adapter';
import { Autoscaler, autoscalingSettings } from '../../constructs/scaling/autoscaler';
import { feature } from '../feature';

export const autoscaling = feature('autoscaling', {
  group: 'scaling',
  summary: 'workloads get as many pods as their CPU use, requests or queues ask for',
  settings: autoscalingSettings,
  needs: ['resource-metrics'],
  applyTo: (workload, { workloads: _, ...settings }, { target }) => {
    const adapter = adapterIn(workload.node.root);
    new Autoscaler(workload, 'autoscaler', { workload, adapter, kubernetes: target.cluster.kubernetes, ...settings });
  },
});
