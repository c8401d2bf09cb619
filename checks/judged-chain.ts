import { positionOf } from '../manifests/reading/yaml/position';
import type { Path, Resource } from '../manifests/resource';
import { pathText } from '../manifests/resource';
import { addTo } from '../model/multimap';
import type { Link } from '../simulate/monitoring/link';
import type { World } from '../world/world';
import type { JudgingRule } from './check';
import type { ReportedFinding } from './finding';
import { runChecks } from './run';

/** A link with its place, and with what the checks say of it. */
export interface JudgedLink {
  readonly text: string;
  readonly state: 'holds' | 'breaks' | 'unknown';
  /** Why it breaks, or why nobody can tell. */
  readonly reasons: readonly string[];
  /** `Kind/namespace/name` and the file and line, where it is stated. */
  readonly object?: string;
  readonly file?: string;
  readonly line?: number;
  readonly links: readonly JudgedLink[];
}

/** Links with what checks found at their places: there is one judgement of each thing, that of `strata verify`. */
export function judgedChain(world: World, links: readonly Link[], checks: readonly JudgingRule[]): JudgedLink[] {
  const byObject = new Map<string, ReportedFinding[]>();
  for (const finding of runChecks(world, checks)) addTo(byObject, finding.object, finding);
  const judge = (link: Link): JudgedLink => {
    const saidOf = (resource: Resource | undefined) => (resource && byObject.get(world.idOf(resource))) ?? [];
    const found = [
      ...saidOf(link.at?.resource).filter((one) => concerns(one, link)),
      ...saidOf(link.of).filter((one) => hasOneOf(link.names ?? [], one)),
    ];
    const said = [...(link.problem ? [link.problem] : []), ...found.map(problemOf)];
    const broken = said.filter(({ verdict }) => verdict === 'breaks');
    return {
      text: link.text,
      state: broken.length > 0 ? 'breaks' : said.length > 0 ? 'unknown' : 'holds',
      reasons: [...new Set((broken.length > 0 ? broken : said).map(({ reason }) => reason))],
      ...(link.at ? placeOf(world, link.at, link.names?.[0]) : {}),
      links: link.links.map(judge),
    };
  };
  return links.map(judge);
}

/** Every link of a chain, from the top. */
export function* linksIn(links: readonly JudgedLink[]): Iterable<JudgedLink> {
  for (const link of links) {
    yield link;
    yield* linksIn(link.links);
  }
}

function problemOf({ verdict, message, check, fix }: ReportedFinding): NonNullable<Link['problem']> {
  return { verdict: verdict === 'fail' ? 'breaks' : 'unknown', reason: `${message} (${check}: ${fix})` };
}

/** Whether a finding is about this very link: at its place or in it; of a file, about what it is called. */
function concerns(finding: ReportedFinding, { at, names = [] }: Link): boolean {
  const { path } = finding;
  const own = pathText(at!.path);
  // An object that is named as a whole has many things about it that are no matter of the chain.
  if (own === '') return false;
  if (path !== own && !path.startsWith(`${own}.`) && !path.startsWith(`${own}[`)) return false;
  return !isFile(at!.path) || hasOneOf(names, finding);
}

function hasOneOf(names: readonly string[], { value, message }: ReportedFinding): boolean {
  return names.some((name) => value === name || wordOf(name).test(message));
}

function wordOf(name: string): RegExp {
  return new RegExp(`(?<![\\w:-])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-]|:\\w)`);
}

function placeOf(world: World, { resource, path }: NonNullable<Link['at']>, name: string | undefined) {
  const { line } = positionOf(resource, path);
  const at = { object: world.idOf(resource), file: resource.source.file };
  const text = isFile(path) ? resource.at(path) : undefined;
  if (name === undefined || typeof text !== 'string') return { ...at, line };
  // Of a file that is written as a block, its first line comes after its name.
  const stated = new RegExp(`\\b(job_name|alert|record|name):\\s*['"]?${wordOf(name).source}['"]?\\s*$`);
  const inFile = text.split('\n').findIndex((each) => stated.test(each));
  const found = inFile < 0 ? undefined : resource.source.text.split('\n')[line + inFile];
  return { ...at, line: found !== undefined && stated.test(found) ? line + inFile + 1 : line };
}

function isFile(path: Path): boolean {
  return path.length === 2 && (path[0] === 'data' || path[0] === 'stringData');
}
