import { join } from 'node:path';
import { parse } from '../../../cli/options/parse';
import type { CommandTable } from '../../../cli/options/table';
import { explain, flows, render, verify } from '../../../cli/tables';
import { isWithin, pathsOf } from '../../../cli/watch/paths';

const paths = (table: CommandTable, ...words: string[]) => pathsOf(table, parse(table, words));

test('a command reads the files and folders that it names, as arguments or with options', () => {
  const { reads, writes } = paths(verify, 'a', 'b', '--declare', 'c', '--declare', 'd', '--previous', 'e', '--all');
  expect([...reads].sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(writes).toEqual([]);
  expect(paths(verify, 'a', '--only', 'storage', '--format', 'json').reads).toEqual(['a']);
  expect(paths(flows, 'a', '--format', 'json').reads).toEqual(['a']);
});

test('what a command writes is not what it reads', () => {
  expect(paths(render, '--out', 'here')).toEqual({ reads: [], writes: ['here'] });
  expect(paths(render, 'dev@kind')).toEqual({ reads: [], writes: [] });
  expect(paths(render, '--previous', 'old', '--out', 'here')).toEqual({ reads: ['old'], writes: ['here'] });
});

test('names of targets and objects are no paths', () =>
  expect(paths(explain, 'dev@kind', 'Service/web')).toEqual({ reads: [], writes: [] }));

test('a path lies within a place: the place itself, or what is below it', () => {
  const place = join('/', 'a', 'b');
  expect(isWithin(place, place)).toBe(true);
  expect(isWithin(join(place, 'c'), place)).toBe(true);
  expect(isWithin(`${place}c`, place)).toBe(false);
  expect(isWithin(join('/', 'a'), place)).toBe(false);
  expect(isWithin(place, join('/'))).toBe(true);
});
