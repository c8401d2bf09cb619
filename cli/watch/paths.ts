import { sep } from 'node:path';
import type { CommandTable, Given, Option } from '../options/table';

/** The files and folders that a command line names, by the table. */
export function pathsOf(table: CommandTable, { values, words }: Given<CommandTable>) {
  const isPath = (word: { readonly completes?: readonly string[] } | undefined) =>
    word?.completes?.some((kind) => kind === 'file' || kind === 'folder') ?? false;
  const last = table.arguments.length - 1;
  const reads = words.filter((_, i) => isPath(table.arguments[Math.min(i, last)]));
  const writes: string[] = [];
  for (const [name, option] of Object.entries<Option>(table.options)) {
    const value = values[name] as string | readonly string[] | undefined;
    if (option.value === undefined || value === undefined || !isPath(option)) continue;
    (option.writes ? writes : reads).push(...[value].flat());
  }
  return { reads, writes };
}

/** Whether a path is a place or lies below it. */
export function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(place.endsWith(sep) ? place : place + sep);
}
