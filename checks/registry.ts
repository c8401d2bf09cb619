import type { Check } from './check';
import serviceSelectsWorkload from './rules/service-selects-workload';

/** Every check, in the order of the catalogue. */
export const checks: readonly Check[] = [
  serviceSelectsWorkload,
];
