import type { Resource } from '../manifests/resource';
import type { FieldChange } from './field-change';

/** What an object is called; without the hash of a content at the end of its name. */
export interface ObjectIdentity {
  readonly kind: string;
  /** Empty for the cluster's own. */
  readonly namespace: string;
  readonly name: string;
  /** `Deployment/shop/web`. */
  readonly id: string;
}

/** What becomes of one object; it is called as it is afterwards, or was. */
export interface ObjectChange extends ObjectIdentity {
  /** `renamed`: another object that says nearly the same comes in its place, under another name or in another namespace. */
  readonly does: 'added' | 'removed' | 'changed' | 'renamed';
  /** What a renamed one was called. @default - the same */
  readonly was?: ObjectIdentity;
  readonly before: Resource | undefined;
  readonly after: Resource | undefined;
  /** In what both differ; none where only one is there. */
  readonly fields: readonly FieldChange[];
}

/** The namespace that an object stands in, or is; undefined for another one of the cluster's own. */
export function ownNamespace({ kind, namespace, name }: ObjectIdentity): string | undefined {
  return namespace || (kind === 'Namespace' ? name : undefined);
}
