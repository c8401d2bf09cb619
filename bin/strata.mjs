#!/usr/bin/env node
import { loadBundle, readerFile } from './bundles.mjs';

try {
  const { strata } = loadBundle('strata');
  const host = {
    env: process.env,
    print: (line) => console.log(line),
    printError: (line) => console.error(line),
    terminal: process.stdout.isTTY === true,
    readerFile,
  };
  process.exitCode = await strata.run(process.argv.slice(2), host);
} catch (error) {
  // A reader who closes the pipe early, as `head` does, has what it wanted.
  if (error.code !== 'EPIPE') {
    console.error(
      process.env.STRATA_DEBUG
        ? error
        : `error: ${error.message}${error.name === 'StrataError' ? '' : '\n  (STRATA_DEBUG=1 shows where)'}`,
    );
    process.exitCode = 2;
  }
}
