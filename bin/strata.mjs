#!/usr/bin/env node
import { join } from 'node:path';
import { printerTo } from './output.mjs';
import { hasSources, loadedProgram, strata } from './program.mjs';
import { isProject, projectAbove } from './project.mjs';

// There is no place left to tell that the place for errors fails.
const printError = printerTo(process.stderr, () => {});
let refused = false;
const print = printerTo(process.stdout, (error) => {
  if (!refused) printError(`error: ${error.message}`);
  refused = true;
  process.exitCode = 2;
});

try {
  const program = await loadedProgram();
  const root = projectAbove(process.cwd()) ?? (hasSources && isProject(strata) ? strata : undefined);
  const host = {
    env: process.env,
    print,
    printError,
    terminal: process.stdout.isTTY === true,
    ...(process.stderr.isTTY ? { errorTerminal: process.stderr } : {}),
    readerFile: () => program.readerFile(),
    ...(root === undefined ? {} : await project(root)),
  };
  const code = await program.load('strata').strata.run(process.argv.slice(2), host);
  process.exitCode = refused ? 2 : code;

  /** What the commands get to know of the project. */
  async function project(root) {
    const { projectBundles } = await import('./bundles.mjs');
    const bundles = projectBundles(root);
    let how = {};
    return {
      root,
      composition: () => bundles.load('project', how).default,
      compositionIn: (folder) => projectBundles(folder).load('project').default,
      rendererFile: join(strata, 'bin/renderer.mjs'),
      reload: (options) => {
        how = options;
        return program.load('strata', options).strata;
      },
    };
  }
} catch (error) {
  printError(process.env.STRATA_DEBUG ? (error?.stack ?? `error: ${error}`) : `error: ${messageOf(error)}`);
  process.exitCode = 2;
}

/** Not everything that is thrown is an error. */
function messageOf(error) {
  if (error?.name === 'StrataError') return error.message;
  return `${error?.message ?? `${error} was thrown`}\n  (STRATA_DEBUG=1 shows where)`;
}
