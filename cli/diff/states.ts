import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository } from './repository';
import { forgetOld } from './repository';

/** The folder of a project as it is in a commit, whose files are written below the project as it is now: there it finds its packages. */
export function stateAt(repository: Repository, root: string, tree: string): string {
  const states = join(root, '.strata', 'states');
  const state = join(states, tree);
  repository.writeTree(tree, state);
  const now = new Date();
  utimesSync(state, now, now);
  forgetOld(states);
  return join(state, repository.pathOf(root));
}
