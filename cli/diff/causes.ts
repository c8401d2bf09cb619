import type { FieldChange } from '../../diff/field-change';
import { valueAtSteps } from '../../diff/field-change';
import type { Fleet, FleetCause, FleetChange, FleetInstance } from '../../diff/fleet/fleet';
import { versionAsRead } from '../../diff/versions';
import type { Resource } from '../../manifests/resource';
import { isMap } from '../../model/is-map';
import type { KubernetesObject } from '../../model/kubernetes';
import { objectName } from '../../model/kubernetes';
import { memo } from '../../model/memo';
import type { ChangedCause } from '../../render/explain/changed-causes';
import { isSame, stableKey } from '../../render/explain/same';
import type { PlaceOf } from '../../render/explain/text';
import { featureText, patchText, sourceOf } from '../../render/explain/text';
import { placeIn, projectFrames } from '../frames';
import type { ComparedPair, ComparedSource } from './compared';
import type { UndoneIn } from './delivery-causes';
import { undoneInDelivery } from './delivery-causes';
import { DELIVERY, inFolder } from './sides';
import { undoneOf } from './undone';

/** Adds to each change what of the sources moved it, where both sides are our own render. */
export function withCauses(fleet: Fleet, pairs: readonly ComparedPair[], progress?: (text: string) => void): Fleet {
  const byName = new Map(pairs.map((pair) => [pair.name, pair]));
  const changes = fleet.changes.map((change): FleetChange => {
    progress?.(`looking for what moved ${change.objects[0]}`);
    const causes = causesOf(change, byName);
    return causes.length === 0 ? change : { ...change, causes };
  });
  return { ...fleet, changes };
}

/** Of the first target, and of those whose declarations differ in something else. */
function causesOf({ instances, fields }: FleetChange, pairs: ReadonlyMap<string, ComparedPair>): FleetCause[] {
  const byText = new Map<string, { readonly moved: Set<FieldChange>; readonly objects: Set<string> }>();
  const asked = new Set<string>();
  for (const instance of instances) {
    const pair = pairs.get(instance.target);
    if (!pair) continue;
    const undone =
      pair.name === DELIVERY ? undoneInDelivery(pairs) : undoneOf(pair)?.map((each) => ({ ...each, pair }));
    if (!undone) continue;
    // Where the same settings went from the same values to the same ones, at the same places, they moved the same.
    const key = JSON.stringify([instance.change.id, undone.map((each) => causeText(each.cause, each.pair))]);
    if (asked.has(key)) continue;
    asked.add(key);
    // What is said of an object as a whole is moved by whatever moves one of its fields.
    const isOfWhole = fields.length === 0 && instance.change.does === 'changed';
    const own = isOfWhole ? instance.change.fields : fields;
    for (const [text, moved] of causesIn(pair, undone, instance, own)) {
      const known = byText.get(text) ?? { moved: new Set(), objects: new Set() };
      byText.set(text, known);
      known.objects.add(instance.change.id);
      if (!isOfWhole) for (const field of moved) known.moved.add(field);
    }
  }
  const objects = new Set(instances.map(({ change }) => change.id)).size;
  return [...byText].map(([text, of]) => ({
    text,
    ...(of.moved.size === fields.length ? {} : { fields: fields.filter((field) => of.moved.has(field)) }),
    // Objects that come or go for several reasons.
    ...(fields.length > 0 || of.objects.size === objects ? {} : { objects: [...of.objects].sort() }),
  }));
}

function* causesIn(
  pair: ComparedPair,
  undone: readonly UndoneIn[],
  { change }: FleetInstance,
  fields: readonly FieldChange[],
): Iterable<readonly [text: string, moved: readonly FieldChange[]]> {
  let isMoved = false;
  const needed: string[] = [];
  for (const { cause, side, objects: without, pair: declared } of undone) {
    const objects = without();
    if (!objects) {
      needed.push(`${causeText(cause, declared)}, without which it cannot be rendered`);
      continue;
    }
    const own = writtenOf(change[side]);
    const twin = own && objects.get(stableKey(own));
    const other = writtenOf(change[side === 'after' ? 'before' : 'after']);
    const moved = own
      ? fields.filter(
          ({ path }) =>
            !isSame(valueAtSteps(own, path), valueAtSteps(twin, path)) &&
            (!pair.isDoubtful || isSame(valueAtSteps(other, path), valueAtSteps(twin, path))),
        )
      : [];
    const isWhole = fields.length === 0 && !pair.isDoubtful && movesWhole(change, own, objects);
    if (moved.length === 0 && !isWhole) continue;
    isMoved = true;
    yield [causeText(cause, declared), moved];
  }
  // What hands targets over follows from all of them: a target that comes or goes moves it, too.
  if (isMoved || pair.name === DELIVERY || pair.isDoubtful) return;
  // A pool and what is placed on it change together: neither can be taken back alone, and the code is as it was.
  if (needed.length > 0) for (const text of needed) yield [text, fields];
  else yield* sourceOfObject(pair, change, fields);
}

