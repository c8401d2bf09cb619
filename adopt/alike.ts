import { isMap } from '../model/is-map';
import type { PlannedPatch } from './planned';

/** A patch, and the files that make fields what they are. */
export interface ReasonedPatch extends Omit<PlannedPatch, 'reason' | 'others'> {
  readonly reasonOf: (change: Fields) => readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** A label or an annotation of an object's own. */
interface Mark {
  readonly field: 'labels' | 'annotations';
  readonly key: string;
  readonly value: string;
}

/** So many objects with the same label are one patch of all of them. */
const MANY = 3;

/** Patches, in which labels and annotations that many objects get are said once. */
export function withAlike(patches: readonly ReasonedPatch[]): PlannedPatch[] {
  const having = new Map<string, number[]>();
  for (const [i, { change }] of patches.entries())
    for (const mark of marksIn(change)) {
      const text = JSON.stringify(mark);
      having.set(text, [...(having.get(text) ?? []), i]);
    }
  const many = [...having].filter(([, indices]) => indices.length >= MANY);
  const alike = new Map<string, Mark[]>();
  for (const [text, indices] of many)
    alike.set(JSON.stringify(indices), [...(alike.get(JSON.stringify(indices)) ?? []), JSON.parse(text) as Mark]);
  const said = new Set(many.map(([text]) => text));
  const shared = [...alike].map(([text, marks]) =>
    patchOfAll(
      (JSON.parse(text) as number[]).map((i) => patches[i]!),
      marks,
    ),
  );
  const own = patches.flatMap((patch) => {
    const change = without(patch.change, said);
    return Object.keys(change).length === 0 ? [] : [withReason({ ...patch, change }, patch.reasonOf(change))];
  });
  return [...shared, ...own];
}

function patchOfAll(patches: readonly ReasonedPatch[], marks: readonly Mark[]): PlannedPatch {
  const metadata: Record<string, Record<string, string>> = {};
  for (const { field, key, value } of marks) metadata[field] = { ...metadata[field], [key]: value };
  const change = { metadata };
  const [first, ...others] = patches;
  // What every kind has in common is typed whatever their versions are.
  const patch = { ...first!, change, isTyped: true, others: others.map(({ object }) => object) };
  return withReason(
    patch,
    patches.flatMap(({ reasonOf }) => reasonOf(change)),
  );
}

function withReason({ reasonOf, ...patch }: ReasonedPatch & Pick<PlannedPatch, 'others'>, files: readonly string[]) {
  // A file as a whole is the reason of what fields of it say, too.
  const all = new Set(files);
  const each = [...all].filter((file) => !file.includes(': ') || !all.has(file.slice(0, file.indexOf(': '))));
  return { ...patch, reason: each.join(', ') };
}

function marksIn({ metadata }: Fields): Mark[] {
  if (!isMap(metadata)) return [];
  return (['labels', 'annotations'] as const).flatMap((field) => {
    const marks = metadata[field];
    return isMap(marks)
      ? Object.entries(marks).flatMap(([key, value]) => (typeof value === 'string' ? [{ field, key, value }] : []))
      : [];
  });
}

/** A change without some labels and annotations, and without what is empty then. */
function without(change: Fields, said: ReadonlySet<string>): Fields {
  const { metadata, ...rest } = change;
  if (!isMap(metadata)) return change;
  const fields = Object.entries(metadata).flatMap(([field, marks]): [string, unknown][] => {
    if ((field !== 'labels' && field !== 'annotations') || !isMap(marks)) return [[field, marks]];
    const kept = Object.entries(marks).filter(([key, value]) => !said.has(JSON.stringify({ field, key, value })));
    return kept.length === 0 ? [] : [[field, Object.fromEntries(kept)]];
  });
  return fields.length === 0 ? rest : { ...change, metadata: Object.fromEntries(fields) };
}
