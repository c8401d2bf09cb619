/**
 * Whether `strata diff` says `exposure` of just those changes by which somebody reaches what they could not reach before: each is made on a real
 * cluster, and before and after it everybody tries to connect to everybody.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answers, RecordedOpening } from '../diff/exposure/opened';
import { disagreements, openedLive, saidOf } from '../diff/exposure/opened';
import type { Scene } from '../diff/exposure/scene';
import { allChanges } from '../diff/exposure/states';
import { Cluster } from './support/cluster';
import { explained, say, testOn } from './support/report';
import { LiveScenes } from './support/scenes';

const RECORD = join(__dirname, '../diff/exposure/opened.json');
const cluster = new Cluster('provenet');
let scenes: LiveScenes;

beforeAll(
  () =>
    explained(cluster, async () => {
      await cluster.up({ nodes: 2 });
      scenes = await LiveScenes.on(cluster);
    }),
  15 * 60_000,
);

afterAll(() => cluster.close());

testOn(cluster, 'what opens in the cluster is what the classes say, and what was recorded', async () => {
  const changes = allChanges(scenes.addresses);
  const started = Date.now();
  // What is possible in a scene has nothing to do with the one before it: each is made once.
  const answers = new Map<string, Answers>();
  for (const scene of changes.flatMap(({ before, after }) => [before, after])) {
    const key = JSON.stringify(scene);
    if (!answers.has(key)) answers.set(key, await scenes.show(scene));
  }
  const seen = (scene: Scene) => answers.get(JSON.stringify(scene))!;
  const live = changes.map((change): RecordedOpening => {
    const opened = openedLive(change, seen(change.before), seen(change.after));
    return { name: change.name, opened };
  });
  const opening = live.filter(({ opened }) => opened.length > 0).length;
  say(
    `${changes.length} changes of ${answers.size} scenes, ${opening} of them open something: ${Math.round((Date.now() - started) / 1000)} s`,
  );
  if (process.env.UPDATE_RECORDED === '1') writeFileSync(RECORD, recordText(scenes.addresses, live));
  expect(
    changes.flatMap((change, i) => disagreements(change.name, saidOf(change, scenes.addresses), live[i]!.opened)),
  ).toEqual([]);
  expect(live).toEqual((JSON.parse(readFileSync(RECORD, 'utf8')) as { changes: unknown }).changes);
});

/** One change a line. */
function recordText(addresses: object, changes: readonly RecordedOpening[]): string {
  return `{"addresses":${JSON.stringify(addresses)},\n"changes":[\n${changes.map((each) => JSON.stringify(each)).join(',\n')}\n]}\n`;
}
