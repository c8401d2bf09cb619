import { check } from '../../check';
import { inhibitionFindings } from '../../inhibitions';

const manifests = (severity: string) => `
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: nodes, namespace: shop }
spec:
  groups:
    - name: nodes
      rules:
        - { alert: NodeDown, expr: 'up{job="node"} == 0', labels: { severity: ${severity} } }
        - { alert: ShopDown, expr: 'shop_orders_open > 100', labels: { severity: critical } }
---
apiVersion: monitoring.coreos.com/v1
kind: Alertmanager
metadata: { name: main, namespace: shop }
---
apiVersion: v1
kind: Secret
metadata: { name: alertmanager-main, namespace: shop }
stringData:
  alertmanager.yaml: |
    route: { receiver: team }
    receivers:
      - name: team
        webhook_configs: [{ url: 'http://pager:8080/alerts' }]
    inhibit_rules:
      - { source_matchers: [alertname="NodeDown"], target_matchers: [alertname="ShopDown"], equal: [node] }
`;

export default check({
  id: 'inhibition-source-urgent',
  group: 'monitoring',
  description:
    'an alert that silences others is at least as urgent as they are, and somebody is told of it when they would be',
  severity: 'advice',
  needs: [],
  source: 'https://prometheus.io/docs/alerting/latest/configuration/',
  fix: 'raise the severity of the alert that silences, or let a more urgent one silence',
  example: {
    broken: manifests('warning'),
    fails: ['Secret/shop/alertmanager-main stringData["alertmanager.yaml"]'],
    fixed: manifests('critical'),
  },
  judge: (world) =>
    inhibitionFindings(
      world,
      ({ kind, losesPage }) => kind === 'severity' || (!losesPage && (kind === 'nobody' || kind === 'hours')),
    ),
});
