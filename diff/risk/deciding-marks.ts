import type { Resource } from '../../manifests/resource';
import type { ObjectChange } from '../object-change';
import { fieldAt } from './paths';
import type { FoundRisk, WorldChange } from './risk';

/** A label or an annotation by which a controller decides something about its object. */
export interface DecidingMark {
  /** Group and kind, as `keda.sh ScaledObject`; several where they are read alike. */
  readonly of: readonly string[];
  readonly at: 'labels' | 'annotations';
  readonly key: string;
  /** What the change does, as the sentence that is told; undefined: nothing. Values are undefined where the mark is not there. */
  readonly does: (before: string | undefined, after: string | undefined) => string | undefined;
}

/** What changed marks of objects that stand before and after do. */
export function* decidedBy(diff: WorldChange, marks: readonly DecidingMark[]): Iterable<FoundRisk> {
  for (const change of diff.changes) {
    const { before, after } = change;
    if (!before || !after) continue;
    for (const { of, at, key, does } of marks) {
      if (!of.includes(`${after.group} ${after.kind}`.trim())) continue;
      const [old, now] = [before, after].map((each) => markIn(each, at, key));
      const message = old === now ? undefined : does(old, now);
      if (message !== undefined) yield { change, field: fieldOf(change, at, key), message };
    }
  }
}

function markIn(resource: Resource, at: DecidingMark['at'], key: string): string | undefined {
  const value = resource.at(['metadata', at, key]);
  return value === undefined || value === null ? undefined : String(value);
}

function fieldOf(change: ObjectChange, at: DecidingMark['at'], key: string) {
  return fieldAt(change, ['metadata', at, key]) ?? fieldAt(change, ['metadata', at]);
}
