import { JUDGED_EVERY, OLD_KEPT } from './controlled-release';
import type { Duration } from './quantity';
import type { ControlledRelease, Judge } from './release';

/** A state that a controller brings a release into, after the commit that changes the image. */
export interface ControlledStage {
  readonly does: 'share' | 'start' | 'switch' | 'end';
  /** Percent of the requests that go to the next version. */
  readonly share: number;
  /** Pods of the next version, and of the one before. */
  readonly next: number;
  readonly old: number;
  /** What is waited for, one after another. @default - that its pods are ready */
  readonly until: readonly Until[];
}

export type Until =
  | { readonly by: 'time'; readonly time: Duration }
  | ({ readonly by: 'measure'; readonly time: Duration } & Required<Judge>)
  | { readonly by: 'hand' };

/** So long Argo Rollouts keeps the pods of the version before a canary (scaleDownDelaySeconds). */
const LAST: Until = { by: 'time', time: '30s' };

/**
 * The states in turn. `replicas`: pods that are asked for. `byPods`: a share of the requests is one of the pods; where a route deals them out,
 * those of the version before stay until the end (utils/replicaset/canary.go of Argo Rollouts).
 */
export function controlledStages(
  release: ControlledRelease,
  { replicas, byPods }: { readonly replicas: number; readonly byPods: boolean },
): readonly ControlledStage[] {
  const { judge } = release;
  const measured = (time: Duration): Until =>
    judge ? { by: 'measure', time, failing: judge.failing, every: judge.every ?? JUDGED_EVERY } : { by: 'time', time };
  const end: ControlledStage = { does: 'end', share: 100, next: replicas, old: 0, until: [] };
  if (release.way === 'blueGreen') {
    const both = { next: replicas, old: replicas };
    const after: Until[] = release.judge
      ? [measured(release.judge.watch), { by: 'time', time: release.keepOld ?? OLD_KEPT }]
      : [{ by: 'time', time: release.keepOld ?? OLD_KEPT }];
    return [
      { does: 'start', share: 0, ...both, until: release.switches === 'when-ready' ? [] : [{ by: 'hand' }] },
      { does: 'switch', share: 100, ...both, until: after },
      end,
    ];
  }
  const stages: ControlledStage[] = [];
  for (const step of release.steps) {
    if ('share' in step) {
      const next = Math.ceil((replicas * step.share) / 100);
      stages.push({ does: 'share', share: step.share, next, old: byPods ? replicas - next : replicas, until: [] });
      continue;
    }
    const until: Until = 'hold' in step ? { by: 'hand' } : measured(step.watch);
    const last = stages.at(-1);
    if (last) stages[stages.length - 1] = { ...last, until: [...last.until, until] };
    // Before any share: of the next version there is no pod yet.
    else stages.push({ does: 'start', share: 0, next: 0, old: replicas, until: [until] });
  }
  // Where a route deals out requests, it leads to all pods of the next version before those of the one before go.
  const all: ControlledStage = { does: 'switch', share: 100, next: replicas, old: replicas, until: [LAST] };
  return [...stages, ...(byPods ? [] : [all]), end];
}
