import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mutantsOf } from './mutators';
import { report, scoreOf } from './report';
import { type Outcome, trial } from './trial';
import { Worker } from './worker';

jest.setTimeout(120_000);

const here = __dirname;
const project = realpathSync(mkdtempSync(join(tmpdir(), 'strata-mutation-')));
afterAll(() => rmSync(project, { recursive: true, force: true }));

const SOURCES: Readonly<Record<string, string>> = {
  'room/age.ts': 'export function isAdult(age: number): boolean {\n  return age >= 18;\n}\n',
  'room/count.ts': 'export function last(n: number): number {\n  let i = 0;\n  while (i !== n) i++;\n  return i;\n}\n',
  'room/alone.ts': 'export const never = (a: number) => a > 1;\n',
  'test/weak.test.ts': `import { isAdult } from '../room/age';
    test('weak: no place near the bound', () => expect(isAdult(50)).toBe(true));`,
  'test/strong.test.ts': `import { isAdult } from '../room/age';
    test('strong: the bound itself', () => expect([17, 18, 19].map(isAdult)).toEqual([false, true, true]));`,
  'test/count.test.ts': `import { last } from '../room/count';
    import { never } from '../room/alone';
    test('counts', () => expect([last(3), typeof never]).toEqual([3, 'function']));`,
  'test/failing.test.ts': `import { never } from '../room/alone';
    test('fails as it is', () => expect(never(2)).toBe(false));`,
};

function write(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

/** What becomes of all mutants of a file, with only these tests. */
async function tried(file: string, tests: readonly string[], grace = 60_000): Promise<readonly Outcome[]> {
  for (const [path, text] of Object.entries(SOURCES)) write(path, text);
  write(
    'jest.config.js',
    `module.exports = { ...require(${JSON.stringify(join(here, 'jest.config.js'))}), rootDir: ${JSON.stringify(project)},
      testMatch: ${JSON.stringify(tests.map((test) => `<rootDir>/test/${test}.test.ts`))}, testPathIgnorePatterns: [],
      runner: ${JSON.stringify(join(here, 'runner.ts'))}, testEnvironment: ${JSON.stringify(join(here, 'environment.ts'))},
      transform: { '^.+\\\\.ts$': ${JSON.stringify(join(here, 'transform.js'))} } };`,
  );
  const text = SOURCES[file]!;
  const jest = join(here, '../../node_modules/jest/bin/jest.js');
  const worker = new Worker(project, [file], join(project, 'jest.config.js'), jest);
  const mutants = mutantsOf(file, text);
  return trial(project, mutants, new Map([[file, text]]), worker, () => {}, grace).finally(() => worker.stop());
}
const told = (outcomes: readonly Outcome[]) =>
  outcomes.map(({ mutant: { original, replacement }, result }) => `${original} → ${replacement}: ${result}`);

test('a weak test lets a mutant survive, which is reported with its place', async () => {
  const outcomes = await tried('room/age.ts', ['weak']);
  expect(told(outcomes)).toEqual([
    'age >= 18 → true: survived',
    'age >= 18 → false: killed',
    '>= → >: survived',
    '>= → <: killed',
  ]);
  expect(scoreOf(outcomes)).toBe(50);
  expect(report(outcomes, new Map(Object.entries(SOURCES)))).toContain('room/age.ts:2  >= → >\n    return age >= 18;');
});

test('a strong test kills it, and is named', async () => {
  const outcomes = await tried('room/age.ts', ['weak', 'strong']);
  expect(scoreOf(outcomes)).toBe(100);
  expect(outcomes.find(({ mutant }) => mutant.replacement === '>')?.killer).toBe(
    'test/strong.test.ts: strong: the bound itself',
  );
});

test('a mutant that never ends is killed by the clock, and the ones after it are tried all the same', async () => {
  const outcomes = await tried('room/count.ts', ['count'], 3_000);
  const of = (original: string) => outcomes.find(({ mutant }) => mutant.original === original)?.result;
  expect([of('i++'), of('i')]).toEqual(['timeout', 'killed']);
});

test('what no test runs is said to be so', async () =>
  expect(new Set((await tried('room/alone.ts', ['count'])).map(({ result }) => result))).toEqual(new Set(['not run'])));

test('tests that fail without any mutant prove nothing: that is an error', () =>
  expect(tried('room/alone.ts', ['failing'])).rejects.toThrow('fails without any mutant: fails as it is'));
