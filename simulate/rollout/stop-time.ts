/** What decides how long a pod stops. All in seconds. */
export interface StopTimes {
  /** terminationGracePeriodSeconds. @default 30 */
  readonly grace?: number;
  /** How long the preStop hook takes. @default 0 */
  readonly preStop?: number;
  /** How long the program goes on after SIGTERM; undefined: until it is killed. */
  readonly exit: number | undefined;
}

/** A hook that has used up the grace period leaves so many seconds between SIGTERM and SIGKILL. */
const AT_LEAST = 2;

/** Seconds from when a pod is deleted until it is gone (pkg/kubelet/kuberuntime, killContainer). */
export function stopTime({ grace = 30, preStop = 0, exit }: StopTimes): number {
  const hook = Math.min(preStop, grace);
  return hook + Math.min(exit ?? Number.POSITIVE_INFINITY, Math.max(AT_LEAST, grace - hook));
}
