import { MetricsServer } from '../../constructs/monitoring/metrics-server';
import { feature } from '../feature';

export const metricsServer = feature('metrics-server', {
  group: 'monitoring',
  summary: 'kubectl top and the autoscaler work on a cluster that brings no metrics of its own',
  provides: ['resource-metrics'],
  apply: (context) => {
    const { kubeletCertificates } = context.target.cluster;
    new MetricsServer(context.component('metrics-server'), 'metrics-server', { kubeletCertificates });
  },
});
