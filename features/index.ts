/** Every feature there is, a line each. */
export { autoscaling } from './autoscaling';
export { disruptionBudgets } from './disruption-budgets';
export { metricsServer } from './metrics-server';
export { networkPolicies } from './network-policies';
export { prometheus } from './prometheus';
export { uptimeKuma } from './uptime-kuma';
export { workloadZoo } from './workload-zoo';
export { zoneSpread } from './zone-spread';
