import type { BuiltObject, Overlay } from '../../adopt/source';
import { StrataError } from '../../model/errors';
import { identityOf, objectName } from '../../model/kubernetes';

/** Refuses overlays that have one object twice: an API server keeps the one that is applied last. */
export function refuseTwice(path: string, overlays: readonly Overlay[]): void {
  for (const { name, objects } of overlays) {
    const known = new Map<string, BuiltObject>();
    for (const built of objects) {
      const identity = identityOf(built.object);
      const first = known.get(identity);
      if (first)
        throw twice(overlays.length > 1 ? `${path}, ${name}` : path, objectName(built.object), [
          first.from,
          built.from,
        ]);
      known.set(identity, built);
    }
  }
}

/** An object that two files hold, or one file twice. */
export function twice(place: string, object: string, [one, other]: readonly [string, string]): StrataError {
  const where = one === other ? `stands twice in ${one}` : `stands in ${one} and in ${other}`;
  return new StrataError(place, `${object} ${where}: the one that is applied last would overwrite the other`, [
    one === other ? `remove one of the two from ${one}` : `remove it from ${one} or from ${other}`,
    'give one of the two another name or another namespace',
  ]);
}
