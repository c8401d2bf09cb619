import { memo } from '../../model/memo';
import type { Definition, Type } from './model';

/** Fields under which the same names stand once more, for uses that are rarely meant. */
const RARELY_MEANT: ReadonlySet<string> = new Set([
  ...['initContainers', 'ephemeralContainers', 'ephemeral', 'managedFields', 'ownerReferences'],
]);
/** No struct that people write lies deeper. */
const DEEPEST = 9;

/**
 * Where an object has a field of this name, as a person writes it: `spec.template.spec.nodeSelector`; undefined where there is none, or
 * more than one place.
 */
export function placeOf(root: Definition, name: string): string | undefined {
  const places = placesIn(root).get(name) ?? [];
  return places.length === 1 ? places[0] : undefined;
}

const placesIn = memo((root: Definition): ReadonlyMap<string, readonly string[]> => {
  const places = new Map<string, string[]>();
  read(root, [], [root.name]);
  return places;

  function read({ fields }: Definition, path: readonly string[], above: readonly string[]): void {
    for (const [name, { type }] of fields) {
      if (RARELY_MEANT.has(name) || (path.length === 0 && name === 'status')) continue;
      const at = [...path, name];
      const known = places.get(name);
      if (known) known.push(at.join('.'));
      else places.set(name, [at.join('.')]);
      const { struct, isList } = structOf(type);
      if (struct && at.length < DEEPEST && !above.includes(struct.name))
        read(struct, isList ? [...path, `${name}[]`] : at, [...above, struct.name]);
    }
  }
});

function structOf(type: Type): { readonly struct?: Definition; readonly isList: boolean } {
  if (type.is === 'object') return { struct: type.definition, isList: false };
  if (type.is === 'list' && type.of.is === 'object') return { struct: type.of.definition, isList: true };
  return { isList: false };
}
