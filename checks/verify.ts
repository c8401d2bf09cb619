import type { Unreadable } from '../manifests/reading/read';
import type { Resource } from '../manifests/resource';
import type { Facts } from '../world/facts';
import { World } from '../world/world';
import type { JudgingRule } from './check';
import type { Report, ReportedFinding } from './finding';
import { report } from './finding';
import type { Inputs, Manifests } from './inputs';
import { runChecks, sortFindings } from './run';
import { annotatedSuppressions, commentedSuppressions } from './suppression/read';
import { suppress } from './suppression/suppress';
import type { Suppression } from './suppression/suppression';

/** Manifests that are judged together, with what is known of the place they go to. */
export interface Subject {
  readonly manifests: Manifests;
  readonly facts: Facts;
  /** Objects that exist elsewhere. @default - nobody said */
  readonly declared: readonly Resource[] | undefined;
  /** The manifests that are live now. @default - nobody said */
  readonly previous: readonly Resource[] | undefined;
  /** What could not be read of these manifests, or of what is declared. @default - nothing */
  readonly unread?: readonly Unreadable[];
  /** The namespace that an object which names none is applied to. @default - nobody said */
  readonly appliedTo?: ((resource: Resource) => string | undefined) | undefined;
  /** Of our own render: where an object was made. @default - nowhere that is known */
  readonly originOf?: (object: string) => readonly string[] | undefined;
}

export interface VerifyOptions {
  /** The checks to run. */
  readonly checks: readonly JudgingRule[];
  /** The ids of all checks, run or not. */
  readonly known: readonly string[];
  readonly suppressions: readonly Suppression[];
  /** Whether a finding's origin is worth looking for: all origins of a target cost a twentieth of a second. */
  readonly showsOrigin: (finding: ReportedFinding) => boolean;
  readonly progress?: ((text: string) => void) | undefined;
  /** Gets the world of each subject when it is judged, with all that the checks have computed of it: whoever keeps it pays with memory. */
  readonly onWorld?: ((world: World) => void) | undefined;
}

/** Judges each subject for itself; one report tells of all, and of what could not be read. */
export function verify(subjects: readonly Subject[], { unreadable, skipped }: Inputs, options: VerifyOptions): Report {
  const { checks, known, showsOrigin } = options;
  const findings: ReportedFinding[] = [];
  const suppressions = [...options.suppressions];
  // Variants of one thing have in common what stands beside them.
  const objects = new Set<Resource>();
  const said = new Set<string>();
  const read = new Set<string>();
  // Of what is judged, for suppressions that name something else.
  const named = new Map<string, readonly string[]>();
  for (const { manifests, facts, declared, previous, appliedTo, unread, originOf } of subjects) {
    const world = new World(manifests.resources, facts, declared, previous, manifests.documents, appliedTo, unread);
    const sayings: string[] = [];
    for (const suppression of [...annotatedSuppressions(world), ...commentedSuppressions(world)]) {
      const place = JSON.stringify([suppression.check, suppression.object, suppression.at]);
      if (!read.has(place)) suppressions.push(suppression);
      read.add(place);
    }
    if (suppressions.length > 0) for (const [object, containers] of containersIn(world)) named.set(object, containers);
    const isShared = manifests.resources.some((resource) => objects.has(resource));
    for (const resource of manifests.resources) objects.add(resource);
    for (const finding of runChecks(world, checks, options.progress)) {
      const { check, verdict, object, path, file, message } = finding;
      const saying = JSON.stringify([check, verdict, object, path, file, message]);
      if (isShared && said.has(saying)) continue;
      sayings.push(saying);
      const origin = showsOrigin(finding) ? originOf?.(finding.object) : undefined;
      findings.push(origin === undefined ? finding : { ...finding, origin });
    }
    for (const saying of sayings) said.add(saying);
    options.onWorld?.(world);
  }
  const ids = checks.map(({ id }) => id);
  const left = suppress(findings, suppressions, ids, { checks: known, objects: named });
  return report(sortFindings(left.findings), unreadable, {
    objects: objects.size,
    checks: checks.length,
    suppressed: left.suppressed,
    skipped: skipped.length,
  });
}

/** Every object as findings name it, with the names of its containers. */
function* containersIn(world: World): Iterable<readonly [string, readonly string[]]> {
  for (const resource of world.resources) yield [world.idOf(resource), []];
  for (const { resource, containers } of world.workloads)
    yield [world.idOf(resource), containers.map(({ name }) => name).filter(Boolean)];
}
