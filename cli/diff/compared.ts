import type { Unreadable } from '../../manifests/reading/read';
import { StrataError } from '../../model/errors';
import type { Target } from '../../model/target';
import type { World } from '../../world/world';
import type { Project } from '../command';

/** Manifests that are compared with others: those of a target, or of a folder. */
export interface ComparedSet {
  /** What pairs it with a set of the other side: `cloud/prod`, the folder of a target, or a path below the one that was named. */
  readonly key: string;
  /** What it is called: `prod@cloud`, or its path. */
  readonly name: string;
  /** Its files by name, where they are known before anything of them is read: what is the same need not be read. */
  readonly files?: ReadonlyMap<string, string>;
  readonly world: () => World;
  /** The folder or file that it was read from. @default - it was not read from one */
  readonly root?: string;
  /** Files beside it that cannot be read, and look like no manifests. @default - there are none */
  readonly overlooked?: readonly Unreadable[];
  /** Those of them that hold objects on the other side. @default - there are none */
  readonly missed?: readonly Unreadable[];
  /** What renders it. @default - it is not our own render */
  readonly source?: ComparedSource;
}

/** A target with the project that renders it. */
export interface ComparedSource {
  readonly target: Target<never>;
  readonly project: Project<never>;
}

/** What is on one side of a comparison. */
export interface ComparedSide {
  /** `HEAD`, `dist/`, `the working tree`. */
  readonly label: string;
  readonly sets: readonly ComparedSet[];
  /** Targets that were named one by one or by a glob. @default - it is something else */
  readonly areTargets?: true;
  /** Files that stand for no targets, as far as anybody knows. @default - what is rendered, or a tree of that */
  readonly arePlain?: true;
  /** Something of it could not be read. @default false */
  readonly isPartly?: boolean;
}

/** A set with the one of the other side that it is compared with. */
export interface ComparedPair {
  readonly name: string;
  /** The same wherever the folders stand that are compared: a change is accepted by it. */
  readonly place: string;
  readonly before: ComparedSet | undefined;
  readonly after: ComparedSet | undefined;
  /** One side alone has it, and what could not be read of the other one may be its twin. @default false */
  readonly isUncertain?: boolean;
  /** Whether the first side was made of sources that are not those that it names, in something. @default false */
  readonly isDoubtful?: true;
}

/**
 * The sets with the same key; the only one of each side, however they are called, but for another target of another state of the sources.
 * What one side alone has came or went.
 */
export function comparedPairs(before: ComparedSide, after: ComparedSide): ComparedPair[] {
  const [only, other] = [before.sets, after.sets];
  if (only.length === 1 && other.length === 1 && !isAnotherTarget(only[0]!, other[0]!))
    return [pairOf(before, only[0]!, after, other[0]!)];
  if (before.areTargets && after.areTargets) return targetsByCluster(before, after);
  refuseUnpaired(before, after);
  const byKey = (side: ComparedSide) => new Map(side.sets.map((set) => [set.key, set]));
  const [was, is] = [byKey(before), byKey(after)];
  return [...new Set([...is.keys(), ...was.keys()])].map((key) => {
    // By a target's name it is told in the GitOps repository, too.
    const place = (is.get(key) ?? was.get(key))!.name;
    const name = place || (is.has(key) ? after : before).label;
    const isUncertain = was.has(key) !== is.has(key) && [before, after].some((side) => side.arePlain && side.isPartly);
    return { name, place, before: was.get(key), after: is.get(key), ...(isUncertain ? { isUncertain } : {}) };
  });
}

/** Targets, and files of which nobody knows whose they are: all of both would be told as gone and as new. */
function refuseUnpaired(before: ComparedSide, after: ComparedSide): void {
  for (const [plain, other] of [
    [before, after],
    [after, before],
  ] as const) {
    const isMatched = plain.sets.some(({ key }) => other.sets.some((set) => set.key === key));
    const targets = other.sets.filter(({ source }) => source !== undefined);
    const [target] = targets;
    if (!plain.arePlain || plain.sets.length === 0 || !target || isMatched) continue;
    const is = plain.sets.length === 1 ? 'is one set of manifests' : `is ${plain.sets.length} sets of manifests`;
    throw new StrataError(
      plain.label,
      `${is}, and is compared with ${targets.length === 1 ? target.name : `${targets.length} targets`}`,
      [
        plain.sets.length === 1
          ? `name the one target that they are compared with: strata diff ${plain.label} ${target.name}`
          : `name one of them, such as ${plain.label}/${plain.sets[0]!.key}`,
        'name a tree that strata render wrote: it says whose files they are',
      ],
    );
  }
}

function pairOf(before: ComparedSide, was: ComparedSet, after: ComparedSide, is: ComparedSet): ComparedPair {
  const [from, to] = [was.name || before.label, is.name || after.label];
  const place = was.source && is.source ? `${was.name} ${is.name}` : '';
  return {
    name: from === to ? to : `${from} → ${to}`,
    place: was.name === is.name ? is.name : place,
    before: was,
    after: is,
  };
}

/** Two environments on the same clusters: each target of one with the one of the other on its cluster. */
function targetsByCluster(before: ComparedSide, after: ComparedSide): ComparedPair[] {
  const clusterOf = (set: ComparedSet) => set.source?.target.cluster.name;
  const pairs = before.sets.map((was) => ({ was, twins: after.sets.filter((is) => clusterOf(is) === clusterOf(was)) }));
  const isEach = pairs.every(
    ({ was, twins }) =>
      twins.length === 1 && pairs.filter((pair) => clusterOf(pair.was) === clusterOf(was)).length === 1,
  );
  if (!isEach || pairs.length !== after.sets.length)
    throw new StrataError(`${before.label} ${after.label}`, 'are not one target on each side for every cluster', [
      'name one target on each side',
      "name two environments on the same clusters, such as 'staging@*' and 'prod@*'",
    ]);
  return pairs.map(({ was, twins: [is] }) => pairOf(before, was, after, is!));
}

/** One that is in the matrix of one state of the sources alone: it is not what the other one was before. */
function isAnotherTarget({ key, source }: ComparedSet, other: ComparedSet): boolean {
  return (
    source !== undefined && other.source !== undefined && key !== other.key && source.project !== other.source.project
  );
}

/** Whether both hold the same files, so that nothing need be read to know that nothing changes. */
export function isUntouched({ before, after }: ComparedPair): boolean {
  const [was, is] = [before?.files, after?.files];
  return (
    was !== undefined &&
    is !== undefined &&
    was.size === is.size &&
    [...is].every(([file, text]) => was.get(file) === text)
  );
}
