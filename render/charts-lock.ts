import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { LockedChart } from '../model/charts-lock';
import { CHARTS_LOCK, lockedCharts } from '../model/charts-lock';
import { StrataError } from '../model/errors';
import { compare } from './order';
import { toYaml } from './yaml';

const HEADER = '# Written by `strata vendor`. A render compares each chart with its digest.\n';

/** The charts that were fetched into a project. */
export function readLock(root: string): readonly LockedChart[] {
  const path = join(root, CHARTS_LOCK);
  return existsSync(path) ? lockedCharts(yamlIn(CHARTS_LOCK, readFileSync(path, 'utf8'))) : [];
}

/** Sorted by file, so that charts that are fetched in another order give the same bytes. */
export function writeLock(root: string, charts: readonly LockedChart[]): void {
  const sorted = [...charts].sort((a, b) => compare(a.file, b.file));
  const path = join(root, CHARTS_LOCK);
  writeFileSync(`${path}~`, HEADER + toYaml({ charts: sorted }));
  renameSync(`${path}~`, path);
}

/** What Helm says of a chart. */
export function chartAbout(place: string, text: string): Pick<LockedChart, 'name' | 'version'> {
  const { name, version } = (yamlIn(place, text) ?? {}) as Partial<Record<'name' | 'version', unknown>>;
  if (typeof name === 'string' && typeof version === 'string') return { name, version };
  throw new StrataError(place, 'does not say what chart it is', ['fetch another chart']);
}

function yamlIn(place: string, text: string): unknown {
  try {
    return load(text);
  } catch (error) {
    throw new StrataError(place, `cannot be read as YAML: ${(error as Error).message.split('\n')[0]}`, [
      'put back what `strata vendor` wrote',
    ]);
  }
}
