import { isAtLeast } from './classes';
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
  const all = among.flatMap((rule) =>
    [...rule.find(change)].map((found): Risk => ({ class: rule.class, rule: rule.id, advice: rule.advice, ...found })),
  );
  const risks = withoutUnread(withoutRepeated(all));
  const refused = new Set([
    ...risks.flatMap((risk) => (refusesUpdate(risk) ? [risk.change] : [])),
    ...[...refusedRollouts(change).keys()].map((workload) => workload.change),
  ]);
  const invalid = new Set(risks.flatMap(({ leaves, change }) => (leaves === 'nothing' ? [change] : [])));
  const left =
    refused.size === 0
      ? risks
      : risks.filter(
          (risk) =>
            (!OF_ROLLOUTS.has(risk.rule) || !refused.has(risk.change)) &&
            // Of what is not stored nothing takes effect.
            (isAtLeast(risk.class, 'immutable') || !invalid.has(risk.change)),
        );
  return withoutParts(left);
}

/** Rules that tell all that another one has to say of the same field, and why it matters. */
const TOLD_BY: Readonly<Record<string, string>> = { 'requests-changed': 'memory-limit-lowered' };

function withoutParts(risks: readonly Risk[]): Risk[] {
  return risks.filter(
    (risk) =>
      !Object.hasOwn(TOLD_BY, risk.rule) ||
      !risks.some(
        ({ rule, change, field }) => rule === TOLD_BY[risk.rule] && change === risk.change && field === risk.field,
      ),
  );
}

/** What says that a file of a program is not read here, or that some controller acts on an annotation. */
const VAGUE: ReadonlySet<string> = new Set(['configuration-unread', 'metadata-changed']);

/** What is not known of a file or an annotation is told where nothing worse is known of its change. */
function withoutUnread(risks: readonly Risk[]): Risk[] {
  const isJudged = ({ change, field }: Risk) =>
    risks.some((risk) => risk.change === change && risk.field === field && isAtLeast(risk.class, 'exposure'));
  return risks.filter((risk) => !VAGUE.has(risk.rule) || !isJudged(risk));
}

/** What a rule tells in its own words is not told again in those of a check. */
function withoutRepeated(risks: readonly Risk[]): Risk[] {
  const isTold = ({ change, field, rule, class: risk }: Risk) =>
    risks.some(
      (other) =>
        other.rule !== rule &&
        other.change === change &&
        isAtLeast(other.class, risk) &&
        (!field || !other.field || other.field === field),
    );
  return risks.filter((risk) => !risk.unlessTold || !isTold(risk));
}

/** Whether a rule says that the API server refuses an update, whoever asks for it. */
export function refusesUpdate({ class: risk, leaves }: Pick<Risk, 'class' | 'leaves'>): boolean {
  return risk === 'immutable' && leaves !== 'everything';
}
