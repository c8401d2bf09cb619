import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { acceptanceOf } from '../../diff/accepted';
import type { Fleet } from '../../diff/fleet/fleet';
import { fleetOf } from '../../diff/fleet/fleet-of';
import type { HandedOver } from '../../diff/retired';
import { asDelivered, leadsTo } from '../../diff/retired';
import type { DeliveredWorld, LivedWith } from '../../diff/risk/risk';
import type { TargetChange } from '../../diff/target-change';
import { environmentDifference, targetChange, unchanged, unknownChange } from '../../diff/target-change';
import type { UnreadSides } from '../../diff/unknown';
import type { Unreadable } from '../../manifests/reading/read';
import { StrataError } from '../../model/errors';
import { diffFormats } from '../../report/diff/formats';
import { gateOf, gateText } from '../../report/diff/gate';
import type { World } from '../../world/world';
import type { Host, Project } from '../command';
import { livedWithIn } from '../configured';
import type { Given, Run } from '../options/table';
import type { diff } from '../tables';
import { acceptedRisks, today } from './accepted';
import { withCauses } from './causes';
import type { ComparedPair, ComparedSide } from './compared';
import { comparedPairs, isUntouched } from './compared';
import { idleSettings } from './idle';
import { liveSide } from './live';
import { missedIn, withMissed } from './missed';
import { withTemporaryFolder } from './repository';
import { DELIVERY, Sides } from './sides';

export const command: Run<typeof diff> = (project, given, host) =>
  withTemporaryFolder(async (folder) => {
    const { words, values } = given;
    if (words.filter((word) => word === '-').length > 1)
      throw new StrataError('strata diff - -', 'can read standard input once', ['name a file for the other side']);
    if (words.length > 2)
      throw new StrataError('strata diff', `compares two things, and ${words.length} are named`, [
        'call strata diff BEFORE AFTER',
      ]);
    const sides = new Sides(project, given, host, folder);
    const [before, after] = values.live
      ? await liveOf(sides, given, host, project)
      : await bothOf(sides, words, project.matrix.isEmpty);
    // Of names that stand for no target on either side, the error says which there are.
    if (values.target && before.sets.length + after.sets.length === 0) project.matrix.targets(values.target);
    const pairs = withMissed(comparedPairs(before, after));
    sides.inputs.unreadable.push(...missedIn(pairs));
    const areEnvironments = areTwoTargets(pairs);
    if (areEnvironments && values['fail-on'] !== undefined)
      throw new StrataError(`--fail-on ${values['fail-on']}`, 'is about a change, and two targets are compared', [
        'leave it out',
        'compare a target with what it was: strata diff HEAD --target NAME',
      ]);
    const fleet = fleetBetween(pairs, host, values.config, areEnvironments);
    const { unreadable } = sides.inputs;
    for (const { file, line, column, reason } of unreadable) host.printError(`${file}:${line}:${column}: ${reason}`);
    const color = host.terminal === true && !host.env['NO_COLOR'];
    host.print(diffFormats[values.format](fleet, { color, all: values.all, unreadable }));
    const code = unreadable.length > 0 ? 2 : 0;
    const limit = values['fail-on'];
    if (limit === undefined) return code;
    const gate = gateOf(fleet, limit, acceptanceOf(fleet, acceptedRisks(project.root, values.accepted), today()));
    const print = values.format === 'text' ? host.print : host.printError;
    for (const line of gateText(gate)) print(line);
    return code || (gate.refused.length + gate.unknown > 0 ? 1 : 0);
  });

/** What changes from one side of each pair to the other, with what moved it. `config`: a file in the place of the `.strata.yaml` that is found. */
export function fleetBetween(
  pairs: readonly ComparedPair[],
  { progress }: Pick<Host, 'progress'>,
  config?: string,
  areEnvironments = false,
): Fleet {
  const livedWith = livedWithIn(config);
  const delivery = pairs.find((pair) => keyOf(pair) === DELIVERY);
  let known: HandedOver | undefined;
  const handedOver = () => (known ??= { before: delivery?.before?.world(), after: delivery?.after?.world() });
  const changes = pairs.map((pair) => {
    progress?.(`comparing ${pair.name}`);
    const change = changeOf(pair, livedWith, areEnvironments, pair === delivery ? deliveredIn(pairs) : undefined);
    return { ...asDelivered(change, keyOf(pair), handedOver), place: pair.place };
  });
  const fleet = withCauses(fleetOf(changes, { judged: !areEnvironments, beside: [DELIVERY] }), pairs, progress);
  // Two environments differ in whatever they like.
  const idle = areEnvironments ? [] : idleSettings(pairs, fleet.changes);
  return idle.length === 0 ? fleet : { ...fleet, idle };
}

/** The folder of a target in the tree. */
function keyOf({ before, after }: ComparedPair): string {
  return (after ?? before)!.key;
}

