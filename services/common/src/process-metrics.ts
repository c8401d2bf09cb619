import { collectDefaultMetrics, Registry } from 'prom-client';

/** Gauges whose names end in `_total`, which promtool rejects; the same numbers are exported per type without the suffix. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

export function processMetrics(): Registry {
  const register = new Registry();
  collectDefaultMetrics({ register });
  for (const name of MISNAMED) register.removeSingleMetric(name);
  return register;
}
