import { knownNames, StrataError } from './errors';
import { isMap } from './is-map';

/** Images and versions of charts, by environment or target, by the name that settings use. */
export type PinnedVersions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Where they stand in a project. */
export const VERSIONS_FILE = 'environments/versions.json';

/**
 * The pinned versions of a project, for its settings: `because(versions(pinned).staging.web, 'why')`, where `pinned` is imported from
 * environments/versions.json. What moves, such as `latest`, is refused, and so is a name that is not there.
 */
export function versions<const T extends PinnedVersions>(pinned: T, place: string = VERSIONS_FILE): T {
  checkVersions(place, pinned);
  const sections = Object.entries<Readonly<Record<string, string>>>(pinned).map(([name, section]) => [
    name,
    knowing(`${place}, ${name}`, section),
  ]);
  return knowing(place, Object.fromEntries(sections)) as T;
}

/** Throws for what is no file of pinned versions. */
export function checkVersions(place: string, pinned: unknown): asserts pinned is PinnedVersions {
  if (!isMap(pinned)) throw noMap(place, pinned);
  for (const [name, section] of Object.entries(pinned)) {
    if (!isMap(section)) throw noMap(`${place}, ${name}`, section);
    for (const [what, version] of Object.entries(section)) {
      const problem = problemOf(version);
      if (problem !== undefined)
        throw new StrataError(`${place}, ${name}.${what}`, `is ${JSON.stringify(version)}, which ${problem}`, [
          'pin an image: registry.example.com/shop/web:1.2.0, or @sha256:… behind it',
          'pin a chart: 1.2.0',
        ]);
    }
  }
}

/** A tag, or a digest, after the last slash: before it a colon is that of a port. */
const TAG = /:([\w][\w.-]{0,127})$/;
const DIGEST = /@sha256:[0-9a-f]{64}$/;
/** Fewer numbers are a range to Helm. */
const EXACT = /^v?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/;

function problemOf(version: unknown): string | undefined {
  if (typeof version !== 'string') return 'is no string';
  if (/\s/.test(version) || version === '') return 'is no version';
  if (EXACT.test(version) || DIGEST.test(version)) return undefined;
  const tag = TAG.exec(version.slice(version.lastIndexOf('/') + 1))?.[1];
  if (tag === 'latest') return 'is another image tomorrow';
  if (tag !== undefined) return undefined;
  return version.includes('/') || !/\d/.test(version) ? 'has no tag, so it is the latest' : 'is not one exact version';
}

/** What any object is asked for by those who print or await it. */
const ASKED_OF_ALL = ['toJSON', 'then'];

/** The same, and a name that is not there is an error with those that are. */
function knowing<T extends object>(place: string, map: T): T {
  return new Proxy(map, {
    get: (target, key) => {
      if (typeof key === 'symbol' || key in target || ASKED_OF_ALL.includes(key)) return Reflect.get(target, key);
      throw new StrataError(place, `pins no ${key}`, [
        `use a name that is there: ${knownNames(key, Object.keys(target))}`,
        `add it: "${key}": …`,
      ]);
    },
  });
}

function noMap(place: string, found: unknown): StrataError {
  return new StrataError(place, `is ${JSON.stringify(found)}, which is no map`, [
    'write { "staging": { "web": "registry.example.com/shop/web:1.2.0" } }',
  ]);
}
