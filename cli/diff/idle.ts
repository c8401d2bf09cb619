import type { FleetChange, FleetIdle } from '../../diff/fleet/fleet';
import { overriddenBy } from '../../render/explain/overridden';
import { causeText } from './causes';
import type { ComparedPair } from './compared';
import { renderedBy, undoneOf } from './undone';

/** Settings that went from one value to another and moved nothing, with the features that decide in their place. */
export function idleSettings(pairs: readonly ComparedPair[], changes: readonly FleetChange[]): FleetIdle[] {
  const moved = movedBy(changes);
  const idle = new Map<string, FleetIdle>();
  for (const pair of pairs) {
    const source = pair.after?.source;
    for (const undone of (source && undoneOf(pair)) ?? []) {
      const { cause } = undone;
      if (cause.kind !== 'setting') continue;
      const text = causeText(cause, pair);
      // What a target cannot be rendered without moves it, however little is known of how.
      if (moved.get(text)?.has(pair.name) || !undone.objects()) continue;
      const known = idle.get(text);
      if (known) {
        idle.set(text, { ...known, targets: [...known.targets, pair.name] });
        continue;
      }
      const { target, compose } = renderedBy(source!);
      const instead = overriddenBy(target, compose, cause.after.path, cause.before.value);
      idle.set(text, { text, targets: [pair.name], instead });
    }
  }
  return [...idle.values()];
}

/** The targets in which each cause moved something. */
function movedBy(changes: readonly FleetChange[]): ReadonlyMap<string, ReadonlySet<string>> {
  const moved = new Map<string, Set<string>>();
  for (const { causes = [], targets } of changes)
    for (const { text } of causes) moved.set(text, new Set([...(moved.get(text) ?? []), ...targets]));
  return moved;
}
