import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { StrataError } from '../model/errors';
import type { Run } from './options/table';
import { renderTree } from './render';
import type { synth } from './tables';
import { defaultTree } from './tree';

/** The output folder of cdk8s.yaml, at the root of the project; see the comment there. */
const LINK = '.strata/synth';

/**
 * What `cdk8s synth` runs. The CLI deletes the folder that it names in CDK8S_OUTDIR before it starts us, so by default that
 * folder is only a link to the tree; asked for another one (`--output`, `--stdout`), the tree is rendered there.
 */
export const command: Run<typeof synth> = (project, _given, host) => {
  const [own, tree] = [join(project.root, LINK), defaultTree(project.root)];
  const folder = host.env['CDK8S_OUTDIR'] ?? own;
  const isLink = resolve(folder) === resolve(own);
  if (isLink) linkTo(tree, own);
  renderTree(project, host, { out: isLink ? tree : folder });
};

function linkTo(tree: string, link: string): void {
  try {
    mkdirSync(dirname(link), { recursive: true });
    rmSync(link, { recursive: true, force: true });
    symlinkSync(relative(dirname(resolve(link)), resolve(tree)), link, 'junction');
  } catch (error) {
    throw new StrataError(LINK, `cannot be made: ${(error as Error).message}`, [
      `give yourself permission to write in ${dirname(LINK)}`,
      'call npx strata render, which needs no link',
    ]);
  }
}
