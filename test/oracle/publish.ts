/**
 * Kills and concurrency as the oracle of publishing: runs that are killed with all their processes at random moments, and pairs of runs at once,
 * over bare repositories and clones. git fsck, the history and a render into a folder say whether anything is broken, lost or left.
 *
 *   npm run oracle:publish -- [KILLS] [SEED]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { killRuns, newPlace, runPairs } from '../publish/kills';
import { runCall } from '../publish/program';
import { random } from './mutate';

async function main(): Promise<void> {
  const [count = '200', seed = '1', out = '', folder = ''] = process.argv.slice(2);
  const program = [process.execPath, process.argv[1]!];
  const next = random(Number(seed));
  const placed = (name: string) => {
    mkdirSync(join(folder, name));
    return newPlace(join(folder, name));
  };
  const { problems, ...tally } = await killRuns(placed('kills'), program, Number(count), next);
  const pairs = Math.ceil(Number(count) / 10);
  const ofPairs = await runPairs(placed('pairs'), program, pairs, next);
  console.log(`${count} kills:`, tally, `${problems.length} problems; ${pairs} pairs: ${ofPairs.length} problems`);
  writeFileSync(out, `${JSON.stringify([...problems, ...ofPairs], undefined, 2)}\n`);
  process.exitCode = problems.length + ofPairs.length > 0 ? 1 : 0;
}

// The bundle is the program that is killed, too.
if (process.argv[2]?.startsWith('{')) runCall(process.argv[2]);
else void main();
