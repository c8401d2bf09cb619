import { relative } from 'node:path';
import { StrataError } from '../../model/errors';
import { flowChangeFormats } from '../../report/flow-changes';
import { flowDiff } from '../../simulate/network/flow-diff';
import type { World } from '../../world/world';
import type { Host, Project } from '../command';
import type { FlowsGiven, NamedWorld } from './read';
import { exitCode, query, reader } from './read';

/** `strata flows diff A B`: what a change opens and closes. */
export function diff<P>(project: Project<P>, given: FlowsGiven, host: Host): number {
  const [, before, after, ...more] = given.words;
  const { format, only } = given.values;
  if (before === undefined || after === undefined || more.length > 0)
    throw new StrataError('strata flows diff', 'needs two sets of manifests: before and after', [
      'call strata flows diff BEFORE AFTER',
    ]);
  if (!(format in flowChangeFormats))
    throw new StrataError(`strata flows diff --format ${format}`, 'a difference has no picture', [
      `use one of these: ${Object.keys(flowChangeFormats).join(', ')}`,
    ]);
  const reading = reader(project, given, host);
  const [was, is] = [reading.worldsOf([before]), reading.worldsOf([after])];
  const pairs = pairsOf([before, was], [after, is]);
  const changes = pairs.map(({ name, from, to }) => ({
    name,
    changes: flowDiff(from, to, query(given)).filter((change) => only === undefined || change.after === only),
  }));
  const print = flowChangeFormats[format as keyof typeof flowChangeFormats];
  if (changes.length === 1) host.print(print(changes[0]!.changes));
  else if (format === 'json') host.print(JSON.stringify({ sets: changes }, null, 2));
  else host.print(changes.map((set) => `${set.name}:\n${print(set.changes)}`).join('\n\n'));
  return exitCode(reading);
}

type Side = readonly [path: string, sets: readonly NamedWorld[]];

/** Which set of one side is compared with which of the other: the one that is called the same below its path. */
function pairsOf(
  [before, was]: Side,
  [after, is]: Side,
): { readonly name: string; readonly from: World; readonly to: World }[] {
  if (was.length === 1 && is.length === 1) return [{ name: '', from: was[0]!.world, to: is[0]!.world }];
  const below = (path: string, name: string) =>
    name
      .split(' ')
      .map((part) => relative(path, part))
      .join(' ');
  const byName = new Map(was.map(({ name, world }) => [below(before, name), world]));
  const pairs = is.flatMap(({ name, world }) => {
    const from = byName.get(below(after, name));
    return from ? [{ name: below(after, name), from, to: world }] : [];
  });
  if (pairs.length === was.length && pairs.length === is.length) return pairs;
  const names = (path: string, sets: readonly NamedWorld[]) =>
    sets.map(({ name }) => below(path, name) || path).join(', ');
  throw new StrataError(
    'strata flows diff',
    `the two hold different sets of manifests: ${names(before, was)}; and ${names(after, is)}`,
    ['name the folder of one set on each side'],
  );
}
