import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where strata itself stands: the nearest folder above this program that has a package.json. */
export const OWN_SOURCES = rootAbove(__dirname);

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) || dirname(folder) === folder ? folder : rootAbove(dirname(folder));
}
