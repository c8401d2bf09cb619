/** Every feature there is, a line each. */

export { disruptionBudgets } from './availability/disruption-budgets';
export { zoneSpread } from './availability/zone-spread';
export { alerting } from './monitoring/alerting';
export { grafana } from './monitoring/grafana';
export { kubeStateMetrics } from './monitoring/kube-state-metrics';
export { metricsServer } from './monitoring/metrics-server';
export { nodeExporter } from './monitoring/node-exporter';
export { prometheus } from './monitoring/prometheus';
export { prometheusAdapter } from './monitoring/prometheus-adapter';
export { prometheusResourceMetrics } from './monitoring/prometheus-resource-metrics';
export { uptimeKuma } from './monitoring/uptime-kuma';
export { loadGenerator } from './practice/load-generator';
export { workloadZoo } from './practice/workload-zoo';
export { autoscaling } from './scaling/autoscaling';
export { verticalAutoscaling } from './scaling/vertical-autoscaling';
export { workQueue } from './scaling/work-queue';
export { networkPolicies } from './security/network-policies';
