import { groupOf, identityOf } from '../model/kubernetes';
import type { BuiltObject } from './source';
import { patternOf, type Tokens } from './tokens';

/** What the same object of several overlays is called: by its kind and its name in the source. */
export type ObjectKey = string;

/**
 * The objects of an overlay by key. Of several that would be one by their names in the source, the one that is called as the overlay
 * calls its objects keeps the key; the others have their exact names as keys.
 */
export function byKey(objects: readonly BuiltObject[], tokens: Tokens): Map<ObjectKey, BuiltObject> {
  const found = new Map<ObjectKey, BuiltObject[]>();
  for (const built of objects) {
    const key = keyOf(built, tokens);
    found.set(key, [...(found.get(key) ?? []), built]);
  }
  return new Map(
    [...found].flatMap(([key, same]) => {
      const usual = same.length === 1 ? same : same.filter((built) => isCalledAsUsual(built, tokens));
      return same.map((built) =>
        usual.length === 1 && built === usual[0]
          ? ([key, built] as const)
          : ([exactKey(built), { ...built, name: plainName(built) }] as const),
      );
    }),
  );
}

function isCalledAsUsual(built: BuiltObject, { prefix = '', suffix = '' }: Tokens): boolean {
  return plainName(built) === `${prefix}${built.name}${suffix}`;
}

/** Its own namespace is part of it only where it is not that of the overlay; what the overlay's names are in it does not count. */
function keyOf({ object, name }: BuiltObject, tokens: Tokens): ObjectKey {
  const own = object.metadata.namespace;
  const other = own === undefined || own === tokens.namespace ? '' : ` in ${patternOf(own, tokens)}`;
  return `${object.apiVersion.split('/').at(-1)} ${groupOf(object.apiVersion)} ${object.kind}/${name}${other}`;
}

function exactKey({ object }: BuiltObject): ObjectKey {
  return `${identityOf(object)} ${object.apiVersion}`;
}

function plainName({ object, hashed }: BuiltObject): string {
  const { name } = object.metadata;
  return hashed ? name.slice(0, name.lastIndexOf('-')) : name;
}

/**
 * The namespace of each overlay; undefined where its objects name none. One that not all overlays have is told apart from those that
 * they share; of several, it is the one whose objects the other overlays have, too, and then the one that most objects name.
 */
export function overlayNamespaces(overlays: readonly (readonly BuiltObject[])[]): (string | undefined)[] {
  const counted = overlays.map(countsOf);
  const isShared = (namespace: string) => counted.every((counts) => counts.has(namespace));
  const own = counted.map((counts) => [...counts.keys()].filter((namespace) => !isShared(namespace)));
  const each = own.every((names) => names.length > 0)
    ? own
    : counted.map((counts) => [...counts.keys()].filter(isShared));
  const known = overlays.map((objects) => new Set(objects.map(plainKey)));
  return overlays.map((objects, i) => {
    const candidates = each[i]!.length > 0 ? each[i]! : [...counted[i]!.keys()];
    const shared = (namespace: string) =>
      objects.filter(
        (built) =>
          built.object.metadata.namespace === namespace &&
          known.some((names, other) => other !== i && names.has(plainKey(built))),
      ).length;
    const total = (namespace: string) =>
      counted.reduce((sum, counts) => sum + (isShared(namespace) ? (counts.get(namespace) ?? 0) : 0), 0) ||
      counted[i]!.get(namespace)!;
    return candidates
      .map((namespace) => ({
        namespace,
        rank: [isShared(namespace) ? 0 : shared(namespace), total(namespace)] as const,
      }))
      .sort((a, b) => b.rank[0] - a.rank[0] || b.rank[1] - a.rank[1] || (a.namespace < b.namespace ? -1 : 1))[0]
      ?.namespace;
  });
}

function plainKey({ object, name }: BuiltObject): string {
  return `${groupOf(object.apiVersion)} ${object.kind}/${name}`;
}

function countsOf(objects: readonly BuiltObject[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { object } of objects) {
    const { namespace } = object.metadata;
    if (typeof namespace === 'string' && namespace !== '') counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  }
  return counts;
}
