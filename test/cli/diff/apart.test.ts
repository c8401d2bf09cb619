import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerOf, renderedApart } from '../../../cli/diff/apart';
import type { Composition } from '../../../model/composition';
import { StrataError } from '../../../model/errors';
import { newFolder } from '../../render/support';

const folder = newFolder();
let written = 0;
/** A program that says this to the process that started it. */
const program = (code: string) => {
  const path = join(folder, `${written++}.cjs`);
  writeFileSync(path, code);
  return path;
};
const saying = (answer: unknown) => program(`process.send(${JSON.stringify(answer)}, () => process.disconnect())`);

test('a process renders in the folder of the project, which it is given with the words', async () => {
  const says = program(
    "process.send({ texts: { targets: [], delivery: new Map([[process.cwd(), process.argv.slice(2).join(' ')]]) } }, () => process.disconnect())",
  );
  expect((await renderedApart(says, folder, ['dev@*'])).delivery).toEqual(new Map([[folder, `${folder} dev@*`]]));
});

test('what it says is heard to its end, also where this process is busy until after it has ended', async () => {
  const says = program(
    "process.send({ texts: { targets: [], delivery: new Map([['a', 'x'.repeat(5e6)]]) } }, () => process.disconnect())",
  );
  const rendered = renderedApart(says, folder, []);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
  expect((await rendered).delivery.get('a')).toHaveLength(5e6);
});

test('what it refuses is an error of this process, with its place and its fixes', async () => {
  const refused = { place: 'web', found: 'is wrong', fixes: ['mend it', 'leave it out'] };
  const error = await renderedApart(saying({ refused }), folder, []).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StrataError);
  expect(error).toMatchObject({ ...refused, message: 'web: is wrong\n  fix: mend it\n   or: leave it out' });
});

test('what fails in it fails here, by the same name and from the same place', async () => {
  const failed = { name: 'TypeError', message: 'x is no function', stack: 'TypeError: x\n    at main.ts:3:1' };
  await expect(renderedApart(saying({ failed }), folder, [])).rejects.toMatchObject(failed);
});

test('one that dies is no render', async () => {
  await expect(renderedApart(program('process.exit(3)'), folder, [])).rejects.toThrow('ended with 3');
  await expect(renderedApart(program("process.kill(process.pid, 'SIGKILL')"), folder, [])).rejects.toThrow(
    'ended with SIGKILL',
  );
});

test('an answer holds what a project throws, whatever it is', () => {
  const answer = (thrown: unknown) =>
    answerOf(folder, (): Composition<never> => {
      throw thrown;
    }, []);
  expect(answer(new StrataError('web', 'is wrong', ['mend it']))).toEqual({
    refused: { place: 'web', found: 'is wrong', fixes: ['mend it'] },
  });
  expect(answer(new RangeError('too much'))).toMatchObject({ failed: { name: 'RangeError', message: 'too much' } });
  expect(answer('a text')).toMatchObject({ refused: { place: 'main.ts' } });
});
