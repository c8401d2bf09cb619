import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { StrataError } from '../model/errors';
import type { Run } from './options/table';
import { renderTree } from './render';
import type { synth } from './tables';

/** The output folder of cdk8s.yaml; see the comment there. */
const LINK = '.strata/synth';
const TREE = 'dist';

/**
 * What `cdk8s synth` runs. The CLI deletes the folder that it names in CDK8S_OUTDIR before it starts us, so by default that
 * folder is only a link to the tree; asked for another one (`--output`, `--stdout`), the tree is rendered there.
 */
export const command: Run<typeof synth> = (project, _given, host) => {
  const folder = host.env['CDK8S_OUTDIR'] ?? LINK;
  const isLink = resolve(folder) === resolve(LINK);
  if (isLink) link();
  renderTree(project, host, { out: isLink ? TREE : folder });
};

function link(): void {
  try {
    mkdirSync(dirname(LINK), { recursive: true });
    rmSync(LINK, { recursive: true, force: true });
    symlinkSync(relative(dirname(resolve(LINK)), resolve(TREE)), LINK, 'junction');
  } catch (error) {
    throw new StrataError(LINK, `cannot be made: ${(error as Error).message}`, [
      `give yourself permission to write in ${dirname(LINK)}`,
      'call npx strata render, which needs no link',
    ]);
  }
}