/** What is in a cluster, and what is to be there. */
async function liveOf<P>(
  sides: Sides<P>,
  { words, values }: Given<typeof diff>,
  host: Host,
  { matrix }: Project<P>,
): Promise<readonly [ComparedSide, ComparedSide]> {
  const [word, ...more] = words;
  if (more.length > 0 || (word === undefined && matrix.isEmpty))
    throw new StrataError('strata diff --live', 'compares one cluster with one set of manifests', [
      'call strata diff --live PATH or TARGET',
    ]);
  const after = await (word === undefined ? sides.workingTree() : sides.named(word));
  const clusters = [...new Set(after.sets.flatMap(({ source }) => source?.target.cluster.name ?? []))];
  if (clusters.length > 1)
    throw new StrataError('strata diff --live', `asks one cluster, and these targets are for ${clusters.join(', ')}`, [
      `name those of one: strata diff --live --target '*@${clusters[0]}'`,
    ]);
  return [liveSide(after, values, host), after];
}

/** Without words, or with the name of a target: what is committed, and what is not; another word is compared with the sources as they are now. */
async function bothOf<P>(
  sides: Sides<P>,
  words: readonly string[],
  noProject: boolean,
): Promise<readonly [ComparedSide, ComparedSide]> {
  const [first, second] = words;
  if (second === undefined && noProject)
    throw new StrataError('strata diff', 'needs two sets of manifests here: no project is rendered', [
      'call strata diff BEFORE AFTER',
    ]);
  // An earlier state of the sources is rendered by a process of its own, while this one goes on with the other side.
  const isOneTarget = first !== undefined && second === undefined && sides.isTarget(first);
  const [before, after] = await Promise.allSettled([
    // A target that is named alone: what the sources as they are now make of it.
    first === undefined || isOneTarget ? sides.head() : sides.before(first),
    second === undefined ? sides.workingTree() : sides.named(second),
  ]);
  if (before.status === 'rejected') throw before.reason;
  if (after.status === 'rejected') throw after.reason;
  return [before.value, after.value];
}

/** The targets by the paths that lead to them. */
function deliveredIn(pairs: readonly ComparedPair[]): DeliveredWorld {
  const worlds = new Map<unknown, World>();
  return (path, side) => {
    const set = pairs.find((pair) => keyOf(pair) !== DELIVERY && leadsTo(path, keyOf(pair)))?.[side];
    if (!set) return undefined;
    const world = worlds.get(set) ?? set.world();
    worlds.set(set, world);
    return world;
  };
}

function changeOf(
  pair: ComparedPair,
  livedWith: LivedWith,
  areEnvironments: boolean,
  delivered?: DeliveredWorld,
): TargetChange {
  const { name, before, after } = pair;
  if (isUntouched(pair)) return unchanged(name);
  if (pair.isUncertain) return unknownChange(name, (before ?? after)!.world(), before ? 'after' : 'before');
  const [was, is] = [before?.world(), after?.world()];
  const change =
    areEnvironments && was && is
      ? environmentDifference(name, was, is)
      : targetChange(name, was, is, unreadOf(pair, was, is), livedWith, delivered);
  return inOwnFiles(change, before?.root, after?.root);
}

/** What could not be read of each side; not what both have alike, since what stands there is the same on both. */
function unreadOf({ before, after }: ComparedPair, was: World | undefined, is: World | undefined): UnreadSides {
  const old = [...(was?.unread ?? []), ...(before?.missed ?? [])];
  const now = [...(is?.unread ?? []), ...(after?.missed ?? [])];
  const known = new Set(now.map((each) => placeIn(after?.root, each)));
  const shared = new Set(
    old.flatMap((each) => {
      const place = placeIn(before?.root, each);
      return known.has(place) && isSameFile(before?.root, after?.root, place) ? [place] : [];
    }),
  );
  const own = (all: readonly Unreadable[], root: string | undefined) =>
    all.filter((each) => !shared.has(placeIn(root, each)));
  return { before: own(old, before?.root), after: own(now, after?.root) };
}

function placeIn(root: string | undefined, { file }: Unreadable): string {
  return root === undefined ? file : relative(root, file);
}

function isSameFile(before: string | undefined, after: string | undefined, place: string): boolean {
  if (before === undefined || after === undefined) return false;
  const [one, other] = [join(before, place), join(after, place)];
  try {
    return readFileSync(one).equals(readFileSync(other));
  } catch {
    // A folder that something is built from, or what may not be read.
    return false;
  }
}

/** A file that both sides have is read once: what is said of the later side names its own. */
function inOwnFiles(change: TargetChange, before: string | undefined, after: string | undefined): TargetChange {
  if (before === undefined || after === undefined || !change.twice?.length) return change;
  const own = (place: string) => (place.startsWith(join(before, sep)) ? join(after, relative(before, place)) : place);
  const twice = change.twice.map((each) => (each.side === 'after' ? { ...each, places: each.places.map(own) } : each));
  return { ...change, twice };
}

/** Two targets of one state of the sources are compared with each other, and not one with what it was. */
function areTwoTargets(pairs: readonly ComparedPair[]): boolean {
  return pairs.some(({ before, after }) => {
    const [was, is] = [before?.source, after?.source];
    return was !== undefined && is !== undefined && was.project === is.project && was.target.name !== is.target.name;
  });
}
