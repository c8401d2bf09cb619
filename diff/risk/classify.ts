import { refusedRollouts } from './refused-pods';
import type { Risk, RiskRule, WorldChange } from './risk';
import { rules } from './rules';

/** What is said of a rollout. What the API server refuses, the object or its pods, is not rolled out. */
const OF_ROLLOUTS: ReadonlySet<string> = new Set([
  'pod-template-changed',
  'rollout-held',
  'rollout-interrupts',
  'rollout-resumed',
]);

/** Everything that the rules say of a change, by object. */
export function risksOf(change: WorldChange, among: readonly RiskRule[] = rules): Risk[] {
  const risks = among.flatMap((rule) =>
    [...rule.find(change)].map((found): Risk => ({ class: rule.class, rule: rule.id, advice: rule.advice, ...found })),
  );
  const refused = new Set([
    ...risks.flatMap((risk) => (risk.class === 'immutable' ? [risk.change] : [])),
    ...[...refusedRollouts(change).keys()].map((workload) => workload.change),
  ]);
  return refused.size === 0
    ? risks
    : risks.filter(({ rule, change }) => !OF_ROLLOUTS.has(rule) || !refused.has(change));
}
