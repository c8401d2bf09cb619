import type { TimelineGap, TimelineMoment } from './timeline';
import { gapsIn } from './timeline';

/** A change of a Service from the pods of one version to those of another, both of which have Deployments of their own. All times are seconds. */
export interface TimedSwitch {
  /** Pods of the version that gets the requests before. */
  readonly old: number;
  /** Pods of the version that gets them afterwards, and how many of them run already. */
  readonly next: number;
  /** @default 0 */
  readonly running?: number;
  /** From when a new pod has a node until its containers run, and from then until it is ready; undefined: it never is. */
  readonly start: number;
  readonly ready: number | undefined;
  /** @default 0 */
  readonly minReadySeconds?: number;
  /** When the Service changes, from when the next version's pods are asked for. @default - when all of them are available */
  readonly switchAt?: number;
  /** How long the old pods stay after the switch; undefined: nobody takes them away. */
  readonly keepOld: number | undefined;
  /** From when a pod is deleted until it is gone. */
  readonly stop: number;
  /** Pods of both versions that the quotas admit at once; those that are stopping count. @default - no quota */
  readonly quota?: number;
}

/** What happens in a switch. In its moments `available` are the pods that the Service leads to; the other version's are not counted as such. */
export interface SwitchTimeline {
  readonly moments: readonly TimelineMoment[];
  readonly peak: { readonly pods: number; readonly counted: number };
  /** Fewest available pods of the version that gets the requests. */
  readonly lowest: number;
  readonly gaps: readonly TimelineGap[];
  /** When the Service changes; undefined: it never may. */
  readonly switched: number | undefined;
  readonly never: string | undefined;
  /** When the last old pod is gone; undefined: it stays. */
  readonly gone: number | undefined;
}

/** The pods of both versions and those that get requests, from when the next version's pods are asked for. */
export function switchTimeline(given: TimedSwitch): SwitchTimeline {
  const { old, next, running = 0, start, ready, minReadySeconds = 0, switchAt, keepOld, stop } = given;
  const admitted = Math.max(0, Math.min(next - running, (given.quota ?? Number.POSITIVE_INFINITY) - old - running));
  const made = running + admitted;
  const readyAt = admitted === 0 ? 0 : ready === undefined ? undefined : start + ready + minReadySeconds;
  const isWhole = made >= next && readyAt !== undefined;
  const switched = switchAt ?? (isWhole ? readyAt : undefined);
  const leaves = switched === undefined || keepOld === undefined ? undefined : switched + keepOld;
  const gone = leaves === undefined ? undefined : leaves + stop;
  const availableAt = (at: number) => running + (readyAt !== undefined && at >= readyAt ? admitted : 0);
  const moments = [...new Set([0, readyAt ?? 0, switched ?? 0, leaves ?? 0, gone ?? 0])]
    .sort((a, b) => a - b)
    .map((at): TimelineMoment => {
      const isOld = leaves === undefined || at < leaves;
      const hasSwitched = switched !== undefined && at >= switched;
      const available = hasSwitched ? availableAt(at) : old;
      const [before, after] = [isOld ? old : 0, made];
      return {
        at,
        old: before,
        new: after,
        available,
        unavailable: (hasSwitched ? after : before) - available,
        stopping: !isOld && gone !== undefined && at < gone ? old : 0,
      };
    });
  const most = (count: (moment: TimelineMoment) => number) => Math.max(...moments.map(count));
  return {
    moments,
    peak: { pods: most((at) => at.old + at.new), counted: most((at) => at.old + at.new + at.stopping) },
    lowest: Math.min(...moments.map(({ available }) => available)),
    gaps: gapsIn(moments),
    switched,
    never: switched === undefined ? whyNever(given, made) : undefined,
    gone,
  };
}

function whyNever({ quota, next }: TimedSwitch, made: number): string {
  return made < next
    ? `the quota admits ${quota} pods at once, so that ${made} of ${next} pods of the next version are there`
    : `the new pods never become ready`;
}
