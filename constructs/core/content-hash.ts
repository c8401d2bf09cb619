import { hash } from 'node:crypto';
import { hashedContent, suffixOf } from '../../model/content-hash';

/** Of a ConfigMap or a Secret, what its hash is of. */
interface Content {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/**
 * The ConfigMap or Secret with the hash of its content at the end of its name, as Kustomize's generators name it: a changed content is
 * a new object, and what names it rolls. What was rendered by Kustomize before keeps its name.
 */
export function withContentHash<T extends Content>(object: T): T {
  const name = `${object.metadata.name}-${suffixOf(hash('sha256', hashedContent(object)))}`;
  return { ...object, metadata: { ...object.metadata, name } };
}
