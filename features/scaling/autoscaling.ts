import { adapterIn } from '../../constructs/monitoring/prometheus-adapter';
import { Autoscaler, autoscalingSettings } from '../../constructs/scaling/autoscaler';
import { feature } from '../feature';

export const autoscaling = feature('autoscaling', {
  group: 'scaling',
  summary: 'workloads get as many pods as their CPU use, requests, queues or the hour ask for',
  settings: autoscalingSettings,
  needs: ['resource-metrics'],
  applyTo: (workload, { workloads: _, ...settings }, { target }) => {
    const adapter = adapterIn(workload.node.root);
    const { kubernetes, keda } = target.cluster;
    new Autoscaler(workload, 'autoscaler', { workload, adapter, kubernetes, keda, ...settings });
  },
});
