/**
 * What is said beforehand of rollouts comes: 500 Deployments at once, with simulated pods that become ready and go as late as each one says, are
 * followed by the controllers of a real control plane. Highest number of pods, fewest available ones, end and deadline are those of the
 * timeline. More of them, by hand: `npm run oracle:timeline -- COUNT SEED`.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Cluster, toolPath } from './support/cluster';
import { say } from './support/report';

const repository = join(__dirname, '../..');
const cluster = new Cluster('provetim');

beforeAll(() => cluster.up({ simulated: 1 }), 5 * 60_000);
afterAll(() => cluster.close());

test(
  '500 random rollouts come as the timeline says',
  async () => {
    const out = cluster.file('timeline.json');
    const started = Date.now();
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(repository, 'test/oracle/run.mjs'), 'timeline', '500', '20', out],
      { env: { ...process.env, STRATA_TEST_CLUSTER: toolPath(), STRATA_CLUSTER: cluster.name } },
      // Where some came otherwise, what they are is in the file.
    ).catch((error: { readonly stdout: string }) => error);
    say(`${stdout.trim()}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual([]);
    // So that a generator that makes nothing of interest is noticed.
    const [, count, never, recreated, withQuota, givenUp] =
      /(\d+) rollouts: (\d+) never end, (\d+) Recreate, (\d+) with a quota, (\d+) given up/.exec(stdout)?.map(Number) ??
      [];
    expect(count).toBe(500);
    expect(Math.min(never!, recreated!, withQuota!, givenUp!)).toBeGreaterThan(20);
  },
  15 * 60_000,
);
