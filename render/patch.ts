import { knownNames, StrataError } from '../model/errors';
import type { Component, KubernetesObject } from '../model/kubernetes';
import { CONFIG_KEPT, CONFIG_OF, callableNames, objectName } from '../model/kubernetes';
import type { Patch } from '../model/patch';
import { merged } from './merge';
import { SYNC_WAVE } from './plan';

/** The components with the target's patches applied to their objects, in the order in which they are declared. */
export function patched(
  target: { readonly name: string; readonly patches: readonly Patch[] },
  components: readonly Component[],
): readonly Component[] {
  return target.patches.reduce(
    (before, patch) => withPatch(`${target.name}, patch of ${patch.object}`, patch, before),
    components,
  );
}

function withPatch(place: string, patch: Patch, components: readonly Component[]): readonly Component[] {
  const object = patchedObject(
    place,
    patch,
    components.flatMap(({ objects }) => objects),
  );
  refuseFixedFields(place, patch, object);
  const changed = merged(place, object, patch.change) as KubernetesObject;
  if (JSON.stringify(changed) === JSON.stringify(object))
    throw new StrataError(place, 'changes nothing: the object says all of it already', [
      'remove the patch',
      'change what it says',
    ]);
  return components.map((component) =>
    component.objects.includes(object)
      ? { ...component, objects: component.objects.map((each) => (each === object ? changed : each)) }
      : component,
  );
}

function patchedObject(place: string, { object }: Patch, objects: readonly KubernetesObject[]): KubernetesObject {
  const found = objects.filter((candidate) => callableNames(candidate).includes(object));
  if (found.length > 1)
    throw new StrataError(place, `means ${found.length} objects: ${found.map(objectName).join(', ')}`, [
      'name the object with its namespace, as it stands here',
    ]);
  if (!found[0])
    throw new StrataError(place, 'the target renders no such object', [
      `name one that it renders: ${knownNames(
        object,
        objects.map((each) => callableNames(each)[0]!),
      )}`,
      'remove the patch',
    ]);
  return found[0];
}

/** What a patch cannot change: the object's identity, what strata itself reads, and what the API server never changes. */
function refuseFixedFields(place: string, { change }: Patch, object: KubernetesObject): void {
  for (const [path, why] of fixedFields(object)) {
    const found = reached(change, path);
    if (found === undefined) continue;
    throw new StrataError(place, `changes ${found}: ${why}`, [
      'leave it out',
      'change the setting or the code that makes it: strata explain names the line',
    ]);
  }
}

function* fixedFields({ kind, metadata }: KubernetesObject): Iterable<readonly [path: readonly string[], why: string]> {
  const other = 'that would be another object, and what refers to this one would lose it';
  yield* [['apiVersion'], ['kind'], ['metadata', 'name'], ['metadata', 'namespace']].map(
    (path) => [path, other] as const,
  );
  const order = 'it follows from the flows, and would be overwritten';
  yield [['metadata', 'annotations', SYNC_WAVE], order];
  if (metadata.annotations?.[CONFIG_OF] !== undefined) {
    const hashed = 'the name of the object is the hash of it, so the API server would refuse the update';
    for (const field of ['data', 'binaryData', 'stringData', 'immutable', 'spec']) yield [[field], hashed];
    for (const name of [CONFIG_OF, CONFIG_KEPT])
      yield [['metadata', 'annotations', name], 'earlier versions are kept by it'];
  }
  if (kind === 'Job') {
    const hashed =
      'the name of the Job is the hash of its template and its completions, so the API server would refuse the update';
    for (const field of ['template', 'completions', 'completionMode']) yield [['spec', field], hashed];
  }
  if (WITH_SELECTOR.has(kind)) yield [['spec', 'selector'], 'the API server refuses every update of it'];
}

/** Kinds whose selector Services, policies and budgets rely on, and which the API server never changes. */
const WITH_SELECTOR: ReadonlySet<string> = new Set(['Deployment', 'DaemonSet', 'ReplicaSet', 'StatefulSet', 'Job']);

/** The field that a change reaches on the way to a path, or by removing or replacing what holds it; undefined if it does not. */
function reached(change: unknown, path: readonly string[]): string | undefined {
  let value = change;
  for (const [i, key] of path.entries()) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return path.slice(0, i).join('.');
    if (!Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return path.join('.');
}
