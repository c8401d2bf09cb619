import { knownNames, StrataError } from './errors';
import type { KubernetesObject } from './kubernetes';
import { baseName, CONFIG_KEPT, CONFIG_OF, callableNames, objectName, SYNC_WAVE } from './kubernetes';
import { merged } from './merge';
import type { Patch } from './patch';

/**
 * The object that a patch names, and what the patch makes of it. A patch that names no object, changes nothing or changes what must
 * not be changed is refused. `renders` is who renders the objects, for messages: a target, an input.
 */
export function withPatch(
  place: string,
  patch: Patch,
  objects: readonly KubernetesObject[],
  renders: string,
): { readonly object: KubernetesObject; readonly changed: KubernetesObject } {
  const object = patchedObject(place, patch, objects, renders);
  refuseFixedFields(place, patch, object);
  const changed = merged(place, object, patch.change) as KubernetesObject;
  if (JSON.stringify(changed) === JSON.stringify(object))
    throw new StrataError(place, 'changes nothing: the object says all of it already', [
      'remove the patch',
      'change what it says',
    ]);
  return { object, changed };
}

function patchedObject(
  place: string,
  { object }: Patch,
  objects: readonly KubernetesObject[],
  renders: string,
): KubernetesObject {
  const found = objectsCalled(object, objects);
  if (found.length > 1)
    throw new StrataError(place, `means ${found.length} objects: ${found.map(objectName).join(', ')}`, [
      'name the object with its namespace, as it stands here',
    ]);
  if (!found[0])
    throw new StrataError(place, `the ${renders} renders no such object`, [
      `name one that it renders: ${knownNames(
        object,
        objects.map((each) => callableNames(each)[0]!),
      )}`,
      'remove the patch',
    ]);
  return found[0];
}

/** The objects that a patch means by a name: what is called so itself, and not what is called so without its hash; else that. */
export function objectsCalled(name: string, objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const called = objects.filter((candidate) => callableNames(candidate).includes(name));
  const exact = called.filter((one) => [`${one.kind}/${one.metadata.name}`, objectName(one)].includes(name));
  return exact.length > 0 ? exact : called;
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

function* fixedFields(object: KubernetesObject): Iterable<readonly [path: readonly string[], why: string]> {
  const { kind, metadata } = object;
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
  if (kind === 'Job' && baseName(object) !== metadata.name) {
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
