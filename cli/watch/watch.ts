import { subscribe } from 'node:diagnostics_channel';
import { relative, resolve } from 'node:path';
import { StrataError } from '../../model/errors';
import { INPUT_READ } from '../../model/input-read';
import type { Host } from '../command';
import type { CommandTable, Given } from '../options/table';
import { OWN_SOURCES } from '../root';
import { defaultTree } from '../tree';
import { coalesced } from './coalesce';
import { Watcher } from './folders';
import { isWithin, pathsOf } from './paths';

/** The same command line as before, run by the sources as they are now. */
export type Rerun = (options: { readonly anew: boolean }) => Promise<unknown>;

/** Runs a command now, and again whenever a source or a file that it reads is saved. Errors are printed, and watching goes on. */
export async function watching(
  table: CommandTable,
  given: Given<CommandTable>,
  rerun: Rerun,
  host: Host,
): Promise<never> {
  const { reads, writes } = pathsOf(table, given);
  if (reads.includes('-'))
    throw new StrataError(`strata ${table.name} --watch`, 'standard input cannot be watched', [
      'name a file or folder',
    ]);
  const judged = reads.map((path) => resolve(path));
  const root = host.root ?? process.cwd();
  const written = [...writes, defaultTree(root)].map((path) => resolve(path));
  const isJudged = (path: string) => judged.some((place) => isWithin(path, place));
  const isWritten = (path: string) => written.some((place) => isWithin(path, place)) && !isJudged(path);

  const run = async (changed: readonly string[]) => {
    const started = performance.now();
    try {
      // The bundles know by themselves when one of their sources changed; of other files nobody knows who has read them.
      await rerun({ anew: changed.some((path) => !path.endsWith('.ts') && !isJudged(path)) });
    } catch (error) {
      host.printError(`error: ${(error as Error).message}`);
    }
    host.printError(`${((performance.now() - started) / 1000).toFixed(2)} s; watching for changes, Ctrl-C ends`);
  };
  const happened = coalesced<string>(async (paths) => {
    const changed = watcher.settled(paths);
    if (changed.length === 0) return;
    host.printError(`changed: ${changed.map((path) => relative('', path)).join(', ')}`);
    if (changed.some((path) => isWithin(path, resolve(OWN_SOURCES, 'bin'))))
      host.printError('bin/ is not loaded anew: start strata again to use it');
    await run(changed);
  });
  const watcher = new Watcher(isWritten, happened);
  for (const place of [root, ...judged]) watcher.add(place);
  subscribe(INPUT_READ, (message) => watcher.addRead((message as { readonly path: string }).path));
  await run([]);
  return new Promise(() => {});
}
