import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { explained } from './trouble.mjs';

/** The nearest folder at or above this one that strata renders: it has a main.ts, and its cdk8s.yaml calls strata. */
export function projectAbove(folder) {
  if (isProject(folder)) return folder;
  return dirname(folder) === folder ? undefined : projectAbove(dirname(folder));
}

/** Strata renders what stands in this folder. */
export function isProject(folder) {
  const config = join(folder, 'cdk8s.yaml');
  return existsSync(join(folder, 'main.ts')) && existsSync(config) && /^app:.*\bstrata\b/m.test(textOf(config));
}

function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw explained(file, error, 'call strata in another folder');
  }
}
