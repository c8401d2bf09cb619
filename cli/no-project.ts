import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StrataError } from '../model/errors';
import type { Command } from './options/lazy';

interface Sets {
  readonly commands: readonly Command[];
  readonly judgingCommands: readonly Command[];
}

/** Throws for a command that only a project has: where one was looked for, and what is missing. */
export function refuseWithoutProject({ commands, judgingCommands }: Sets, name: string): void {
  const has = (set: readonly Command[]) => set.some(({ table }) => table.name === name);
  if (!has(commands) || has(judgingCommands)) return;
  const folder = process.cwd();
  throw new StrataError(
    `strata ${name}`,
    `no project found: looked for a main.ts beside a cdk8s.yaml whose \`app\` calls strata, in ${folder} and above`,
    [
      ...missingIn(folder),
      'call it in the folder of a project, or in one below it',
      'begin a project: strata init, or strata adopt for manifests that are there',
    ],
  );
}

/** What the nearest folder lacks that looks like a project. */
function missingIn(folder: string): string[] {
  const [main, config] = [join(folder, 'main.ts'), join(folder, 'cdk8s.yaml')];
  if (existsSync(config))
    return [
      existsSync(main)
        ? `make ${config} call strata: app: strata synth`
        : `write ${main}, which exports what is rendered`,
    ];
  if (existsSync(main)) return [`write ${config} with the line: app: strata synth`];
  return dirname(folder) === folder ? [] : missingIn(dirname(folder));
}
