import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { filesOf, newFolder, write } from './support';
import type { TargetChanges } from './targets';
import { aTarget, renderTo } from './targets';

const PAIRS = [
  ['kind', 'dev'],
  ['shared', 'dev'],
  ['shared', 'prod'],
] as const;
const NAMES = PAIRS.map(([cluster, environment]) => `${environment}@${cluster}`);

/** All targets, those at the given places changed. */
const targets = (changes: Readonly<Record<number, TargetChanges>> = {}) =>
  PAIRS.map(([cluster, environment], i) => aTarget(cluster, environment, { options: { size: 1 }, ...changes[i] }));
const distOf = (folder: string) => filesOf(join(folder, 'dist'));

/** A folder with a tree and the memory of what it was made from. */
function rendered(): string {
  const folder = newFolder();
  expect(renderTo(folder, targets(), { code: 'code' })).toEqual(NAMES);
  return folder;
}

describe('a target is kept', () => {
  test('when neither its data nor the code nor its files have changed', () => {
    const folder = rendered();
    const before = distOf(folder);
    expect(renderTo(folder, targets(), { code: 'code' })).toEqual([]);
    expect(distOf(folder)).toEqual(before);
  });

  test('also after other targets alone were rendered', () => {
    const folder = rendered();
    renderTo(folder, targets(), { code: 'code', only: ['dev@kind'] });
    expect(renderTo(folder, targets(), { code: 'code' })).toEqual([]);
  });
});

const CHANGES: readonly (readonly [string, TargetChanges])[] = [
  ['a setting', { replicas: 9 }],
  ['its environment', { ephemeral: false }],
  ['a fact of its cluster', { cluster: { kubernetes: '1.30' } }],
  ["a feature's option", { options: { size: 2 } }],
];

describe('a target is rendered anew', () => {
  test.each(CHANGES)('when %s has changed, and the others are kept', (_what, change) => {
    const folder = rendered();
    expect(renderTo(folder, targets({ 1: change }), { code: 'code' })).toEqual(['dev@shared']);
  });

  const path = 'dist/shared/prod/10-web.yaml';
  test.each<[string, (folder: string) => void]>([
    ['edited', (folder) => writeFileSync(join(folder, path), `${readFileSync(join(folder, path), 'utf8')}# by hand\n`)],
    ['emptied', (folder) => writeFileSync(join(folder, path), '')],
    ['removed', (folder) => rmSync(join(folder, path))],
    ['removed with its folder', (folder) => rmSync(join(folder, 'dist/shared/prod'), { recursive: true })],
  ])('when a file of it was %s by hand', (_what, edit) => {
    const folder = rendered();
    const before = distOf(folder);
    edit(folder);
    expect(renderTo(folder, targets(), { code: 'code' })).toEqual(['prod@shared']);
    expect(distOf(folder)).toEqual(before);
  });

  test('with all the others when the code has changed or is unknown', () => {
    const folder = rendered();
    expect(renderTo(folder, targets(), { code: 'other' })).toEqual(NAMES);
    expect(renderTo(folder, targets())).toEqual(NAMES);
  });

  test.each(['', '{"cut', 'null', '[]', '{}'])(
    'with all the others when the memory is lost, and what is there instead is %j',
    (memory) => {
      const folder = rendered();
      write(join(folder, 'memory/rendered.json'), memory);
      expect(renderTo(folder, targets(), { code: 'code' })).toEqual(NAMES);
    },
  );

  test('when the tree is gone, or an older one was put in its place', () => {
    const folder = rendered();
    rmSync(join(folder, 'dist'), { recursive: true });
    expect(renderTo(folder, targets(), { code: 'code' })).toEqual(NAMES);
    const old = newFolder();
    renderTo(old, targets({ 0: { replicas: 7 } }));
    for (const file of ['kind/dev/10-web.yaml', 'index.json'])
      writeFileSync(join(folder, 'dist', file), distOf(old)[file]!);
    expect(renderTo(folder, targets(), { code: 'code' })).toContain('dev@kind');
  });
});

test('each folder that is rendered to has a memory of its own', () => {
  const folder = rendered();
  expect(renderTo(folder, targets(), { code: 'code', out: join(folder, 'other') })).toEqual(NAMES);
  expect(renderTo(folder, targets(), { code: 'code' })).toEqual([]);
  expect(renderTo(folder, targets(), { code: 'code', out: join(folder, 'other') })).toEqual([]);
});

test('a memory that can not be written costs only time', () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'memory/rendered.json'), { recursive: true });
  for (const _ of [1, 2]) expect(renderTo(folder, targets(), { code: 'code' })).toEqual(NAMES);
});

describe('the bytes are the same with and without reuse', () => {
  const change = fc.dictionary(
    fc.constantFrom('0', '1', '2'),
    fc.constantFrom(...CHANGES.map(([, changed]) => changed)),
    { noNullPrototype: true },
  );
  const step = fc.record({ change, only: fc.subarray(NAMES), code: fc.constantFrom('code', 'code', 'other') });

  test('whatever changed between the renders, and whichever targets they were of', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), (steps) => {
        const [reusing, plain] = [newFolder(), newFolder()];
        for (const { change: changes, only, code } of steps) {
          renderTo(reusing, targets(changes), { code, only });
          renderTo(plain, targets(changes), { only });
          expect(distOf(reusing)).toEqual(distOf(plain));
        }
      }),
      { numRuns: 10 },
    );
  });

  test('also when somebody edited the index by hand', () => {
    const folder = rendered();
    const before = distOf(folder);
    writeFileSync(join(folder, 'dist/index.json'), before['index.json']!.replace('"name":"facts"', '"name":"fakes"'));
    renderTo(folder, targets(), { code: 'code' });
    expect(distOf(folder)).toEqual(before);
  });
});
