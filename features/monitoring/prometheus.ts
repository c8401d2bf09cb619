import { flowEndsIn } from '../../constructs/core/flow';
import { Prometheus, prometheusSettings } from '../../constructs/monitoring/prometheus';
import { feature } from '../feature';

export const prometheus = feature('prometheus', {
  group: 'monitoring',
  summary: 'one Prometheus that scrapes every workload that serves metrics',
  settings: prometheusSettings,
  needs: ['volumes'],
  connect: (context, settings) => {
    const { cluster, environment } = context.target;
    new Prometheus(context.component('prometheus'), 'prometheus', {
      namespace: context.namespace,
      scrapes: flowEndsIn(context.namespace.node.root).flatMap(({ metrics }) => metrics ?? []),
      externalLabels: { cluster: cluster.name, environment: environment.name },
      storage: cluster.storage,
      toYaml: context.toYaml,
      ...settings,
    });
  },
});
