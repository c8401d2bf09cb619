import { StrataError } from './errors';
import { misspellingOf } from './misspelling';
import { nearest } from './near';

type Fields = Readonly<Record<string, unknown>>;

/** What an entry of a list must have beside its keys, one of them at least: without it the entry means one that is there. */
const NEEDED: Readonly<Record<string, readonly string[] | 'anything'>> = {
  containers: ['image'],
  initContainers: ['image'],
  ephemeralContainers: ['image'],
  env: ['value', 'valueFrom'],
  volumes: 'anything',
  volumeMounts: ['name'],
  volumeDevices: ['name'],
  hostAliases: ['hostnames'],
  resourceClaims: ['resourceClaimName', 'resourceClaimTemplateName'],
  webhooks: ['clientConfig'],
  matchConditions: ['expression'],
  variables: ['expression'],
  topologySpreadConstraints: ['maxSkew'],
  ownerReferences: ['name'],
};

/** A new entry is one that can stand alone, and whose name is no misspelling of another: else a fault would add it and change nothing. */
export function refuseMisspelt(
  place: string,
  path: string,
  change: Fields,
  keys: readonly string[],
  entries: readonly Fields[],
) {
  const key = keys[0]!;
  const name = String(change[key]);
  const known = entries.map((entry) => String(entry[key]));
  const shown = `${path}[${name}]`;
  const isNamed = key === 'name';
  const meant = isNamed ? misspellingOf(name, known) : [];
  const rename = 'give the new entry a name that cannot be mistaken for that one';
  if (meant.length > 0)
    throw new StrataError(place, `adds ${shown}, beside ${meant.join(' and ')}: that is hardly meant`, [
      `write ${key}: '${meant[0]}' to change that one`,
      rename,
    ]);
  const field = path.slice(path.lastIndexOf('.') + 1);
  const needed = Object.hasOwn(NEEDED, field) ? NEEDED[field]! : [];
  const others = Object.keys(change).filter((other) => !keys.includes(other));
  const isComplete =
    needed === 'anything' ? others.length > 0 : needed.length === 0 || needed.some((other) => other in change);
  if (isComplete) return;
  const near = nearest(name, known);
  const what = needed === 'anything' ? 'nothing else' : `no ${(needed as readonly string[]).join(' or ')}`;
  throw new StrataError(
    place,
    `changes ${shown}, which is not there${known.length > 0 ? ` (there are: ${known.join(', ')})` : ''}, and has ${what} to be a new one`,
    [
      ...(near === undefined ? [`name the ${key} of one that is there`] : [`write ${key}: '${near}'`]),
      needed === 'anything'
        ? 'give what it is made of, to add it'
        : `give it its ${(needed as readonly string[])[0]}, to add it`,
    ],
  );
}
