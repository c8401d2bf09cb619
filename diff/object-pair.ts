import type { Resource } from '../manifests/resource';

/** An object before and after; one of the two may be missing. */
export interface ObjectPair {
  readonly before: Resource | undefined;
  readonly after: Resource | undefined;
}
