import { Prometheus } from '../../constructs/monitoring/prometheus';
import type { Bytes, Duration } from '../../model/quantity';
import { feature } from '../feature';

export const prometheus = feature('prometheus', {
  group: 'monitoring',
  summary: 'one Prometheus that scrapes the web app and the exporter',
  defaults: {
    /** How often targets are scraped. */
    interval: '15s' as Duration,
    /** How long samples are kept. */
    retention: '7d' as Duration,
    /** Size of the volume for the samples. */
    volume: '4Gi' as Bytes,
  },
  needs: ['volumes'],
  apply: (platform, options) => {
    const { cluster, environment } = platform.target;
    new Prometheus(platform.component('prometheus'), 'prometheus', {
      namespace: platform.namespace,
      scrapes: [{ port: platform.exporter.port }, { port: platform.web.port }],
      externalLabels: { cluster: cluster.name, environment: environment.name },
      storage: cluster.storage,
      ...options,
    });
  },
});
