import { basename, resolve } from 'node:path';
import type { Run } from '../options/table';
import { OWN_SOURCES } from '../root';
import type { init } from '../tables';
import { installedFrom } from './installed';
import { platformName, projectFiles, refuseFile, refuseTaken, writeFiles } from './project-files';

export const command: Run<typeof init> = async (project, { words: [given = '.'], values }, host) => {
  const { from, name: wanted, strata, 'dry-run': dry } = values;
  if (from !== undefined) {
    const { adopt } = await import('../verifier');
    return adopt(
      project,
      {
        words: [from, given],
        values: {
          name: wanted,
          strata,
          'dry-run': dry,
          release: undefined,
          namespace: undefined,
          values: undefined,
          kubernetes: undefined,
        },
      },
      host,
    );
  }
  const folder = resolve(given);
  refuseFile(folder);
  const name = platformName(wanted, basename(folder));
  const files = projectFiles(name, strata ?? installedFrom(OWN_SOURCES, folder));
  refuseTaken(folder, files);
  if (!dry) writeFiles(folder, files);
  host.print(`${given}: ${name}, a platform with ${files.size} files; README.md says what is where`);
  if (dry) {
    for (const path of files.keys()) host.print(`  ${path}`);
    return;
  }
  const there = given === '.' ? '' : `cd ${given} && `;
  host.print(`next: ${there}${files.has('package-lock.json') ? 'npm ci' : 'npm install'} && npm run synth`);
};
