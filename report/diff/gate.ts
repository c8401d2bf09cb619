import type { Acceptance } from '../../diff/accepted';
import { markOf, markOfWhole } from '../../diff/accepted';
import type { Fleet, FleetChange, FleetTarget } from '../../diff/fleet/fleet';
import type { RiskClass } from '../../diff/risk/classes';
import { isAtLeast, rank } from '../../diff/risk/classes';
import { firstNames } from '../../diff/risk/plural';
import { count } from '../show';
import { objectsText, unknownCount } from './words';

/** Whether changes go through: none of the class that is refused, or all of those are accepted. */
export interface Gate {
  readonly limit: RiskClass;
  /** The worst first, each with the rules that say so. */
  readonly refused: readonly { readonly mark: string; readonly text: string; readonly rules: readonly string[] }[];
  readonly notes: readonly string[];
  /** Of so many objects nobody knows what becomes: they count as refused, and nobody can accept them. */
  readonly unknown: number;
}

/** What keeps a change back that is as bad as the limit, with the marks to accept it by. */
export function gateOf(fleet: Fleet, limit: RiskClass, acceptance: Acceptance): Gate {
  const refused = acceptance.open
    .filter((change) => isAtLeast(change.class, limit))
    .sort((a, b) => rank(b.class) - rank(a.class))
    .map((change) => ({
      rules: rulesOf(change, limit),
      mark: isWhole(change) ? markOfWhole(change) : markOf(change),
      text: textOf(change, limit),
    }));
  const bad = [...fleet.changes, ...fleet.whole].filter((change) => isAtLeast(change.class, limit)).length;
  return {
    limit,
    refused,
    unknown: unknownCount(fleet),
    notes: [
      ...(bad > refused.length
        ? [
            `${count(bad - refused.length, 'change')} of class ${limit} or worse ${bad - refused.length === 1 ? 'is' : 'are'} accepted`,
          ]
        : []),
      ...[...acceptance.accepted.values()].map(
        ({ change, reason, place }) => `accepted ${change} (${place}): ${reason}`,
      ),
      ...acceptance.expired.map(({ change, expires, place }) => `${place}: ${change} was accepted until ${expires}`),
      ...acceptance.unused.map(({ change, place }) => `${place}: no change has the mark ${change}: remove it`),
    ],
  };
}

/** What to do about it, in lines. */
export function gateText({ limit, refused, notes, unknown }: Gate): string[] {
  return [
    ...notes,
    ...(unknown === 0
      ? []
      : [`refused: what becomes of ${count(unknown, 'object')} is not known, so it counts as ${limit} or worse`]),
    ...(refused.length === 0
      ? []
      : [
          `refused: ${count(refused.length, 'change')} of class ${limit} or worse; to let one through, add to accepted-risks.yaml`,
          ...refused.flatMap(({ mark, text }) => [
            `- change: ${mark} # ${text}`,
            '  reason: why this is meant',
            '  expires: the last day on which it may go through, such as 2026-12-31',
          ]),
        ]),
  ];
}

/** `StatefulSet/shop/redis in prod@cloud: immutable by immutable-field` */
function textOf(change: FleetChange | FleetTarget, limit: RiskClass): string {
  const what = isWhole(change) ? `target ${change.target}` : `${objectsText(change)} in ${change.targets.join(', ')}`;
  const rules = rulesOf(change, limit);
  return `${what}: ${change.class}${rules.length > 0 ? ` by ${firstNames(rules)}` : ''}`;
}

/** The rules that find it as bad as that; none where a class counts by itself, as of what could not be read. */
function rulesOf({ risks }: FleetChange | FleetTarget, limit: RiskClass): readonly string[] {
  const bad = risks.filter((risk) => isAtLeast(risk.class, limit)).sort((a, b) => rank(b.class) - rank(a.class));
  return [...new Set(bad.map(({ rule }) => rule))];
}

function isWhole(change: FleetChange | FleetTarget): change is FleetTarget {
  return 'target' in change;
}
