import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CHARTS_LOCK, lockedCharts } from '../../model/charts-lock';
import { StrataError } from '../../model/errors';
import { textOf } from './files';
import { documentsIn } from './yaml';

/** Refuses a chart that is not what was fetched. A chart that is in no lock is its owner's matter. */
export function checkLocked(root: string, file: string, digest: string): void {
  const path = join(root, CHARTS_LOCK);
  if (!existsSync(path)) return;
  const { text } = textOf(root, path);
  const locked = lockedCharts(documentsIn(CHARTS_LOCK, text)[0]?.value).find((chart) => chart.file === file);
  if (!locked || locked.digest === digest) return;
  throw new StrataError(
    file,
    `is not the chart that was fetched: its digest is ${digest}, and ${CHARTS_LOCK} says ${locked.digest}`,
    [`fetch it again: npx strata vendor`, `remove it from ${CHARTS_LOCK}, if it was changed on purpose`],
  );
}
