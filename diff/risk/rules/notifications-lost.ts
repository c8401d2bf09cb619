import type { ObjectChange } from '../../object-change';
import { changedNotifications, notificationEffects } from '../programs/notifications';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import { deselected, selectorsMoved } from '../selections';
import { mayHoldOthers } from '../unseen';

const alertmanager = (route: string) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: alertmanager, namespace: monitoring }
spec:
  serviceName: alertmanager
  selector: { matchLabels: { app: alertmanager } }
  template:
    metadata: { labels: { app: alertmanager } }
    spec:
      containers: [{ name: alertmanager, image: 'prom/alertmanager:v0.28.0', volumeMounts: [{ name: config, mountPath: /etc/alertmanager }] }]
      volumes: [{ name: config, configMap: { name: alertmanager } }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: alertmanager, namespace: monitoring }
data:
  alertmanager.yml: |
    route: { receiver: team, ${route} }
    receivers: [{ name: team, webhook_configs: [{ url: 'http://team' }] }, { name: pager, webhook_configs: [{ url: 'http://pager' }] }]
`;
const CRITICAL = `routes: [{ matchers: ['severity="critical"'], receiver: pager }]`;

export default riskRule({
  id: 'notifications-lost',
  class: 'disruption',
  description: 'alerts that Alertmanager tells somebody no more, or holds back while another one fires',
  reason:
    'The alert fires and nobody hears of it, or not the one who would mend it at once. Nothing else shows that: a quiet Alertmanager looks like a healthy platform.',
  source: 'https://prometheus.io/docs/alerting/latest/configuration/#route',
  advice: 'make sure that somebody else is told: amtool config routes test, or strata alerts',
  example: {
    before: alertmanager(CRITICAL),
    after: alertmanager('routes: []'),
    finds: ['ConfigMap/monitoring/alertmanager data["alertmanager.yml"]'],
    harmless: alertmanager(`repeat_interval: 1h, ${CRITICAL}`),
  },
  *find(diff) {
    const told = new Set<ObjectChange>();
    for (const { change, field, was, is, alerts } of changedNotifications(diff))
      for (const effect of notificationEffects(was, is, alerts)) {
        told.add(change);
        yield { change, field, ...effect };
      }
    yield* ofSelections(diff, told);
  },
});

/** AlertmanagerConfigs that no Alertmanager selects any more, where not even the rest of its configuration tells what becomes of their alerts. */
function* ofSelections(diff: WorldChange, told: ReadonlySet<ObjectChange>): Iterable<FoundRisk> {
  for (const { change, field, before, by, isCertain } of deselected(diff))
    if (before.kind === 'AlertmanagerConfig' && !told.has(change))
      yield {
        change,
        field,
        message: `${diff.before.idOf(by)} ${isCertain ? 'selects' : 'may select'} ${diff.before.idOf(before)} no more: its receivers are told of nothing any more`,
        advice: SELECT,
      };
  for (const { change, field, kind } of selectorsMoved(diff))
    if (kind === 'AlertmanagerConfig' && mayHoldOthers(diff.before, change.namespace))
      yield {
        change,
        field,
        message: `it may select an AlertmanagerConfig no more that is not among the manifests: its receivers are told of nothing then`,
        advice: SELECT,
      };
}

const SELECT = 'keep the labels that the selector asks for, or change both together';
