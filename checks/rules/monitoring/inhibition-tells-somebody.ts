import { check } from '../../check';
import { inhibitionFindings } from '../../inhibitions';

const manifests = (source: string) => `
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: web, namespace: shop }
spec:
  groups:
    - name: web
      rules:
        - { alert: TargetDown, expr: up == 0, labels: { severity: ticket } }
        - { alert: BudgetBurns, expr: 'slo:burn:rate1h > 14', labels: { severity: page } }
        - { alert: ServiceDown, expr: 'absent(up{job="web", namespace="shop"} == 1)', labels: { severity: page, job: web } }
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
      - { source_matchers: [severity="page"], target_matchers: [severity="ticket"], equal: [job] }
      - { source_matchers: [alertname="${source}"], target_matchers: [alertname="BudgetBurns"], equal: [job] }
`;

export default check({
  id: 'inhibition-tells-somebody',
  group: 'monitoring',
  description:
    'while an alert is silenced by another, somebody is told of one of them: inhibitions form no circle, their sources do not always fire, and whoever silences a page is told of at any time',
  severity: 'will-break',
  needs: [],
  source: 'https://prometheus.io/docs/alerting/latest/configuration/',
  fix: 'let only alerts that somebody is told of at any time silence others, and never the other way round as well',
  example: {
    broken: manifests('TargetDown'),
    fails: ['Secret/shop/alertmanager-main stringData["alertmanager.yaml"]'],
    fixed: manifests('ServiceDown'),
  },
  judge: (world) =>
    inhibitionFindings(
      world,
      ({ kind, losesPage }) => kind === 'circle' || kind === 'always' || (losesPage && kind !== 'severity'),
    ),
});
