import type { Path, Resource } from '../../manifests/resource';
import { record } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import type { ObjectChange } from '../object-change';
import { fieldAt } from './paths';
import type { FoundRisk, WorldChange } from './risk';
import { changedWorkloads, templateFields } from './workloads';

/** What a changed mark does: a sentence, or a finding with a class or an advice of its own. */
export type MarkEffect = string | Pick<FoundRisk, 'message' | 'class' | 'advice'>;

/** A label or an annotation by which a controller decides something about its object. */
export interface DecidingMark {
  /** Group and kind, as `keda.sh ScaledObject`, or `pods` of any workload; several where they are read alike. */
  readonly of: readonly string[];
  readonly at: 'labels' | 'annotations';
  /** The key, or what all of several keys begin with. */
  readonly key: string | { readonly prefix: string };
  /** What the change does; undefined: nothing. Values are undefined where the mark is not there, the workload where there are no pods. */
  readonly does: (
    before: string | undefined,
    after: string | undefined,
    pods: WorkloadManifest | undefined,
    key: string,
  ) => MarkEffect | undefined;
}

/** What changed marks of objects that stand before and after do. */
export function* decidedBy(diff: WorldChange, marks: readonly DecidingMark[]): Iterable<FoundRisk> {
  const ofPods = marks.filter(({ of }) => of.includes('pods'));
  for (const change of diff.changes) {
    const { before, after } = change;
    if (!before || !after) continue;
    const kind = `${after.group} ${after.kind}`.trim();
    const own = marks.filter(({ of }) => of.includes(kind));
    if (own.length > 0) yield* decidedAt(change, before, after, ['metadata'], undefined, own);
  }
  for (const workload of ofPods.length > 0 ? changedWorkloads(diff) : []) {
    const { change, before, after } = workload;
    if (templateFields(workload).length === 0) continue;
    const path = [...after.templatePath, 'metadata'];
    yield* decidedAt(change, before.resource, after.resource, path, after, ofPods);
  }
}

function* decidedAt(
  change: ObjectChange,
  before: Resource,
  after: Resource,
  path: Path,
  pods: WorkloadManifest | undefined,
  marks: readonly DecidingMark[],
): Iterable<FoundRisk> {
  for (const { at, key, does } of marks) {
    const [old, now] = [before, after].map((each) => marksIn(each.at([...path, at])));
    for (const name of keysOf(key, old!, now!)) {
      if (old![name] === now![name]) continue;
      const effect = does(old![name], now![name], pods, name);
      if (effect === undefined) continue;
      const steps = [...path.map(String), at];
      const field = fieldAt(change, [...steps, name]) ?? fieldAt(change, steps);
      yield { change, field, ...(typeof effect === 'string' ? { message: effect } : effect) };
    }
  }
}

type Marks = Readonly<Record<string, string>>;

function marksIn(value: unknown): Marks {
  const given = Object.entries(record(value) ?? {}).filter(([, each]) => each !== undefined && each !== null);
  return Object.fromEntries(given.map(([name, each]) => [name, String(each)]));
}

function keysOf(key: DecidingMark['key'], before: Marks, after: Marks): readonly string[] {
  if (typeof key === 'string') return [key];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((each) => each.startsWith(key.prefix));
}
