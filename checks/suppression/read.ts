import type { Unreadable } from '../../manifests/reading/read';
import { Unparsable } from '../../manifests/reading/yaml/events';
import { parseYaml } from '../../manifests/reading/yaml/parse';
import { positionAt, positionOf } from '../../manifests/reading/yaml/position';
import type { Path, Resource, Source } from '../../manifests/resource';
import { pathText, record, string } from '../../manifests/resource';
import { knownNames } from '../../model/errors';
import type { World } from '../../world/world';
import type { Suppression } from './suppression';
import { ANYTHING } from './suppression';

/** On an object: `strata/suppress.<check>: <reason>`. */
const ANNOTATION = 'strata/suppress.';
/** On a line, or on the one above it: `# strata: ignore <check> <reason>`. Other words than `ignore` are told. */
const COMMENT = /(?:^|\s)#\s*strata:[ \t]*([\w-]+)[ \t]*(\S*)[ \t]*(.*?)\s*$/;

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

/** The comments in the texts of what is judged. */
export function commentedSuppressions(world: World): Suppression[] {
  const sources = new Set(world.resources.map(({ source }) => source));
  return [...sources].flatMap((source) => (source.text.includes('strata:') ? commentsIn(source) : []));
}

function commentsIn({ file, text }: Source): Suppression[] {
  const lines = text.split('\n');
  return lines.flatMap((line, i) => {
    const match = COMMENT.exec(line);
    if (!match) return [];
    const [, word = '', check = '', reason = ''] = match;
    let about = i;
    // A comment on a line of its own is about the next line that is none.
    while (about < lines.length - 1 && /^\s*(#|$)/.test(lines[about]!)) about += 1;
    const at = { file, line: i + 1, column: line.indexOf('#', match.index) + 1, path: '' };
    const comment = { check, object: ANYTHING, line: about + 1, reason, at };
    return word === 'ignore' ? [comment] : [{ ...comment, verb: word }];
  });
}

const FIELDS = ['check', 'object', 'reason', 'container'];

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
    const textOf = (field: string) => string(fields[field])?.trim() ?? '';
    const [check, object, reason, container] = [
      textOf('check'),
      textOf('object'),
      textOf('reason'),
      textOf('container'),
    ];
    const at = placeOf({ source, document: 0, place: [] }, [i]);
    const missing = [!check && 'check', !object && 'object', !reason && 'reason'].filter(Boolean);
    const unknown = Object.keys(fields).find((field) => !FIELDS.includes(field));
    // With a field that is not understood it would be about more than it says.
    const wrong =
      missing.length > 0
        ? `a suppression names check, object and reason; ${missing.join(' and ')} is missing`
        : unknown !== undefined
          ? `a suppression has no field ${unknown}; ${knownNames(unknown, FIELDS)}`
          : 'container' in fields && !container
            ? 'the container of a suppression is the name of one: a string'
            : undefined;
    if (wrong === undefined) suppressions.push({ check, object, reason, at, ...(container ? { container } : {}) });
    else unreadable.push({ file: at.file, line: at.line, column: at.column, reason: wrong });
  }
  return { suppressions, unreadable };
}

function placeOf(resource: Pick<Resource, 'source' | 'document' | 'place'>, path: Path): Suppression['at'] {
  return { file: resource.source.file, ...positionOf(resource, path), path: pathText(path) };
}
