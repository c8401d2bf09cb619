import { groupOf, identityOf } from '../model/kubernetes';
import type { BuiltObject, Overlay } from './source';

/** What the same object of several overlays is called: by its kind and its name in the source. */
export type ObjectKey = string;

/** The objects of an overlay by key. Two that would be one by their names in the source are told apart by the names that they have. */
export function byKey({
  objects,
  ...overlay
}: Pick<Overlay, 'objects'> & { readonly namespace: string | undefined }): Map<ObjectKey, BuiltObject> {
  const found = new Map<ObjectKey, BuiltObject[]>();
  for (const built of objects) {
    const key = keyOf(built, built.name, overlay.namespace);
    found.set(key, [...(found.get(key) ?? []), built]);
  }
  return new Map(
    [...found].flatMap(([key, same]) =>
      same.length === 1
        ? [[key, same[0]!] as const]
        : same.map((built) => [exactKey(built), { ...built, name: plainName(built) }] as const),
    ),
  );
}

/** Its own namespace is part of it only where it is not that of the overlay. */
function keyOf({ object }: BuiltObject, name: string, namespace: string | undefined): ObjectKey {
  const own = object.metadata.namespace;
  const other = own === undefined || own === namespace ? '' : ` in ${own}`;
  return `${object.apiVersion.split('/').at(-1)} ${groupOf(object.apiVersion)} ${object.kind}/${name}${other}`;
}

function exactKey({ object }: BuiltObject): ObjectKey {
  return `${identityOf(object)} ${object.apiVersion}`;
}

function plainName({ object, hashed }: BuiltObject): string {
  const { name } = object.metadata;
  return hashed ? name.slice(0, name.lastIndexOf('-')) : name;
}

/** The namespace that most objects of an overlay name; undefined where none does. */
export function namespaceOfObjects(objects: readonly BuiltObject[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { object } of objects) {
    const { namespace } = object.metadata;
    if (typeof namespace === 'string' && namespace !== '') counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0];
}