/** As the sources made it: what is compared may be of a later version. */
function writtenOf(resource: Resource | undefined): KubernetesObject | undefined {
  return resource && (versionAsRead(resource).object as KubernetesObject);
}

/** Whether an object that came is not there without the cause, or one that went is there again. */
function movesWhole(
  { before }: FleetInstance['change'],
  own: KubernetesObject | undefined,
  objects: ReadonlyMap<string, KubernetesObject>,
): boolean {
  if (own) return !objects.has(stableKey(own));
  return before !== undefined && objects.has(stableKey(writtenOf(before)!));
}

/** So many lines of code are told: where the object is made, and who asked for it. */
const FRAMES = 3;

/** No setting, feature or patch: then what makes the object is written otherwise. */
function* sourceOfObject(
  { before, after }: ComparedPair,
  change: FleetInstance['change'],
  fields: readonly FieldChange[],
): Iterable<readonly [text: string, moved: readonly FieldChange[]]> {
  const [source, own] = change.after
    ? [after?.source, writtenOf(change.after)]
    : [before?.source, writtenOf(change.before)];
  const frames = source && own ? framesOf(source, own) : [];
  yield [frames.length === 0 ? 'the code' : `the code: ${frames.slice(0, FRAMES).join(' from ')}`, fields];
}

function framesOf(source: ComparedSource, object: KubernetesObject): string[] {
  const { project } = source;
  return projectFrames(originsIn(source).get(objectName(object)) ?? '', project.root);
}

/** The target is made once more to see where: that is worth keeping. */
const originsIn = memo(({ project, target }: ComparedSource) => inFolder(project.root, () => project.origins(target)));

/** `web.replicas: 3 → 5 (environment, environments/prod.ts:10)` */
export function causeText(cause: ChangedCause, { before, after }: ComparedPair): string {
  const [was, is] = [before, after].map((set): PlaceOf => placeIn(set!.source!.project.root));
  if (cause.kind === 'setting') {
    const [path, old, now] = changedPart(cause.after.path, cause.before.value, cause.after.value);
    const [from, to] = [sourceOf(cause.before, was!), sourceOf(cause.after, is!)];
    // Most changes are of one line: where it stands is said once.
    return from === to ? `${path}: ${old} → ${now} (${to})` : `${path}: ${old} (${from}) → ${now} (${to})`;
  }
  if (cause.kind === 'fact') return factText(cause, was!, is!);
  if (cause.kind === 'patch') return `${patchText(cause.patch, cause.does === 'added' ? is! : was!)}, ${cause.does}`;
  // Who takes one away does it where the target is declared, as it is now.
  const row = placeOfTarget(after) ?? placeOfTarget(before);
  return row === undefined
    ? `${featureText(cause.feature, cause.does === 'added' ? is! : was!)}, ${cause.does}`
    : `feature ${cause.feature.name}, ${cause.does} (${row})`;
}

/** `environments/matrix.ts:58`: where the matrix declares a target. */
function placeOfTarget(set: ComparedPair['after']): string | undefined {
  if (!set?.source) return undefined;
  const { target, project } = set.source;
  const at = inFolder(project.root, () => project.matrix.pair(target.name).declared?.at);
  return at && placeIn(project.root)(at);
}

/** The cluster's or the environment's own: where that is declared, since what it says has no layer. */
function factText({ before, after }: Extract<ChangedCause, { kind: 'fact' }>, was: PlaceOf, is: PlaceOf): string {
  const [from, to] = [
    { ...before, place: before.at && was(before.at) },
    { ...after, place: after.at && is(after.at) },
  ].map(({ of, name, place }) => [`${of} ${name}`, ...(place === undefined ? [] : [place])].join(', '));
  const [old, now] = [shortValue(before.value), shortValue(after.value)];
  const path = after.path.join('.');
  return from === to ? `${path}: ${old} → ${now} (${to})` : `${path}: ${old} (${from}) → ${now} (${to})`;
}

/** Of a setting with several fields, the one that changes, if it is one. */
function changedPart(path: string, before: unknown, after: unknown): readonly [path: string, old: string, now: string] {
  if (isMap(before) && isMap(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const [key, ...more] = keys.filter((each) => !isSame(before[each], after[each]));
    if (key !== undefined && more.length === 0) return changedPart(`${path}.${key}`, before[key], after[key]);
  }
  return [path, shortValue(before), shortValue(after)];
}

const LONGEST = 100;

function shortValue(value: unknown): string {
  const text = JSON.stringify(value) ?? 'unset';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
