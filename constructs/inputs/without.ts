import { knownNames, StrataError } from '../../model/errors';
import type { KubernetesObject } from '../../model/kubernetes';
import type { GivenManifest } from './given';

/** What an object may be called: with its namespace, and without. */
export function namesOf({ kind, metadata }: KubernetesObject): string[] {
  const short = `${kind}/${metadata.name}`;
  return metadata.namespace === undefined ? [short] : [short, `${kind}/${metadata.namespace}/${metadata.name}`];
}

/** The objects but those that a pattern names (`Secret/web`, `PodDisruptionBudget/*`). A pattern that names none is refused. */
export function leftOver(
  place: string,
  given: readonly GivenManifest[],
  patterns: readonly string[],
): readonly GivenManifest[] {
  return patterns.reduce((left, pattern) => {
    const expression = patternOf(place, pattern);
    const kept = left.filter(({ object }) => !namesOf(object).some((name) => expression.test(name)));
    if (kept.length === left.length)
      throw new StrataError(place, `leaves out ${pattern}, and it has no such object`, [
        `name one that it has: ${known(pattern, given)}`,
        'remove the pattern',
      ]);
    return kept;
  }, given);
}

function patternOf(place: string, pattern: string): RegExp {
  if (!/^[\w*]+(?:\/[^/]+){1,2}$/.test(pattern))
    throw new StrataError(place, `${JSON.stringify(pattern)} does not name objects`, [
      "write Kind/name or Kind/namespace/name, with * for any part: 'Secret/web', 'PodDisruptionBudget/*'",
    ]);
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
  return new RegExp(`^${escaped}$`);
}

/** Names for a message. */
export function known(wanted: string, given: readonly GivenManifest[]): string {
  const names = given.map(({ object }) => namesOf(object)[0]!);
  return knownNames(wanted, names);
}
