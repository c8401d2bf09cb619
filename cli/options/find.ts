import { knownNames, StrataError } from '../../model/errors';
import type { CommandTable } from './table';

/** The table of the command with this name; the error names the nearest. */
export function tableCalled(tables: readonly CommandTable[], name: string): CommandTable {
  const found = tables.find((table) => table.name === name);
  if (found) return found;
  if (name.startsWith('-'))
    throw new StrataError(`strata ${name}`, 'there is no such option before a command', [
      `use one that there is: ${knownNames(name, ['--help', '--version'])}`,
      'write the options of a command after its name',
    ]);
  throw new StrataError(`strata ${name}`, 'there is no such command', [
    `call one that there is: ${knownNames(
      name,
      tables.map((table) => table.name),
    )}`,
  ]);
}
