import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { entriesBelow } from './files';

/** `lookup "v1" "Secret"` inside of an action. */
const CALL = /\blookup(?=\s+["'`(.$])/g;
const MARK = 'asks the cluster';

/**
 * The template that asks the cluster for an object while a chart is rendered: what it renders here is not what it renders there. A copy
 * in which `lookup` fails is rendered by `said`, because a template that only could ask is no trouble.
 */
export function lookupIn(chart: string, said: (copy: string) => string | undefined): string | undefined {
  const templates = [...entriesBelow(chart)].filter(
    ({ path, isFolder }) => !isFolder && /(^|\/)templates\//.test(path) && textOf(chart, path).search(CALL) >= 0,
  );
  if (templates.length === 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'strata-adopt-'));
  const copy = join(folder, basename(chart));
  try {
    cpSync(chart, copy, { recursive: true, dereference: true });
    for (const { path } of templates)
      writeFileSync(join(copy, path), textOf(chart, path).replace(CALL, `list (fail "${path} ${MARK}")`));
    return new RegExp(`(\\S+) ${MARK}`).exec(said(copy) ?? '')?.[1];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function textOf(chart: string, path: string): string {
  return readFileSync(join(chart, path), 'utf8');
}
