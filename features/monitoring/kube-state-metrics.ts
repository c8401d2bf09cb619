import {
  KubeStateMetrics,
  kubeStateMetricsSettings,
  stateMetricsIn,
} from '../../constructs/monitoring/kube-state-metrics';
import { feature } from '../feature';

export const kubeStateMetrics = feature('kube-state-metrics', {
  group: 'monitoring',
  summary: 'the state of objects as series: alerts of pods, rollouts, Jobs, autoscalers, volumes and nodes',
  settings: kubeStateMetricsSettings,
  apply: (context, settings) => {
    const component = context.component('kube-state-metrics');
    const { namespace } = context;
    new KubeStateMetrics(component, 'kube-state-metrics', {
      namespace,
      // Those that features bring are not all there yet.
      namespaces: () => context.namespaces,
      ...settings,
    });
  },
  // What its rules and those of others ask for is known now.
  finish: ({ namespace }) => {
    for (const one of stateMetricsIn(namespace.node.root)) one.grantRights();
  },
});
