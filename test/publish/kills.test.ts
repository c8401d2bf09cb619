import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { random } from '../oracle/mutate';
import { newFolder } from '../render/support';
import { killRuns, newPlace, runPairs } from './kills';

// Few of each, on every run of the tests; `npm run oracle:publish` does two hundred.

const program = [process.execPath, join(newFolder(), 'program.cjs')];
buildSync({
  stdin: {
    contents: `import { runCall } from './program'; runCall(process.argv[2]);`,
    resolveDir: __dirname,
  },
  bundle: true,
  platform: 'node',
  outfile: program[1]!,
});

test('runs that are killed at any moment leave the repository whole, and the next run finishes', async () => {
  const { problems, before, after } = await killRuns(newPlace(newFolder()), program, 12, random(3));
  expect([problems, before + after]).toEqual([[], 12]);
});

test('of two runs at once none loses what the other published', async () => {
  expect(await runPairs(newPlace(newFolder()), program, 4, random(4))).toEqual([]);
});
