#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { printerTo } from './output.mjs';

// There is no place left to tell that the place for errors fails.
const printError = printerTo(process.stderr, () => {});
let refused = false;
const print = printerTo(process.stdout, (error) => {
  if (!refused) printError(`error: ${error.message}`);
  refused = true;
  process.exitCode = 2;
});

// A package that `npm pack` made has no sources to bundle.
const hasSources = existsSync(new URL('../main.ts', import.meta.url));

try {
  const { loadBundle, readerFile } = await import(hasSources ? './bundles.mjs' : './packed.mjs');
  const { strata } = loadBundle('strata');
  const host = {
    env: process.env,
    print,
    printError,
    terminal: process.stdout.isTTY === true,
    ...(process.stderr.isTTY ? { errorTerminal: process.stderr } : {}),
    readerFile,
    reload: (how) => loadBundle('strata', how).strata,
  };
  const code = await strata.run(process.argv.slice(2), host);
  process.exitCode = refused ? 2 : code;
} catch (error) {
  printError(
    process.env.STRATA_DEBUG
      ? error.stack
      : `error: ${error.message}${error.name === 'StrataError' ? '' : '\n  (STRATA_DEBUG=1 shows where)'}`,
  );
  process.exitCode = 2;
}
