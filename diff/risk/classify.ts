import type { FieldChange } from '../field-change';
import type { ObjectChange } from '../object-change';
import type { RiskClass } from './classes';
import { worstOf } from './classes';
import type { Risk, RiskRule, WorldChange } from './risk';
import { rules } from './rules';

/** Everything that the rules say of a change, by object. */
export function risksOf(change: WorldChange, among: readonly RiskRule[] = rules): Risk[] {
  return among.flatMap((rule) =>
    [...rule.find(change)].map((found) => ({ class: rule.class, rule: rule.id, advice: rule.advice, ...found })),
  );
}

/** The class of an object's change, or of one of its fields: the worst that is said of it. */
export function riskClassOf(risks: readonly Risk[], change: ObjectChange, field?: FieldChange): RiskClass {
  const own = risks.filter((risk) => risk.change === change && (field === undefined || risk.field === field));
  return worstOf(own.map((risk) => risk.class));
}
