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
  const unstored = new Set(risks.flatMap((risk) => (risk.class === 'immutable' ? [risk.change] : [])));
  const invalid = new Set(
    risks.flatMap((risk) => (risk.rule === 'manifest-refused' && unstored.has(risk.change) ? [risk.change] : [])),
  );
  const refused = new Set([...unstored, ...[...refusedRollouts(change).keys()].map((workload) => workload.change)]);
  return refused.size === 0
    ? risks
    : risks.filter(
        (risk) =>
          (!OF_ROLLOUTS.has(risk.rule) || !refused.has(risk.change)) &&
          // Of what is not stored nothing takes effect.
          (risk.class !== 'in-place' || !invalid.has(risk.change)),
      );
}
