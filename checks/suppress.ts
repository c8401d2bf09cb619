import type { Unreadable } from '../manifests/reading/read';
import { Unparsable } from '../manifests/reading/yaml/events';
import { parseYaml } from '../manifests/reading/yaml/parse';
import { positionAt, positionOf } from '../manifests/reading/yaml/position';
import type { Path, Resource, Source } from '../manifests/resource';
import { pathText, record, string } from '../manifests/resource';
import { knownNames } from '../model/errors';
import { addTo } from '../model/multimap';
import type { World } from '../world/world';
import type { ReportedFinding } from './finding';

/** On an object: `strata/suppress.<check>: <reason>`. */
const ANNOTATION = 'strata/suppress.';

/** A finding that somebody knows of and lives with. */
export interface Suppression {
  readonly check: string;
  /** As the finding names it. */
  readonly object: string;
  readonly reason: string;
  /** Where it stands. */
  readonly at: { readonly file: string; readonly line: number; readonly column: number; readonly path: string };
}

export interface Suppressed {
  readonly findings: readonly ReportedFinding[];
  readonly suppressed: number;
}

/** The annotations of what is judged. */
export function annotatedSuppressions(world: World): Suppression[] {
  return world.resources.flatMap((resource) => {
    const keys = Object.keys(resource.annotations).filter((key) => key.startsWith(ANNOTATION));
    return keys.map((key) => {
      const path = ['metadata', 'annotations', key];
      return {
        check: key.slice(ANNOTATION.length),
        object: world.idOf(resource),
        reason: resource.annotations[key]!,
        at: placeOf(resource, path),
      };
    });
  });
}

/** A file of them: a list of `check`, `object`, `reason`. */
export function readSuppressions(source: Source): {
  readonly suppressions: readonly Suppression[];
  readonly unreadable: readonly Unreadable[];
} {
  const suppressions: Suppression[] = [];
  const unreadable: Unreadable[] = [];
  const refuse = (offset: number, reason: string) =>
    unreadable.push({ file: source.file, ...positionAt(source, offset), reason });
  let value: unknown;
  try {
    ({ value } = parseYaml(source.text));
  } catch (error) {
    if (!(error instanceof Unparsable)) throw error;
    refuse(error.offset, error.reason);
    return { suppressions, unreadable };
  }
  if (value !== null && !Array.isArray(value)) refuse(0, 'suppressions are a list, each with check, object and reason');
  for (const [i, entry] of (Array.isArray(value) ? value : []).entries()) {
    const fields = record(entry) ?? {};
    const [check, object, reason] = ['check', 'object', 'reason'].map((field) => string(fields[field])?.trim() ?? '');
    const at = placeOf({ source, document: 0, place: [] }, [i]);
    if (check && object && reason) suppressions.push({ check, object, reason, at });
    else
      unreadable.push({
        file: at.file,
        line: at.line,
        column: at.column,
        reason: `a suppression names check, object and reason; ${[!check && 'check', !object && 'object', !reason && 'reason'].filter(Boolean).join(' and ')} is missing`,
      });
  }
  return { suppressions, unreadable };
}

function placeOf(resource: Pick<Resource, 'source' | 'document' | 'place'>, path: Path): Suppression['at'] {
  return { file: resource.source.file, ...positionOf(resource, path), path: pathText(path) };
}

/**
 * Takes away what is suppressed, and finds fault with suppressions that suppress nothing, as far as their check was asked.
 */
export function suppress(
  findings: readonly ReportedFinding[],
  suppressions: readonly Suppression[],
  asked: readonly string[],
  known: readonly string[],
): Suppressed {
  const wanted = new Map<string, Suppression[]>();
  const used = new Set<Suppression>();
  for (const suppression of suppressions) {
    if (suppression.reason.trim() === '') continue;
    addTo(wanted, `${suppression.check} ${suppression.object}`, suppression);
  }
  const kept = findings.filter(({ check, object }) => {
    const by = wanted.get(`${check} ${object}`);
    by?.forEach((suppression) => used.add(suppression));
    return by === undefined;
  });
  const unused = suppressions.filter(
    (suppression) =>
      !used.has(suppression) && (asked.includes(suppression.check) || !known.includes(suppression.check)),
  );
  return {
    findings: [...kept, ...unused.map((suppression) => unusedFinding(suppression, known))],
    suppressed: findings.length - kept.length,
  };
}

function unusedFinding({ check, object, reason, at }: Suppression, known: readonly string[]): ReportedFinding {
  const why =
    reason.trim() === ''
      ? {
          message: `the suppression of ${check} gives no reason, so it does not count`,
          fix: 'say why the finding is accepted',
        }
      : known.includes(check)
        ? {
            message: `${check} finds nothing at ${object} any more, and would go unnoticed if it came back`,
            fix: 'remove the suppression',
          }
        : {
            message: `there is no check ${check}, so nothing is suppressed`,
            fix: `name a check: ${knownNames(check, known).split('known: ')[0] || 'strata checks lists them'}`.replace(
              /[: ?]+$/,
              '',
            ),
          };
  return {
    check: 'unused-suppression',
    severity: 'advice',
    verdict: 'fail',
    object,
    path: at.path,
    value: check,
    ...why,
    file: at.file,
    line: at.line,
    column: at.column,
  };
}
