import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Fleet } from '../diff/fleet/fleet';
import type { Target } from '../model/target';
import type { PublishedTree } from '../publish/branch-plan';
import type { Host, Project } from './command';
import { withCauses } from './diff/causes';
import type { ComparedPair, ComparedSet, ComparedSource } from './diff/compared';
import { Repository } from './diff/repository';
import { inFolder } from './diff/sides';
import { stateAt } from './diff/states';
import { projectOf } from './project';

/**
 * Adds to what a commit changes which settings moved it: the sources as they are now against those that each target was published from, as
 * its last commit says. Nothing is added where that is not known: another tool changed the files. Of sources that somebody had not committed
 * altogether, that counts which explains a field from the value that was published to the one that is.
 */
export function withPublishedCauses<P>(fleet: Fleet, before: PublishedTree, project: Project<P>, host: Host): Fleet {
  const { compositionIn } = host;
  const repository = compositionIn && Repository.at(project.root);
  if (!compositionIn || !repository || fleet.changes.length === 0) return fleet;
  const earlier = new Map<string, Project<P> | undefined>();
  const earlierAt = (commit: string): Project<P> | undefined => {
    if (!earlier.has(commit)) earlier.set(commit, projectAt(commit));
    return earlier.get(commit);
  };
  const projectAt = (commit: string): Project<P> | undefined => {
    const tree = /^[0-9a-f]{40,64}$/.test(commit) ? repository.commitAt(commit)?.tree : undefined;
    if (tree === undefined) return undefined;
    const root = stateAt(repository, project.root, tree);
    if (!existsSync(join(root, 'main.ts'))) return undefined;
    return projectOf({ ...host, root, composition: () => inFolder(root, () => compositionIn(root)) }) as Project<P>;
  };
  const pairs = project.matrix.targets().flatMap((target): ComparedPair[] => {
    if (!fleet.changes.some(({ targets }) => targets.includes(target.name))) return [];
    const said = before.madeFrom?.(target.path);
    const commit = said?.replace(/-dirty$/, '');
    const old = commit === undefined ? undefined : earlierAt(commit);
    const was = old && inFolder(old.root, () => old.matrix.targets()).find(({ path }) => path === target.path);
    if (!old || !was) return [];
    const pair = pairOf(target, { target: was, project: old }, { target, project });
    return [said === commit ? pair : { ...pair, isDoubtful: true }];
  });
  return withCauses(fleet, pairs, host.progress);
}

function pairOf({ name, path }: Target<never>, before: ComparedSource, after: ComparedSource): ComparedPair {
  const setOf = (source: ComparedSource): ComparedSet => ({ key: path, name, world, source });
  return { name, place: name, before: setOf(before), after: setOf(after) };
}

/** The manifests are those of the repository: what made them is asked for alone. */
function world(): never {
  throw new Error('what was published is read from the repository');
}
