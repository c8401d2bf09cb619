import { same } from './compare';
import { type Expression, evaluated, type Meaning, settingPaths, withStandardAt } from './expression';

/** Fields of objects that patches of overlays say whatever their settings are: by the object's key and the path, the overlays. */
export class PatchedFields {
  private readonly overlays = new Map<string, Set<string>>();

  get size(): number {
    return this.overlays.size;
  }

  has(key: string, path: readonly string[], overlay: string): boolean {
    return this.overlays.get(markOf(key, path))?.has(overlay) ?? false;
  }

  add(key: string, path: readonly string[], overlay: string): void {
    const mark = markOf(key, path);
    this.overlays.set(mark, (this.overlays.get(mark) ?? new Set()).add(overlay));
  }

  /** These and others. */
  and(others: PatchedFields): PatchedFields {
    const all = new PatchedFields();
    for (const { overlays } of [this, others])
      for (const [mark, names] of overlays)
        all.overlays.set(mark, new Set([...(all.overlays.get(mark) ?? []), ...names]));
    return all;
  }
}

/**
 * The fields in which a setting moves nothing in an overlay: a patch replaces the list that they are in. `patched` is the object with
 * its patches; undefined where they do not fit.
 */
export function* patchedFields(
  expression: Expression,
  meaning: Meaning,
  wanted: unknown,
  patched: (expression: Expression) => unknown,
): Generator<readonly string[]> {
  for (const path of settingPaths(expression)) {
    const other = withStandardAt(expression, path);
    const moves = !same(evaluated(other, meaning), evaluated(expression, meaning));
    if (moves && same(patched(other), wanted)) yield path;
  }
}

function markOf(key: string, path: readonly string[]): string {
  return JSON.stringify([key, path]);
}
