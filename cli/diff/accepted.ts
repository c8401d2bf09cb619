import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { existing } from '../../checks/paths';
import type { AcceptedRisk } from '../../diff/accepted';
import { readAcceptedRisks } from '../../diff/accepted';
import { explained } from '../../model/system-errors';

/** What `accepted-risks.yaml` lists; nothing where there is none. */
export function acceptedRisks(root: string, named: string | undefined): AcceptedRisk[] {
  if (named !== undefined) existing('--accepted', named);
  const file = named ?? 'accepted-risks.yaml';
  const path = named ?? join(root, file);
  if (!existsSync(path)) return [];
  const text = explained(path, ['name a file of accepted risks'], () => readFileSync(path, 'utf8'));
  return readAcceptedRisks({ file, text });
}

/** In UTC, so that a change is accepted on every machine or on none. */
export function today(now = new Date()): string {
  return now.toISOString().slice(0, 10);
}
