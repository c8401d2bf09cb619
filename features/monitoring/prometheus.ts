import { flowEndsIn, metricsServedBy } from '../../constructs/core/flow';
import { alertsIn } from '../../constructs/monitoring/alertmanagers';
import type { Watched } from '../../constructs/monitoring/dashboards/watched';
import { grafanasIn } from '../../constructs/monitoring/grafana';
import { LoadedRules } from '../../constructs/monitoring/loaded-rules';
import { OperatedPrometheus } from '../../constructs/monitoring/operated-prometheus';
import { Prometheus, prometheusSettings } from '../../constructs/monitoring/prometheus';
import { prometheusRules } from '../../constructs/monitoring/prometheus-rules';
import { ReleaseAnalyses } from '../../constructs/monitoring/release-analyses';
import { testedRules } from '../../constructs/monitoring/rules';
import { RuleSet, ruleSetsIn, watchesIn } from '../../constructs/monitoring/watch';
import { StrataError } from '../../model/errors';
import type { FeatureContext } from '../feature';
import { feature } from '../feature';
import { prometheusResourceMetrics } from './prometheus-resource-metrics';

export const prometheus = feature('prometheus', {
  group: 'monitoring',
  summary: 'one Prometheus that scrapes every workload that serves metrics, and evaluates what is to be watched',
  settings: prometheusSettings,
  needs: ['volumes'],
  provides: ['scraped-metrics'],
  connect: (context, { form, ...settings }) => {
    const { cluster, environment } = context.target;
    const { namespace } = context;
    const root = namespace.node.root;
    const component = context.component('prometheus');
    new RuleSet(component, 'rules', {
      name: 'prometheus',
      rules: { alerts: prometheusRules({ namespace: namespace.name }) },
    });
    const rules = testedRules({
      watches: watchesIn(root),
      sets: ruleSetsIn(root).filter(({ ofKubelets }) => !ofKubelets || form !== 'minimal'),
      retention: settings.retention,
      owner: settings.alertOwner,
      runbooks: settings.runbooks,
    });
    new LoadedRules(component, 'loaded', rules);
    const alertmanager = alertsIn(root);
    const shared = {
      namespace,
      scrapes: flowEndsIn(root).flatMap(metricsServedBy),
      externalLabels: { cluster: cluster.name, environment: environment.name },
      storage: cluster.storage,
      rules: rules.groups,
      kubeletCertificates: cluster.kubeletCertificates,
      kubeletResources: context.target.features.some(({ name }) => name === prometheusResourceMetrics.name),
      ...settings,
      ...(alertmanager ? { alertmanager } : {}),
    };
    const port =
      form === 'operator'
        ? new OperatedPrometheus(component, 'prometheus', { ...shared, kubelets: kubeletsOf(context) }).port('web')
        : new Prometheus(component, 'prometheus', { ...shared, form, toYaml: context.toYaml }).port('http');
    for (const watch of watchesIn(root).filter(({ judged }) => judged)) {
      if (!cluster.argoRollouts) continue;
      new ReleaseAnalyses(context.component(`${watch.of.app}-analyses`), 'analyses', {
        ...{ watch, port, argoRollouts: cluster.argoRollouts },
        ...{ interval: settings.interval, discovers: form !== 'minimal' },
      });
    }
    const watched = (): Watched => ({
      workloads: flowEndsIn(root),
      objectives: watchesIn(root).flatMap(({ objectives }) => objectives),
      retention: settings.retention,
      cluster: form !== 'minimal',
    });
    for (const grafana of grafanasIn(root)) grafana.shows({ port, interval: settings.interval, watched });
  },
});

function kubeletsOf({ target }: FeatureContext) {
  const { cluster, name } = target;
  if (cluster.prometheusOperator) return cluster.prometheusOperator.kubeletService;
  throw new StrataError(
    `${name}, prometheus.form`,
    `is operator, and cluster ${cluster.name} runs no Prometheus operator`,
    [
      "use 'discovery' there",
      `state in clusters/${cluster.name}.ts that it does: prometheusOperator: { kubeletService: { namespace: 'kube-system', labels: { 'k8s-app': 'kubelet' } } }`,
    ],
  );
}
