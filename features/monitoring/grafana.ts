import { Grafana, grafanaSettings } from '../../constructs/monitoring/grafana';
import { feature } from '../feature';

export const grafana = feature('grafana', {
  group: 'monitoring',
  summary: 'dashboards of services, objectives, nodes and room, made from what the target has',
  settings: grafanaSettings,
  needs: ['scraped-metrics'],
  // In `apply`, so that Prometheus finds it: it is scraped, and it is told whose series it shows.
  apply: (context, settings) => {
    const { target, namespace, toYaml } = context;
    const { storage, domain } = target.cluster;
    const made = new Grafana(context.component('grafana'), 'grafana', {
      ...settings,
      namespace,
      storage,
      credentials: context.credentials(settings.credentialsRevision),
      toYaml,
    });
    if (settings.reach === 'people') context.expose(made.port('http'), `${namespace.name}-grafana.${domain}`, ['/*']);
  },
});
