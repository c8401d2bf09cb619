import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Files } from './archive';

/** Functions of templates that know more than the chart and its values. */
export type Outside = 'lookup' | 'now';

/** What stands in place of one. `fail` takes one argument, so to call it with those of `lookup` is an error wherever it is done. */
const INSTEAD: Readonly<Record<Outside, string>> = {
  lookup: 'fail',
  now: '(toDate "2006-01-02" "2001-01-01")',
};

/** A string, which is left alone, or a call of a function: no field, variable or part of a longer name. */
const WORD = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|\/\*[\s\S]*?\*\/|(?<![\w.$])(lookup|now)(?![\w])/g;

function inActions(text: string, change: (outside: Outside) => string): string {
  return text.replace(/\{\{[\s\S]*?\}\}/g, (action) =>
    action.replace(WORD, (word, outside?: Outside) => (outside === undefined ? word : change(outside))),
  );
}

const isTemplate = (path: string) => /(?:^|\/)templates\//.test(path);

/** Which of these functions the templates of a chart name. */
export function outsideOf(files: Files): ReadonlySet<Outside> {
  const found = new Set<Outside>();
  for (const [path, content] of files)
    if (isTemplate(path))
      inActions(content.toString('utf8'), (outside) => {
        found.add(outside);
        return outside;
      });
  return found;
}

/** Calls with a copy of the chart in which something else stands in place of a function; the copy is gone afterwards. */
export function withCopy<T>(name: string, files: Files, replaced: Outside, act: (folder: string) => T): T {
  const place = mkdtempSync(join(tmpdir(), 'strata-chart-'));
  try {
    const folder = join(place, name);
    for (const [path, content] of files) {
      const target = join(folder, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(
        target,
        isTemplate(path)
          ? inActions(content.toString('utf8'), (outside) => (outside === replaced ? INSTEAD[outside] : outside))
          : content,
      );
    }
    return act(folder);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
