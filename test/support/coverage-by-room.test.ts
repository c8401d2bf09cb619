import { join } from 'node:path';

const { byRoom, table } = require('./coverage-by-room') as {
  byRoom(files: readonly { path: string; summary: object }[]): Map<string, unknown>;
  table(rooms: Map<string, unknown>): string[];
};

const of = (path: string, covered: number, total: number) => ({
  path,
  summary: Object.fromEntries(
    ['statements', 'branches', 'functions', 'lines'].map((kind) => [
      kind,
      { covered, total: kind === 'branches' ? 0 : total },
    ]),
  ),
});

test('files count for the first folder of their path by their size, and files at the root for themselves', () => {
  const files = [of(join('world', 'a.ts'), 9, 10), of('main.ts', 1, 2), of(join('world', 'sub', 'b.ts'), 0, 30)];
  expect(table(byRoom(files))).toEqual([
    'room     statements  branches  functions   lines',
    'main.ts      50.0 %         –     50.0 %  50.0 %',
    'world/       22.5 %         –     22.5 %  22.5 %',
  ]);
});
