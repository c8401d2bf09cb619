import { MetricsServer } from '../../constructs/monitoring/metrics-server';
import { feature } from '../feature';

export const metricsServer = feature('metrics-server', {
  group: 'monitoring',
  summary: 'kubectl top and the autoscaler work on a cluster that brings no metrics of its own',
  defaults: {},
  provides: ['resource-metrics'],
  apply: (platform) => {
    new MetricsServer(platform.component('metrics-server'), 'metrics-server', {
      kubeletCertificates: platform.target.cluster.kubeletCertificates,
    });
  },
});
