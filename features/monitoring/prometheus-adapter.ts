import { PrometheusAdapter } from '../../constructs/monitoring/prometheus-adapter';
import { feature } from '../feature';

export const prometheusAdapter = feature('prometheus-adapter', {
  group: 'monitoring',
  summary: 'autoscalers may look at what Prometheus knows: requests of pods and objects, and queries',
  needs: ['scraped-metrics'],
  provides: ['metrics-adapter'],
  // In `apply`, so that autoscalers find it. It renders nothing until one of them asks for a metric.
  apply: (context) => {
    new PrometheusAdapter(context.component('prometheus-adapter'), 'prometheus-adapter', { toYaml: context.toYaml });
  },
});
