import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { withClaim } from '../../publish/claim';
import { refusal } from '../model/support';
import { newFolder } from '../render/support';

const FILE = 'strata-publish.claim';
const heldBy = (folder: string, host: string, pid: number) =>
  writeFileSync(join(folder, FILE), JSON.stringify({ host, pid }));
/** Of a process that has ended. */
const gone = () => spawnSync(process.execPath, ['-e', '']).pid;

test('a clone is claimed while something is done in it, and free afterwards, also after an error', () => {
  const folder = newFolder();
  expect(withClaim('clone', folder, () => readdirSync(folder))).toEqual([FILE]);
  expect(() =>
    withClaim('clone', folder, () => {
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(readdirSync(folder)).toEqual([]);
});

test('what another process holds is waited for, and then told', () => {
  const folder = newFolder();
  for (const [host, pid] of [
    [hostname(), process.pid],
    ['elsewhere', gone()],
  ] as const) {
    heldBy(folder, host, pid);
    const error = refusal(() => withClaim('clone', folder, () => 'done', 100));
    expect(error.found).toContain('another run has been publishing there all the time');
    expect(error.fixes[1]).toContain(join(folder, FILE));
    expect(readdirSync(folder)).toEqual([FILE]);
  }
});

test('what a process held that is gone counts no more, and what it left is cleared away', () => {
  const folder = newFolder();
  for (const held of [JSON.stringify({ host: hostname(), pid: gone() }), '']) {
    writeFileSync(join(folder, FILE), held);
    writeFileSync(join(folder, `${FILE}.${gone()}`), '');
    expect(withClaim('clone', folder, () => readdirSync(folder), 100)).toEqual([FILE]);
    expect(readdirSync(folder)).toEqual([]);
  }
});
