/** Why a node does not take a pod. */
export interface NodeRefusal {
  /** In the scheduler's own words. */
  readonly reasons: readonly string[];
  /** Whether removing pods of lower priority may help. */
  readonly preemptible: boolean;
}

/** Removing pods does not help. */
export const never = (...reasons: readonly string[]): NodeRefusal => ({ reasons, preemptible: false });
/** As long as the pods are there that are there now. */
export const now = (...reasons: readonly string[]): NodeRefusal => ({ reasons, preemptible: true });
