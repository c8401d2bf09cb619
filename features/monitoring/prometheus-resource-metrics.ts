import { adapterIn } from '../../constructs/monitoring/prometheus-adapter';
import { feature } from '../feature';

export const prometheusResourceMetrics = feature('prometheus-resource-metrics', {
  group: 'monitoring',
  summary: 'kubectl top and the autoscaler work by what Prometheus scrapes, without metrics-server',
  needs: ['metrics-adapter', 'scraped-metrics'],
  provides: ['resource-metrics'],
  adjust: ({ namespace }) => adapterIn(namespace.node.root)!.resourceMetrics(),
});
