import type { Resource } from '../manifests/resource';
import type { FieldChange } from './field-change';

/** What becomes of one object. */
export interface ObjectChange {
  /** `renamed`: another object that says nearly the same comes in its place, under another name or in another namespace. */
  readonly does: 'added' | 'removed' | 'changed' | 'renamed';
  /** `Deployment/shop/web` as it is afterwards, or was; without the hash of a content. */
  readonly id: string;
  /** What a renamed one was called. @default - the same */
  readonly was?: string;
  readonly before: Resource | undefined;
  readonly after: Resource | undefined;
  /** In what both differ; none where only one is there. */
  readonly fields: readonly FieldChange[];
}
