import { Alertmanager, alertingSettings } from '../../constructs/monitoring/alertmanager';
import { OperatedAlertmanager } from '../../constructs/monitoring/operated-alertmanager';
import type { ValuesOf } from '../../model/settings';
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
      ...(credentials.from === 'generated' ? untold(settings) : {}),
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

const NOBODY = { kind: 'nobody' } as const;

/** Where nothing is worth hiding nobody knows an address: receivers that nobody has chosen are nobody there. */
function untold(settings: ValuesOf<typeof alertingSettings>) {
  const receivers = ['page', 'ticket', 'deadMansSwitch'] as const;
  const { defaults } = alertingSettings;
  return Object.fromEntries(
    receivers.filter((name) => settings[name] === defaults[name]).map((name) => [name, NOBODY]),
  );
}
