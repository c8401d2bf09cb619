import type { FieldChange } from './field-change';
import { inNamespaces } from './pairs';
import { withTexts } from './texts';

/** Stands for the namespace of an object in what is told of several of them. */
export const NAMESPACE = '<namespace>';

/** A text as it reads in every namespace: with a word in the place of this one. */
export function textAnywhere(text: string, namespace: string | undefined): string {
  return namespace === undefined ? text : anywhereFrom(namespace)(text);
}

function anywhereFrom(namespace: string): (text: string) => string {
  return inNamespaces(new Map([[namespace, NAMESPACE]]));
}

/** The same of all texts in a value. */
export function valueAnywhere(value: unknown, namespace: string | undefined): unknown {
  return namespace === undefined ? value : withTexts(value, anywhereFrom(namespace));
}

/**
 * A change of a field as it reads in every namespace. What follows a hash is told by what it follows: the hash is another one wherever the
 * content is.
 */
export function fieldAnywhere(field: FieldChange, namespace: string | undefined): FieldChange {
  const { path, before, after, follows } = field;
  if (follows !== undefined)
    return { path, before: undefined, after: undefined, follows: follows.replaceAll(`/${namespace}/`, '/') };
  return { ...field, before: valueAnywhere(before, namespace), after: valueAnywhere(after, namespace) };
}
