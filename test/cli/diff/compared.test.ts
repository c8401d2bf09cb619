import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ComparedSet } from '../../../cli/diff/compared';
import { comparedPairs, isUntouched } from '../../../cli/diff/compared';
import { TwinFiles } from '../../../cli/diff/twin-files';
import type { FileReading } from '../../../manifests/reading/file';
import { worldOf } from '../../checks/judging';
import { newFolder } from '../../render/support';

const setOf = (key: string, files?: Readonly<Record<string, string>>): ComparedSet => ({
  key,
  name: key,
  ...(files === undefined ? {} : { files: new Map(Object.entries(files)) }),
  world: () => worldOf(''),
});

describe('two sets of files are the same', () => {
  const isSame = (before: ComparedSet | undefined, after: ComparedSet | undefined) =>
    isUntouched({ name: 'a', place: 'a', before, after });
  const both = { 'web.yaml': 'a', 'api.yaml': 'b' };

  test('where each file says the same', () => {
    expect(isSame(setOf('a', both), setOf('a', { ...both }))).toBe(true);
    expect(isSame(setOf('a', both), setOf('a', { ...both, 'api.yaml': 'c' }))).toBe(false);
  });

  test('where none came or went', () => {
    expect(isSame(setOf('a', both), setOf('a', { 'web.yaml': 'a' }))).toBe(false);
    expect(isSame(setOf('a', { 'web.yaml': 'a' }), setOf('a', both))).toBe(false);
  });

  test('and not where they are unknown, or on one side only', () => {
    expect(isSame(setOf('a'), setOf('a', both))).toBe(false);
    expect(isSame(undefined, setOf('a', {}))).toBe(false);
  });
});

test('sets are compared by their keys; the only ones of both sides however they are called', () => {
  const pairs = (before: readonly string[], after: readonly string[]) =>
    comparedPairs(
      { label: 'before', sets: before.map((key) => setOf(key)) },
      { label: 'after', sets: after.map((key) => setOf(key)) },
    ).map((pair) => [pair.name, pair.before?.key, pair.after?.key]);
  expect(pairs(['a'], ['b'])).toEqual([['a → b', 'a', 'b']]);
  expect(pairs(['a', 'b'], ['b', 'c'])).toEqual([
    ['b', 'b', 'b'],
    ['c', undefined, 'c'],
    ['a', 'a', undefined],
  ]);
});

test('what one side alone has is uncertain where files beside it could not be read, whichever side that is', () => {
  const [more, fewer] = [
    { label: 'a', sets: [setOf('a'), setOf('b')] },
    { label: 'b', sets: [setOf('b'), setOf('c')] },
  ];
  const uncertain = (before: object, after: object) =>
    comparedPairs({ ...more, ...before }, { ...fewer, ...after }).flatMap(({ name, isUncertain }) =>
      isUncertain ? [name] : [],
    );
  const partly = { arePlain: true, isPartly: true } as const;
  expect(uncertain({}, {})).toEqual([]);
  expect(uncertain({ arePlain: true }, { arePlain: true })).toEqual([]);
  expect(uncertain(partly, { arePlain: true }).sort()).toEqual(['a', 'c']);
  expect(uncertain({ arePlain: true }, partly).sort()).toEqual(['a', 'c']);
});

test('a file of the same name is not read again where it has the same bytes, and could be read', () => {
  const root = newFolder();
  const [before, after] = ['before', 'after'].map((name) => join(root, name)) as [string, string];
  for (const folder of [before, after]) {
    mkdirSync(folder);
    for (const name of ['same', 'broken']) writeFileSync(join(folder, name), name);
    writeFileSync(join(folder, 'other'), folder.length % 2 === 0 ? 'one' : 'two');
  }
  const twins = new TwinFiles();
  const reading = { unreadable: [] as unknown } as FileReading;
  twins.enter(before);
  for (const name of ['same', 'other']) twins.keep(join(before, name), reading);
  twins.keep(join(before, 'broken'), { unreadable: [{}] as unknown } as FileReading);
  twins.enter(after);
  const find = (name: string) => twins.find(join(after, name), (file) => readFileSync(file));
  expect(find('same')).toBe(reading);
  expect([find('other'), find('broken'), find('../before/same')]).toEqual([undefined, undefined, undefined]);
});
