import { StrataError } from '../../model/errors';
import { objectName } from '../../model/kubernetes';
import type { GivenManifest } from './given';
import { isFields } from './given';
import { namesOf } from './without';

/** Refuses what two readings of the same input do not agree on: a password, a certificate or a time that is made up each time. */
export function refuseMadeUp(first: readonly GivenManifest[], second: readonly GivenManifest[]): void {
  for (const [i, { object, place }] of first.entries()) {
    const other = second[i]?.object;
    const path = differing(object, other);
    if (path === undefined) continue;
    throw new StrataError(
      place,
      `${objectName(object)}, ${path.join('.') || 'all of it'}: is another one with every render, so it would change in the cluster each time`,
      [
        'set the value that it is made of, such as a password or the name of a Secret that exists',
        `leave the object out, and refer to one that is made elsewhere: without: ['${namesOf(object)[0]}']`,
        'set the field by a patch',
      ],
    );
  }
}

/** The path to the first value that is another one; undefined where all are equal. */
function differing(a: unknown, b: unknown): readonly string[] | undefined {
  if (Object.is(a, b)) return undefined;
  const isBoth = (isFields(a) && isFields(b)) || (Array.isArray(a) && Array.isArray(b));
  if (!isBoth) return [];
  const [left, right] = [a, b] as readonly Readonly<Record<string, unknown>>[];
  for (const key of new Set([...Object.keys(left!), ...Object.keys(right!)])) {
    const path = differing(left![key], right![key]);
    if (path) return [key, ...path];
  }
  return undefined;
}
