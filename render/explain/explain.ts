import { knownNames, StrataError } from '../../model/errors';
import type { Component, KubernetesObject } from '../../model/kubernetes';
import { identityOf, objectName } from '../../model/kubernetes';
import type { Cause, Renders } from './counterfactual';
import type { FieldPath } from './field';
import { fieldNamed, fieldText, valueAtField } from './field';
import type { NamedObject } from './same';
import { isSame, namedObjects, stableKey } from './same';

/** What moves an object or one of its fields, and what it would be without. */
export interface Mover<P> {
  readonly cause: Cause<P>;
  /** Without the cause the object is there. */
  readonly exists: boolean;
  /** The value without the cause; undefined where there is none. */
  readonly value: unknown;
}

/** Where an object, or one field of it, comes from. */
export interface Explanation<P> {
  readonly object: KubernetesObject;
  readonly component: Component;
  /** Where it is written, if somebody else wrote it. */
  readonly given: string | undefined;
  /** As `pathText` writes it; empty for the whole object. */
  readonly path: string;
  readonly value: unknown;
  readonly movers: readonly Mover<P>[];
  /** What cannot be left out, so that nobody knows what it moves, with the reason. */
  readonly needed: readonly { readonly cause: Cause<P>; readonly why: string }[];
}

/** Explains an object of a target, or the field that a text names. */
export function explainObject<P>(renders: Renders<P>, argument: string, field = ''): Explanation<P> {
  const { components, counterfactuals } = renders;
  const { object, component } = objectNamed(components, argument);
  const identity = stableKey(object);
  const twins = [
    ...counterfactuals.flatMap(({ cause, objects }) =>
      typeof objects === 'string' ? [] : [{ cause, twin: objects.get(identity) }],
    ),
    ...inputPatches(component, object),
  ];
  // A field that only another render has is one that something here takes away.
  const path: FieldPath = fieldNamed(field, objectName(object), [object, ...twins.flatMap(({ twin }) => twin ?? [])]);
  const value = valueAtField(object, path);
  return {
    object,
    component,
    given: component.given?.get(identityOf(object)),
    path: fieldText(path),
    value,
    movers: twins
      .map(({ cause, twin }) => ({ cause, exists: twin !== undefined, value: valueAtField(twin, path) }))
      .filter((mover) => !isSame(mover.value, value)),
    needed: counterfactuals.flatMap(({ cause, objects }) =>
      typeof objects === 'string' ? [{ cause, why: objects }] : [],
    ),
  };
}

/** What the object would be without each patch that is part of it already. */
function inputPatches<P>(component: Component, object: KubernetesObject) {
  return (component.patches ?? [])
    .filter(({ identity }) => identity === identityOf(object))
    .flatMap(({ patch, without }) => {
      const twin = without();
      return twin ? [{ cause: { kind: 'patch', patch } as Cause<P>, twin }] : [];
    });
}

/** The object with this name, in whatever letter case; a name that several have is an error. */
function objectNamed(components: readonly Component[], argument: string): NamedObject {
  const all = namedObjects(components);
  const found = all.filter(({ names }) => names.some((name) => name.toLowerCase() === argument.toLowerCase()));
  if (found.length === 0)
    throw new StrataError(argument, 'this target renders no such object', [
      `name one of its objects: ${knownNames(
        argument,
        all.map(({ names }) => names[0]),
      )}`,
    ]);
  if (found.length > 1)
    throw new StrataError(argument, `${found.length} objects of this target have this name`, [
      `name one of them: ${found.map(({ names }) => names[0]).join(', ')}`,
    ]);
  return found[0]!;
}
