import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { StrataError } from '../model/errors';
import { isRunning, pause } from './running';

/** In the folder of git. */
const NAME = 'strata-publish.claim';
const STEP = 50;

/**
 * Runs while no other run publishes to this clone: two would change the same files of the working tree. A claim whose process is
 * gone counts no more.
 */
export function withClaim<T>(place: string, gitFolder: string, act: () => T, patience = 120_000): T {
  const path = join(gitFolder, NAME);
  const own = `${path}.${process.pid}`;
  const text = JSON.stringify({ host: hostname(), pid: process.pid });
  writeFileSync(own, text);
  try {
    for (let waited = 0; !claimed(own, path); waited += STEP) {
      const holder = read(path);
      if (holder === undefined) continue;
      if (isGone(holder)) takeAway(path, holder);
      else if (waited >= patience)
        throw new StrataError(place, `another run has been publishing there all the time (${holder})`, [
          'wait until it has ended',
          `remove ${path}, if it runs on no machine`,
        ]);
      else pause(STEP);
    }
  } finally {
    rmSync(own, { force: true });
  }
  try {
    clearLeft(gitFolder);
    return act();
  } finally {
    if (read(path) === text) rmSync(path, { force: true });
  }
}

/** What runs left that were killed while they waited. */
function clearLeft(gitFolder: string): void {
  for (const name of readdirSync(gitFolder)) {
    const pid = Number(/(\d+)$/.exec(name.startsWith(`${NAME}.`) ? name : '')?.[1]);
    if (pid > 0 && pid !== process.pid && !isRunning(pid)) rmSync(join(gitFolder, name), { force: true });
  }
}

/** Linked, so that it is there whole or not at all. */
function claimed(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Renamed first: of several who see it, one gets it. What it was not is put back. */
function takeAway(path: string, holder: string): void {
  const aside = `${path}.gone-${process.pid}`;
  try {
    renameSync(path, aside);
    if (read(aside) === holder) rmSync(aside, { force: true });
    else renameSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function isGone(holder: string): boolean {
  try {
    const { host, pid } = JSON.parse(holder) as { readonly host?: unknown; readonly pid?: unknown };
    return host === hostname() && typeof pid === 'number' && !isRunning(pid);
  } catch {
    return true;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
