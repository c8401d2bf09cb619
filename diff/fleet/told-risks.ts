import type { FleetChange } from './fleet';
import { joinedBy } from './joined-by';
import type { UnitRisk } from './unit';
import { ruleOf } from './unit';

/** Of one rule, so many sentences are told that differ from target to target. */
const SENTENCES = 3;

/** Each sentence once; where a rule says another one in other targets, with the targets. */
export function toldRisks(all: readonly UnitRisk[]): FleetChange['risks'] {
  const sentences = joinedBy(
    all.map(({ target, anywhere, ...risk }) => ({ risk, anywhere, targets: [target] })),
    ({ risk, anywhere }) => [risk.rule, risk.class, anywhere],
    (one, other) => ({
      ...one,
      risk: one.risk.message === other.risk.message ? one.risk : { ...one.risk, message: one.anywhere },
      targets: [...new Set([...one.targets, ...other.targets])],
    }),
  );
  const byRule = joinedBy(
    sentences.map((sentence) => ({ key: ruleOf(sentence.risk), of: [sentence] })),
    ({ key }) => [key],
    (one, other) => ({ ...one, of: [...one.of, ...other.of] }),
  );
  return byRule.flatMap(({ of }) => {
    const everywhere = of.every(({ targets }) => targets.join() === of[0]!.targets.join());
    if (of.length === 1 || everywhere) return of.map(({ risk }) => risk);
    const told = of
      .slice(0, SENTENCES)
      .map(({ risk, targets }) => ({ ...risk, message: `${risk.message}, in ${someOf(targets)}` }));
    const left = of.length - told.length;
    return left === 0
      ? told
      : [...told, { ...of.at(-1)!.risk, message: `and ${left} more like this, in other targets` }];
  });
}

function someOf(targets: readonly string[]): string {
  const more = targets.length - SENTENCES;
  return more > 0 ? `${targets.slice(0, SENTENCES).join(', ')} and ${more} more` : targets.join(', ');
}
