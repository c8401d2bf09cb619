import { sleepOf } from '../../manifests/pre-stop';
import { number, record } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { podsOf as scaleOf } from '../../world/autoscalers';
import type { World } from '../../world/world';
import type { OtherPods } from './quota';
import { admissionOf } from './quota';
import { othersIn, situationOf } from './situation';
import { stopTime } from './stop-time';
import { isPaused, strategyOf } from './strategy';
import type { RolloutTimeline } from './timeline';
import { rolloutTimeline } from './timeline';

/** How long the pods of a workload take, which no manifest says. Seconds. */
export interface PodPace {
  /** From when a pod has a node until its containers run. */
  readonly start: number;
  /** From then until it is ready; undefined: it never is. */
  readonly ready: number | undefined;
  /** How long the program goes on after SIGTERM; undefined: until it is killed. */
  readonly exit: number | undefined;
}

/**
 * The timeline of a Deployment whose template changes: strategy, number of pods, grace period, hook, deadlines and quotas are those of the manifests;
 * undefined for other kinds.
 */
export function deploymentTimeline(
  world: World,
  workload: WorkloadManifest,
  { start, ready, exit }: PodPace,
): RolloutTimeline | undefined {
  const { resource } = workload;
  const replicas = scaleOf(world, workload)?.min ?? 0;
  const strategy = strategyOf(workload, replicas);
  if (strategy?.type !== 'RollingUpdate' && strategy?.type !== 'Recreate') return undefined;
  return rolloutTimeline({
    strategy,
    replicas,
    start,
    ready,
    stop: stopOf(workload, exit),
    minReadySeconds: number(resource.at(['spec', 'minReadySeconds'])) ?? 0,
    progressDeadline: number(resource.at(['spec', 'progressDeadlineSeconds'])) ?? 600,
    quota: admissionOf(world, workload, othersOf(world, workload)).pods,
    paused: isPaused(workload),
  });
}

/** A pod is gone when the last of its containers is. */
export function stopOf({ podSpec, running }: WorkloadManifest, exit: number | undefined): number {
  const grace = number(podSpec['terminationGracePeriodSeconds']) ?? 30;
  return Math.max(
    0,
    ...running.map(({ json }) => {
      const hook = record(record(json['lifecycle'])?.['preStop']);
      return stopTime({ grace, preStop: (hook && sleepOf(hook)) ?? 0, exit });
    }),
  );
}

/** The other pods of its namespace: where nodes are known those that find one, else all that are asked for. */
function othersOf(world: World, workload: WorkloadManifest): OtherPods[] {
  const situation = situationOf(world);
  if (situation) return othersIn(world, situation, workload);
  return world.workloads
    .filter((other) => other !== workload && other.namespace === workload.namespace)
    .map((other) => ({ workload: other, count: scaleOf(world, other)?.min ?? 0 }));
}
