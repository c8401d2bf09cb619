import { changedNotifications, notificationEffects } from '../programs/notifications';
import { riskRule } from '../risk';

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
    for (const { change, field, was, is, alerts } of changedNotifications(diff))
      for (const effect of notificationEffects(was, is, alerts)) yield { change, field, ...effect };
  },
});
