import { autoscaling } from './autoscaling';
import { disruptionBudgets } from './disruption-budgets';
import type { FeatureFactory } from './feature';
import { metricsServer } from './metrics-server';
import { networkPolicies } from './network-policies';
import { prometheus } from './prometheus';
import { uptimeKuma } from './uptime-kuma';
import { workloadZoo } from './workload-zoo';
import { zoneSpread } from './zone-spread';

export { autoscaling, disruptionBudgets, metricsServer, networkPolicies, prometheus, uptimeKuma, workloadZoo, zoneSpread };

/** Every feature there is: what the reference lists and the pairwise tests combine. */
export const features: readonly FeatureFactory[] = [
  autoscaling,
  disruptionBudgets,
  metricsServer,
  networkPolicies,
  prometheus,
  uptimeKuma,
  workloadZoo,
  zoneSpread,
] as unknown as readonly FeatureFactory[];
