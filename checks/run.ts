import type { Path, Resource } from '../manifests/resource';
import { pathText } from '../manifests/resource';
import { isMadeHere } from '../world/owners';
import type { World } from '../world/world';
import type { Finding, JudgingRule } from './check';
import type { ReportedFinding } from './finding';
import { findingPositions } from './finding-positions';

/** Every check's word on the world: what will break first, then by object. */
export function runChecks(
  world: World,
  checks: readonly JudgingRule[],
  progress?: (text: string) => void,
): ReportedFinding[] {
  // What an operator makes is known, and nobody's to mend.
  const made = new Set(world.operated.map(({ resource }) => resource));
  const said = checks.flatMap((check) => {
    progress?.(`judging ${world.resources.length} objects: ${check.id}`);
    return [...check.judge(world)]
      .filter(({ resource }) => !isMadeHere(world, resource) && !made.has(resource))
      .map((finding) => ({ check, finding }));
  });
  // What one check says of the same field of two documents stays in the order of the documents.
  const order = new Map(world.resources.map((resource, i) => [resource, i]));
  said.sort((a, b) => (order.get(a.finding.resource) ?? -1) - (order.get(b.finding.resource) ?? -1));
  const positionOf = findingPositions(said.map(({ finding }) => finding));
  return sortFindings(said.map(({ check, finding }) => findingOf(world, check, finding, positionOf)));
}

/** What will break first, what cannot be told after what fails, then by object. */
export function sortFindings(findings: readonly ReportedFinding[]): ReportedFinding[] {
  return [...findings].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      compare(a.object, b.object) ||
      compare(a.check, b.check) ||
      compare(a.path, b.path) ||
      compare(a.file, b.file),
  );
}

/** What a check says, in the form that is reported. */
export function reportedFinding(world: World, check: JudgingRule, finding: Finding): ReportedFinding {
  return findingOf(world, check, finding, findingPositions([finding]));
}

function findingOf(
  world: World,
  check: JudgingRule,
  finding: Finding,
  positionOf: ReturnType<typeof findingPositions>,
): ReportedFinding {
  const { resource, path, causedBy, repair } = finding;
  const { document, place } = resource;
  return {
    check: check.id,
    severity: finding.isAdvice ? 'advice' : check.severity,
    verdict: finding.verdict ?? 'fail',
    object: world.idOf(resource),
    path: pathText(path),
    ...containerAt(resource, path),
    value: finding.value ?? null,
    ...(finding.value === undefined && (resource.at(path) ?? null) !== null ? { isSet: true as const } : {}),
    message: finding.message + unreadNote(world, check, finding),
    ...(finding.verdict === 'unknown' ? { settledBy: finding.settledBy ?? check.needs[0] ?? 'program' } : {}),
    fix: finding.fix ?? check.fix,
    file: resource.source.file,
    get line() {
      return positionOf(finding).line;
    },
    get column() {
      return positionOf(finding).column;
    },
    ...(repair ? { repair: { ...repair, document, path: [...place, ...(repair.path ?? path)] } } : {}),
    ...(causedBy ? { causedBy: `${causedBy.check} ${world.idOf(causedBy.resource)}` } : {}),
  };
}

/** What is not here may stand in a file that could not be read, which comes before everything else that would settle it. */
function unreadNote({ unread }: World, { needs }: JudgingRule, { verdict, settledBy = needs[0] }: Finding): string {
  const [first] = unread;
  if (!first || verdict !== 'unknown' || (settledBy !== 'external' && settledBy !== 'cluster')) return '';
  return `; ${first.file}, line ${first.line}, could not be read and may hold it: mend that first`;
}

/** The container that a path leads into, if it does and the container has a name. */
function containerAt(resource: Resource, path: Path): { readonly container?: string } {
  const at = path.findIndex((key) => typeof key === 'string' && /^(c|initC|ephemeralC)ontainers$/.test(key));
  if (at < 0 || typeof path[at + 1] !== 'number') return {};
  const name = resource.at([...path.slice(0, at + 2), 'name']);
  return typeof name === 'string' ? { container: name } : {};
}

function rank({ severity, verdict }: ReportedFinding): number {
  return (severity === 'will-break' ? 0 : 2) + (verdict === 'fail' ? 0 : 1);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
