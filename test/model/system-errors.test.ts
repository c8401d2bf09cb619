import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StrataError } from '../../model/errors';
import { explained, explainedAnyway, SYSTEM_REASONS, systemReason } from '../../model/system-errors';
import { newFolder } from '../render/support';

const folder = newFolder();
writeFileSync(join(folder, 'file'), '');
const thrownBy = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};

describe('what the file system refuses is told of its place, without its code', () => {
  test.each([
    ['a folder that is read as a file', () => readFileSync(folder), /^here: is a folder, and a file is needed/],
    ['a file that is read as a folder', () => readdirSync(join(folder, 'file')), /^here: is no folder/],
    ['a folder below a file', () => mkdirSync(join(folder, 'file', 'x')), /^here: is no folder/],
    ['what is not there', () => readFileSync(join(folder, 'none')), /^here: does not exist/],
    ['a name that is too long', () => writeFileSync(join(folder, 'x'.repeat(300)), ''), /^here: has a name that is/],
  ])('%s', (_, act, message) => {
    const error = thrownBy(() => explained('here', ['go elsewhere'], act)) as StrataError;
    expect(error).toBeInstanceOf(StrataError);
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/E[A-Z]{4,}|errno|syscall/);
    expect(error.fixes.at(-1)).toBe('go elsewhere');
    expect(error.fixes).toHaveLength(2);
  });
});

test('what works is given back, and other errors stay what they are', () => {
  expect(explained('here', [], () => 5)).toBe(5);
  const other = new TypeError('no');
  expect(
    thrownBy(() =>
      explained('here', [], () => {
        throw other;
      }),
    ),
  ).toBe(other);
  expect(explainedAnyway(other)).toBe(other);
  expect(systemReason(null)).toBeUndefined();
  const program = Object.assign(new Error(), { code: 'ENOENT', syscall: 'spawn helm', path: 'helm' });
  expect(explainedAnyway(program)).toBe(program);
});

test('of what nobody foresaw the path is named', () => {
  const error = thrownBy(() => readFileSync(join(folder, 'none')));
  expect((explainedAnyway(error) as Error).message).toMatch(/^.*\/none: does not exist\n {2}fix: /);
  const unnamed = thrownBy(() => readFileSync(folder));
  expect(explainedAnyway(unnamed)).toBe(unnamed);
});

test('what is told before the program is loaded says the same', () => {
  const script = "import('./bin/trouble.mjs').then(({ REASONS }) => console.log(JSON.stringify(REASONS)))";
  const text = execFileSync(process.execPath, ['-e', script], { cwd: join(__dirname, '../..'), encoding: 'utf8' });
  const early = JSON.parse(text) as typeof SYSTEM_REASONS;
  expect(Object.keys(early).length).toBeGreaterThan(5);
  expect(SYSTEM_REASONS).toMatchObject(early);
});
