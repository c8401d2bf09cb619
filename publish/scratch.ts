import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from './running';

const PREFIX = 'strata-publish-';
/** Folders for temporary files are shared by containers, and each counts its own processes. */
const OWN = `${PREFIX}${hostname().replace(/[^\w.]/g, '_')}-`;

/** Runs with a folder that is gone afterwards. What killed runs left is cleared away first. */
export function withScratch<T>(act: (folder: string) => T): T {
  clearLeft();
  const folder = mkdtempSync(join(tmpdir(), `${OWN}${process.pid}-`));
  try {
    return act(folder);
  } finally {
    tryRemove(folder);
  }
}

function clearLeft(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(OWN)) continue;
    const pid = Number(/^(\d+)-/.exec(name.slice(OWN.length))?.[1]);
    if (pid > 0 && !isRunning(pid)) tryRemove(join(tmpdir(), name));
  }
}

function tryRemove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // The next run tries again.
  }
}
