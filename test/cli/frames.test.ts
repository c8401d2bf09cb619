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
  expect(projectFrames(stack)).toEqual([
    'constructs/core/workload.ts:55',
    'features/with space (1)/tool.ts:7',
    'environments/dev.ts:9',
  ]);
});

test('a stack of nothing is told by nothing', () => expect(projectFrames('')).toEqual([]));
