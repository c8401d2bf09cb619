import type { Fleet } from '../../diff/fleet/fleet';
import type { RiskClass } from '../../diff/risk/classes';
import { isAtLeast, RISK_CLASSES } from '../../diff/risk/classes';
import { addTo } from '../../model/multimap';
import { count } from '../show';
import { wholeTargets } from './whole';
import { objectsText, wholeText } from './words';

/** From so many changes on the classes are summed up first: fewer are seen at once. */
const LONG = 8;
/** So many changes of a class are named. */
const NAMED = 4;

/** How many changes there are of each class, the worst first, with what they are of where somebody has to look: `disruption: 3 changes (Deployment/web, …)`. */
export function classLines(fleet: Fleet): string[] {
  const whole = wholeTargets(fleet);
  if (!fleet.judged || whole.length + fleet.changes.length < LONG) return [];
  const titles = new Map<RiskClass, string[]>();
  for (const target of whole) addTo(titles, target.class, wholeText(target));
  for (const change of fleet.changes) addTo(titles, change.class, objectsText(change));
  return [...RISK_CLASSES].reverse().flatMap((risk) => {
    const all = titles.get(risk);
    if (!all) return [];
    const names = all.slice(0, NAMED).join(', ') + (all.length > NAMED ? ` and ${all.length - NAMED} more` : '');
    return [`${risk}: ${count(all.length, 'change')}${isAtLeast(risk, 'capacity') ? ` (${names})` : ''}`];
  });
}
