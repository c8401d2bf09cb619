import { meantName } from '../../model/errors';
import { globDistance } from '../../model/glob';
import { nearest } from '../../model/near';
import type { ReportedFinding } from '../finding';
import { namePattern } from './glob';
import type { Suppression } from './suppression';
import { ANYTHING } from './suppression';

/** What suppressions may be about. */
export interface Suppressible {
  /** The ids of all checks, run or not. */
  readonly checks: readonly string[];
  /** What is judged: the objects as findings name them, each with the names of its containers. @default - not known */
  readonly objects?: ReadonlyMap<string, readonly string[]> | undefined;
}

/** A suppression that suppresses nothing, as a finding: it is misspelt, or no longer needed. */
export function unusedFinding(
  suppression: Suppression,
  findings: readonly ReportedFinding[],
  about: Suppressible,
): ReportedFinding {
  const { check, object, at } = suppression;
  return {
    check: 'unused-suppression',
    severity: 'advice',
    verdict: 'fail',
    object: object === ANYTHING ? at.file : object,
    path: at.path,
    value: check,
    ...whyUnused(suppression, findings, about),
    file: at.file,
    line: at.line,
    column: at.column,
  };
}

type Why = Pick<ReportedFinding, 'message' | 'fix'>;

function whyUnused(suppression: Suppression, findings: readonly ReportedFinding[], about: Suppressible): Why {
  const { check, object, container, reason, line, verb } = suppression;
  if (verb !== undefined)
    return {
      message: `a comment suppresses ${check} with the word ignore, and this one says ${verb}`,
      fix: `write # strata: ignore ${check} REASON`,
    };
  if (reason.trim() === '')
    return {
      message: `the suppression of ${check} gives no reason, so it does not count`,
      fix: 'say why the finding is accepted',
    };
  if (!about.checks.includes(check))
    return {
      message: `there is no check ${check}, so nothing is suppressed`,
      fix: `name a check: ${meantName(check, about.checks).replace(/\?$/, '') || 'strata checks lists them'}`,
    };
  const where = line === undefined ? object : 'this line';
  return (
    (line === undefined ? undefined : elsewhereInFile(suppression, findings)) ??
    noSuchObject(suppression, about) ?? {
      message: `${check} finds nothing at ${where}${container === undefined ? '' : `, container ${container},`} any more, and would go unnoticed if it came back`,
      fix: 'remove the suppression',
    }
  );
}

/** A comment of which the finding stands on another line of the file. */
function elsewhereInFile({ check, at, line = 0 }: Suppression, findings: readonly ReportedFinding[]): Why | undefined {
  const lines = findings.filter((found) => found.check === check && found.file === at.file).map((found) => found.line);
  const next = lines.sort((a, b) => Math.abs(a - line) - Math.abs(b - line))[0];
  if (next === undefined) return undefined;
  return {
    message: `${check} finds nothing at this line, and something at line ${next}, which the comment does not suppress`,
    fix: `move the comment to line ${next} or to the line above it, or remove it`,
  };
}

/** An object, or a container of one, that nothing judged here is called. */
function noSuchObject({ object, container }: Suppression, { objects }: Suppressible): Why | undefined {
  if (objects === undefined || object === ANYTHING) return undefined;
  const matches = namePattern(object);
  const named = object.includes('*') ? [...objects.keys()].filter((id) => matches.test(id)) : [object];
  const found = named.filter((id) => objects.has(id));
  if (found.length === 0) {
    const meant = objectMeant(object, [...objects.keys()]);
    return {
      message: `no object that is judged here is called ${object}, so nothing is suppressed`,
      fix:
        meant === undefined
          ? 'name an object as findings do, or remove the suppression'
          : `name an object that is judged: did you mean ${meant}?`,
    };
  }
  if (container === undefined) return undefined;
  const containers = [...new Set(found.flatMap((id) => objects.get(id) ?? []))];
  if (containers.includes(container)) return undefined;
  return {
    message: `${object} has no container ${container}, so nothing is suppressed`,
    fix: `name a container of it: ${meantName(container, containers) || containers.join(', ') || 'it has none'}`,
  };
}

/** The object that was probably meant: nearly the same name, or the same without its namespace. */
function objectMeant(object: string, ids: readonly string[]): string | undefined {
  const parts = object.split('/');
  const [kind, name] = [parts[0]!.toLowerCase(), parts.at(-1)!];
  const alike = ids.find((id) => {
    const own = id.split('/');
    return own.at(-1) === name && own[0]!.toLowerCase() === kind;
  });
  if (alike !== undefined) return alike;
  if (!object.includes('*')) return nearest(object, ids);
  return ids
    .map((id) => ({ id, edits: globDistance(object, id) }))
    .filter(({ edits }) => edits <= 2)
    .sort((a, b) => a.edits - b.edits)[0]?.id;
}
