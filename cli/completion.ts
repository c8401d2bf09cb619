import { StrataError } from '../model/errors';
import { namedObjects } from '../render/explain/same';
import type { Host, Project } from './command';
import { knownFeatures } from './feature-asked';
import type { NamesOf } from './options/complete';
import { complete } from './options/complete';
import type { Shell } from './options/shells';
import { scripts } from './options/shells';
import type { CommandTable, Run } from './options/table';
import type { completion } from './tables';
import { GROUP_NAMES } from './tables';
import { whereWords } from './where';

export const command: Run<typeof completion> = (_project, { words: [shell] }, host) => {
  host.print(scripts[shell as Shell]);
};

/** What the scripts call: prints the candidates for the last of the words. */
export async function completeWords<P>(
  tables: readonly CommandTable[],
  project: Project<P>,
  words: readonly string[],
  host: Host,
) {
  try {
    const { candidates, paths } = await complete(tables, words, namesIn(tables, project));
    for (const { word, description } of candidates)
      host.print(description === undefined ? word : `${word}\t${description}`);
    if (paths) host.print(`:${paths}`);
  } catch (error) {
    // A project with a mistake in it has no names to offer; other commands say what is wrong.
    if (!(error instanceof StrataError)) throw error;
  }
}

function namesIn<P>(tables: readonly CommandTable[], project: Project<P>): NamesOf {
  const { matrix, compose } = project;
  return async (what, [targetName = '']) => {
    switch (what) {
      case 'target':
        return matrix.names;
      case 'feature':
        return knownFeatures(project).map(({ name }) => name);
      case 'where':
        return whereWords(matrix.targets());
      case 'cluster':
        return matrix.clusters.map(({ name }) => name);
      case 'object':
        return namedObjects(matrix.targets([targetName]).flatMap(compose)).map(({ names }) => names[0]);
      case 'check':
        return (await import('./verifier')).checkNames;
      case 'group':
        return GROUP_NAMES;
      case 'command':
        return tables.map(({ name }) => name);
    }
  };
}
