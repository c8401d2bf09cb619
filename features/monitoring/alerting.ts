import { Alertmanager, alertingSettings } from '../../constructs/monitoring/alertmanager';
import { OperatedAlertmanager } from '../../constructs/monitoring/operated-alertmanager';
import { feature } from '../feature';

export const alerting = feature('alerting', {
  group: 'monitoring',
  summary: 'Alertmanagers that tell whom each alert concerns, once, by severity',
  settings: alertingSettings,
  needs: ['volumes'],
  // In `apply`, so that whatever scrapes and whatever has alerts to tell finds it.
  apply: (context, settings) => {
    const { target, namespace, toYaml } = context;
    const component = context.component('alertmanager');
    const credentials = context.credentials(settings.credentialsRevision);
    const shared = {
      ...settings,
      namespace,
      storage: target.cluster.storage,
      credentials,
    };
    // The operator reads Secrets, and the CSI driver makes none: there pods of our own read its files.
    if (target.settings.prometheus?.form === 'operator' && credentials.from !== 'csi')
      new OperatedAlertmanager(component, 'alertmanager', shared);
    else new Alertmanager(component, 'alertmanager', { ...shared, toYaml });
  },
});
