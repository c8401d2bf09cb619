import { number, record, string } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { partOf, rolloutOf } from '../../world/autoscalers';

/** How the controller of a workload replaces its pods, with percentages resolved to pods. */
export type Strategy =
  | { readonly type: 'RollingUpdate'; readonly surge: number; readonly unavailable: number }
  | { readonly type: 'Recreate' }
  /** One pod after the other, from the highest ordinal down to `partition`. */
  | { readonly type: 'Ordinals'; readonly parallel: boolean; readonly partition: number }
  /** Node by node. */
  | { readonly type: 'Nodes'; readonly surge: number; readonly unavailable: number }
  /** Pods are replaced when somebody deletes them. */
  | { readonly type: 'OnDelete' };

/** The strategy of a Deployment, StatefulSet or DaemonSet that keeps so many pods; undefined: its kind has no rollouts. */
export function strategyOf(workload: WorkloadManifest, pods: number): Strategy | undefined {
  const { resource } = workload;
  switch (resource.kind) {
    case 'Deployment': {
      const rolling = rolloutOf(workload, pods);
      return rolling
        ? { type: 'RollingUpdate', surge: rolling.surge, unavailable: Math.min(rolling.unavailable, pods) }
        : { type: 'Recreate' };
    }
    case 'StatefulSet': {
      if (resource.at(['spec', 'updateStrategy', 'type']) === 'OnDelete') return { type: 'OnDelete' };
      // Its maxUnavailable is behind a feature gate that is off in every version up to 1.35: the API server drops the field.
      return {
        type: 'Ordinals',
        parallel: resource.at(['spec', 'podManagementPolicy']) === 'Parallel',
        partition: number(resource.at(['spec', 'updateStrategy', 'rollingUpdate', 'partition'])) ?? 0,
      };
    }
    case 'DaemonSet': {
      if (resource.at(['spec', 'updateStrategy', 'type']) === 'OnDelete') return { type: 'OnDelete' };
      const rolling = record(resource.at(['spec', 'updateStrategy', 'rollingUpdate']));
      const surge = partOf(rolling?.['maxSurge'] ?? 0, pods, 'up') ?? 0;
      const unavailable = partOf(rolling?.['maxUnavailable'] ?? 1, pods, 'up') ?? 1;
      return { type: 'Nodes', surge, unavailable: surge === 0 ? Math.max(1, unavailable) : unavailable };
    }
    default:
      return undefined;
  }
}

/** Whether a pod goes before the one that replaces it must have come. */
export function freesRoomFirst(strategy: Strategy): boolean {
  switch (strategy.type) {
    case 'RollingUpdate':
      return strategy.unavailable > 0;
    case 'Nodes':
      return strategy.surge === 0;
    default:
      return true;
  }
}

/** `maxSurge 1, maxUnavailable 0`: the numbers that a strategy comes to. */
export function strategyText(strategy: Strategy): string {
  switch (strategy.type) {
    case 'RollingUpdate':
    case 'Nodes':
      return `maxSurge ${strategy.surge}, maxUnavailable ${strategy.unavailable}`;
    case 'Ordinals':
      return [
        strategy.parallel ? 'Parallel' : 'OrderedReady',
        ...(strategy.partition > 0 ? [`partition ${strategy.partition}`] : []),
      ].join(', ');
    default:
      return strategy.type;
  }
}

/** Whether nothing is rolled out until somebody resumes it. */
export function isPaused({ resource }: WorkloadManifest): boolean {
  return string(resource.kind) === 'Deployment' && resource.at(['spec', 'paused']) === true;
}
