import { firstTexts } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import type { Deselected } from '../selections';
import { deselected, selectorsMoved } from '../selections';
import { mayHoldOthers } from '../unseen';

/** What nobody selects any more, and what follows of that. */
export interface SelectionsLost {
  readonly isOfKind: (kind: string) => boolean;
  /** What is lost with one of them; undefined: nothing, as another one does the same. */
  readonly lostBy: (lost: Deselected) => string | undefined;
  /** What follows where an object that is not among the manifests is selected no more. */
  readonly unseen: string;
}

/** Objects of the Prometheus operator that stay and that nobody selects any more, of whatever makes it so. */
export function* selectionsLost(diff: WorldChange, { isOfKind, lostBy, unseen }: SelectionsLost): Iterable<FoundRisk> {
  const found = new Map<string, { readonly of: Deselected; readonly texts: string[] }>();
  for (const each of deselected(diff)) {
    const text = isOfKind(each.before.kind) ? lostBy(each) : undefined;
    if (text === undefined) continue;
    const who = `${diff.before.idOf(each.by)} ${each.isCertain ? 'selects' : 'may select'}`;
    const key = `${each.change.id} ${who}`;
    const own = found.get(key) ?? { of: each, texts: [] };
    found.set(key, own);
    own.texts.push(`${who} ${diff.before.idOf(each.before)} no more: ${text}`);
  }
  for (const { of, texts } of found.values())
    yield {
      change: of.change,
      field: of.field,
      message: firstTexts(texts),
      advice: 'keep the labels that the selector asks for, or change both together: strata alerts',
    };
  for (const { change, field, kind } of selectorsMoved(diff))
    if (isOfKind(kind) && mayHoldOthers(diff.before, change.namespace))
      yield {
        change,
        field,
        message: `it may select a ${kind} no more that is not among the manifests: ${unseen} then`,
        advice: `give every ${kind} the labels that the selector asks for first`,
      };
}
