import { knownNames, StrataError } from '../model/errors';
import type { Component, KubernetesObject } from '../model/kubernetes';
import { CONFIG_OF, objectName } from '../model/kubernetes';
import type { Patch } from '../model/patch';
import { merged } from './merge';

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
  const found = objects.filter((candidate) => namesOf(candidate).includes(object));
  if (found.length > 1)
    throw new StrataError(place, `means ${found.length} objects: ${found.map(objectName).join(', ')}`, [
      'name the object with its namespace, as it stands here',
    ]);
  if (!found[0])
    throw new StrataError(place, 'the target renders no such object', [
      `name one that it renders: ${knownNames(
        object,
        objects.map((each) => namesOf(each)[0]!),
      )}`,
      'remove the patch',
    ]);
  return found[0];
}

/** `Deployment/web`, `Deployment/shop/web`; of a hashed object also its name without the hash. */
function namesOf(object: KubernetesObject): string[] {
  const base = object.metadata.annotations?.[CONFIG_OF];
  return [
    `${object.kind}/${base ?? object.metadata.name}`,
    `${object.kind}/${object.metadata.name}`,
    objectName(object),
  ];
}

/** What a patch cannot change: the object's identity, and what its name is the hash of. */
function refuseFixedFields(place: string, { change }: Patch, object: KubernetesObject): void {
  const metadata = change['metadata'] as Readonly<Record<string, unknown>> | undefined;
  const identity = ['apiVersion', 'kind'].filter((field) => field in change);
  const named = ['name', 'namespace']
    .filter((field) => metadata && field in metadata)
    .map((field) => `metadata.${field}`);
  const [fixed] = [...identity, ...named];
  if (fixed !== undefined)
    throw new StrataError(
      place,
      `changes ${fixed}: that would be another object, and what refers to this one would lose it`,
      ['leave it out', 'change it where the object is made: strata explain names the line'],
    );
  const content =
    object.metadata.annotations?.[CONFIG_OF] !== undefined &&
    ['data', 'binaryData', 'stringData', 'immutable', 'spec'].find((field) => field in change);
  const template =
    object.kind === 'Job' && 'template' in ((change['spec'] as object | undefined) ?? {}) && 'spec.template';
  const hashed = content || template;
  if (hashed)
    throw new StrataError(
      place,
      `changes ${hashed}, and the name of the object is the hash of it: the API server would refuse the update`,
      ['change the setting or the code that makes it: the name follows'],
    );
}
