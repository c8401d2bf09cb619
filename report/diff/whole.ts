import { textAnywhere } from '../../diff/anywhere';
import type { Fleet, FleetTarget } from '../../diff/fleet/fleet';

/** Targets that come or go with the same objects, whatever their namespaces are called. */
export interface WholeTargets extends Pick<FleetTarget, 'does' | 'class'> {
  /** Whether they are targets, and not what stands beside them. */
  readonly areTargets: boolean;
  readonly targets: readonly string[];
  /** As they are called in all of these targets. */
  readonly objects: readonly string[];
  /** The worst that is said of them, each once: `Namespace/shop: everything in shop is deleted`. */
  readonly effects: readonly string[];
}

/** Targets that come or go, alike ones together. */
export function wholeTargets({ whole, beside }: Pick<Fleet, 'whole' | 'beside'>): WholeTargets[] {
  const groups = new Map<string, { readonly own: WholeTargets; readonly anywhere: WholeTargets }>();
  for (const target of whole) {
    const isTarget = !beside.includes(target.target);
    const own = wholeOf(target, [], isTarget);
    const anywhere = wholeOf(target, namespacesOf(target), isTarget);
    const key = JSON.stringify([isTarget, anywhere.does, anywhere.class, anywhere.objects, anywhere.effects]);
    const found = groups.get(key);
    if (!found) {
      groups.set(key, { own, anywhere });
      continue;
    }
    const targets = [...found.own.targets, target.target];
    const isSame = JSON.stringify(found.own.objects) === JSON.stringify(own.objects);
    groups.set(key, { own: { ...(isSame ? found.own : found.anywhere), targets }, anywhere: found.anywhere });
  }
  return [...groups.values()].map(({ own }) => own);
}

function wholeOf(
  { target, does, class: worst, objects, risks }: FleetTarget,
  namespaces: readonly string[],
  areTargets: boolean,
): WholeTargets {
  const anywhere = (text: string) => namespaces.reduce(textAnywhere, text);
  const told = risks.filter((risk) => risk.class === worst && worst !== 'in-place');
  return {
    areTargets,
    does,
    class: worst,
    targets: [target],
    objects: objects.map(anywhere).sort(),
    effects: [...new Set(told.map(({ change, message }) => anywhere(`${worst}: ${change.id}: ${message}`)))],
  };
}

/** The namespaces that the target makes, or has objects in. */
function namespacesOf({ objects }: FleetTarget): string[] {
  const parts = objects.map((object) => object.split('/'));
  const made = parts.flatMap(([kind, name]) => (kind === 'Namespace' ? [name!] : []));
  return made.length > 0
    ? made
    : [...new Set(parts.flatMap(([, place, name]) => (name === undefined ? [] : [place!])))];
}
