import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFrames } from '../../cli/frames';

const root = join(__dirname, '../..');

test('a stack is told by the lines of the project that make objects, relative to its folder', () => {
  const stack = [
    'Error: made here (nowhere.ts:1:1)',
    `    at originsOf (${root}/constructs/synthesis/stacks.ts:24:31)`,
    `    at new Workload (${root}/constructs/core/workload.ts:55:22)`,
    `    at Object.apply [as make] (${root}/features/with space (1)/tool.ts:7:3)`,
    `    at ${root}/environments/dev.ts:9:1`,
    `    at because (${root}/model/layers.ts:20:5)`,
    `    at Array.map (<anonymous>)`,
    `    at Construct (${root}/node_modules/constructs/lib/construct.ts:5:5)`,
    `    at Module._compile (node:internal/modules/cjs/loader:1554:14)`,
    `    at command (${root}/cli/explain.ts:3:1)`,
    `    at asWritten (${root}/render/plan.ts:3:1)`,
    `    at verify (${root}/checks/verify.ts:3:1)`,
    `    at Object.<anonymous> (${root}/main.ts:14:30)`,
  ].join('\n');
  expect(projectFrames(stack, root)).toEqual([
    'constructs/core/workload.ts:55',
    'features/with space (1)/tool.ts:7',
    'environments/dev.ts:9',
  ]);
});

test('in a project of its user, every folder is its own but that of the packages', () => {
  const project = '/home/team/shop';
  const stack = ['composition/mine.ts:1:1', 'checks/own.ts:2:1', 'main.ts:3:1', 'node_modules/strata/cli/x.ts:4:1']
    .map((place) => `    at made (${project}/${place})`)
    .join('\n');
  expect(projectFrames(stack, project)).toEqual(['composition/mine.ts:1', 'checks/own.ts:2']);
});

test('a stack of nothing is told by nothing', () => expect(projectFrames('', root)).toEqual([]));

test('a line of a bundle is told by its line in the sources, as its map has it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'frames-'));
  const bundle = join(folder, 'bundle.cjs');
  // Lines 1, 2 and 3 come from lines 1, 2 and 4.
  const map = { version: 3, sources: ['tool.ts'], names: [], mappings: 'AAAA;AACA;AAEA' };
  const lines = () =>
    projectFrames([1, 2, 3].map((line) => `    at made (${bundle}:${line}:1)`).join('\n'), folder).map((frame) =>
      frame.slice(frame.lastIndexOf('/') + 1),
    );
  expect(lines()).toEqual([]);
  writeFileSync(`${bundle}.map`, JSON.stringify(map));
  expect(lines()).toEqual(['tool.ts:1', 'tool.ts:2', 'tool.ts:4']);
  // It is made anew while the program runs.
  writeFileSync(`${bundle}.map`, JSON.stringify({ ...map, sources: ['other.ts'] }));
  utimesSync(`${bundle}.map`, new Date(), new Date(Date.now() + 10_000));
  expect(lines()).toEqual(['other.ts:1', 'other.ts:2', 'other.ts:4']);
  rmSync(folder, { recursive: true });
});
