import { basename, resolve } from 'node:path';
import { planOf } from '../../adopt/plan';
import { differencesIn } from '../../adopt/proof';
import { differenceText } from '../../model/object-differences';
import { versionStated } from '../cluster-given';
import type { Run } from '../options/table';
import { OWN_SOURCES } from '../root';
import { installedFrom } from '../scaffold/installed';
import { platformName, projectFiles, refuseFile, refuseTaken, writeFiles } from '../scaffold/project-files';
import type { adopt } from '../tables';
import { adoptedFiles } from './project';
import { sourceAt } from './source';
import { counted, summaryOf } from './summary';

/** How a chart is installed. */
function installationOf({ release, namespace, values, kubernetes }: Parameters<Run<typeof adopt>>[1]['values']) {
  return {
    release,
    namespace,
    values,
    ...(kubernetes === undefined ? {} : { kubernetes: versionStated('--kubernetes', kubernetes) }),
  };
}

export const command: Run<typeof adopt> = (_project, { words: [path, given = '.'], values }, host) => {
  const folder = resolve(given);
  refuseFile(folder);
  const name = platformName(values.name, basename(given === '.' ? resolve(path!) : folder));
  const { 'dry-run': dry } = values;
  host.progress?.(`reading ${path}`);
  const plan = planOf(sourceAt(path!, name, installationOf(values)));
  const around = projectFiles(name, values.strata ?? (dry ? '*' : installedFrom(OWN_SOURCES, folder)));
  const files = adoptedFiles(plan, around, path!);
  refuseTaken(folder, files);
  for (const line of summaryOf(plan)) host.print(line);
  let differs = 0;
  for (const environment of plan.environments) {
    const differences = differencesIn(plan, environment);
    differs += differences.length;
    host.print(
      `${environment.name}: ${counted(environment.wanted.length, 'object')}, ${counted(differences.length, 'difference')}`,
    );
    for (const difference of differences) host.print(`  ${differenceText(difference)}`);
  }
  if (dry) for (const file of files.keys()) host.print(`  ${file}`);
  else writeFiles(folder, files);
  host.print(`${given}: ${files.size} files${dry ? ' would be written' : '; README.md says what is where'}`);
  const there = given === '.' ? '' : `cd ${given} && `;
  if (!dry) host.print(`next: ${there}${files.has('package-lock.json') ? 'npm ci' : 'npm install'} && npm test`);
  return differs > 0 ? 1 : 0;
};
