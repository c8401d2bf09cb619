import type { ObjectKey } from './key';
import type { BuiltObject, Overlay } from './source';
import type { Tokens } from './tokens';

/** An overlay with its objects by key. */
export interface Overlaid {
  readonly overlay: Overlay;
  readonly objects: ReadonlyMap<ObjectKey, BuiltObject>;
  readonly tokens: Tokens;
}

/** By the key of an object, the overlays that share one form of it; without an entry, all of them do. */
export type Groups = ReadonlyMap<ObjectKey, readonly (readonly string[])[]>;

/** The overlays with keys of their own for the objects of each group, and what these keys are in the source. */
export function grouped(
  overlaid: readonly Overlaid[],
  groups: Groups,
): { readonly keyed: readonly Overlaid[]; readonly split: ReadonlyMap<ObjectKey, ObjectKey> } {
  const split = new Map<ObjectKey, ObjectKey>();
  const keyed = overlaid.map((one) => ({
    ...one,
    objects: new Map(
      [...one.objects].map(([key, built]) => {
        const group = groups.get(key)?.find((names) => names.includes(one.overlay.name));
        if (!group) return [key, built] as const;
        const own = `${key}, ${group.join(' and ')}`;
        split.set(own, key);
        return [own, built] as const;
      }),
    ),
  }));
  return { keyed, split };
}

/**
 * The groups after objects could not be said together with others: the overlays that are odd go into a group of their own. Where all of
 * a group are, each has a group.
 */
export function withoutOdd(
  groups: Groups,
  failed: ReadonlyMap<ObjectKey, readonly string[]>,
  split: ReadonlyMap<ObjectKey, ObjectKey>,
  keyed: readonly Overlaid[],
): Groups {
  const next = new Map(groups);
  for (const [key, odd] of failed) {
    const source = split.get(key) ?? key;
    const having = keyed.filter(({ objects }) => objects.has(key)).map(({ overlay }) => overlay.name);
    if (split.has(key) && having.length === 1) throw new Error(`adopt: no code renders ${key}`);
    const fitting = having.filter((name) => !odd.includes(name));
    const others = (next.get(source) ?? []).filter((group) => !group.includes(having[0]!));
    next.set(source, [...others, ...(fitting.length > 0 ? [fitting, odd] : having.map((name) => [name]))]);
  }
  return next;
}
