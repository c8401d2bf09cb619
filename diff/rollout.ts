import { probeOf } from '../manifests/probes';
import { number } from '../manifests/resource';
import type { WorkloadManifest } from '../manifests/workload';
import { SYNC_WAVE } from '../model/kubernetes';
import { strategyOf, strategyText } from '../simulate/rollout/strategy';
import { podsOf } from '../world/autoscalers';
import type { World } from '../world/world';
import { refusesUpdate } from './risk/classify';
import { partitionOf, replacesPods } from './risk/held';
import { refusedRollouts } from './risk/refused-pods';
import type { Risk, WorldChange } from './risk/risk';
import { ordinalsOf } from './risk/volumes';
import { changedWorkloads, templateFields } from './risk/workloads';

/** How the pods of one workload are replaced. */
export interface WorkloadReplacement {
  /** `Deployment/shop/web` */
  readonly workload: string;
  /** The sync wave that it stands in: lower ones come first. */
  readonly wave: number;
  /** So many are replaced; undefined where that depends on the nodes. */
  readonly pods: number | undefined;
  /** `maxSurge 1, maxUnavailable 0` */
  readonly strategy: string;
  /** Seconds before a new pod can count as available, whatever the program does: delays of probes and minReadySeconds. */
  readonly available: number;
  /** Seconds that a new pod may take to start before it is restarted; undefined where no startup probe says so. */
  readonly start?: number;
  /** Seconds that an old pod may take to stop. */
  readonly stop: number;
  /** Seconds without progress after which a Deployment is said to have failed; nothing is undone. @default - it waits for ever */
  readonly deadline?: number;
  /** Seconds that the whole takes at the least. @default - it depends on the nodes */
  readonly least?: number;
}

/** The workloads whose pods a change replaces, in the order in which they are applied. */
export function replacements(change: WorldChange, risks: readonly Risk[]): WorkloadReplacement[] {
  return changedWorkloads(change)
    .filter(
      (workload) =>
        replacesPods(change, workload) &&
        templateFields(workload).length > 0 &&
        // What the API server refuses, the object or its pods, is not rolled out.
        !refusedRollouts(change).has(workload) &&
        !risks.some((risk) => risk.change === workload.change && refusesUpdate(risk)),
    )
    .map(({ after }) => replacementOf(change.after, after))
    .sort((a, b) => a.wave - b.wave || (a.workload < b.workload ? -1 : 1));
}

function replacementOf(world: World, workload: WorkloadManifest): WorkloadReplacement {
  const { resource } = workload;
  const all = podsOf(world, workload)?.min;
  const strategy = strategyOf(workload, all ?? 1);
  const pods = all === undefined ? undefined : Math.max(0, all - keptBy(workload));
  const available = availableAfter(workload);
  const start = startWithin(workload);
  const batches = pods === undefined || !strategy ? undefined : batchesOf(strategy, pods);
  return {
    workload: world.idOf(resource),
    wave: Number(resource.annotations[SYNC_WAVE] ?? 0),
    pods,
    strategy: strategy ? strategyText(strategy) : 'by its controller',
    available,
    ...(start === undefined ? {} : { start }),
    stop: number(workload.podSpec['terminationGracePeriodSeconds']) ?? 30,
    ...(resource.kind === 'Deployment'
      ? { deadline: number(resource.at(['spec', 'progressDeadlineSeconds'])) ?? 600 }
      : {}),
    ...(batches === undefined ? {} : { least: batches * available }),
  };
}

/** So many pods a partition keeps as they are. */
function keptBy(workload: WorkloadManifest): number {
  const partition = partitionOf(workload);
  return partition === undefined ? 0 : partition - ordinalsOf(workload.resource).from;
}

/** How often the controller waits for new pods before it goes on. */
function batchesOf(strategy: NonNullable<ReturnType<typeof strategyOf>>, pods: number): number {
  switch (strategy.type) {
    case 'RollingUpdate':
    case 'Nodes':
      return Math.ceil(pods / Math.max(1, strategy.surge + strategy.unavailable));
    case 'Ordinals':
      return pods;
    case 'Recreate':
      return Math.min(1, pods);
    case 'OnDelete':
      return 0;
  }
}

/** The slowest container counts: its startup probe is tried first, and the readiness probe only once that has passed. */
function availableAfter(workload: WorkloadManifest): number {
  const ready = workload.running.map((container) => {
    const [startup, readiness] = [probeOf(container, 'startupProbe'), probeOf(container, 'readinessProbe')];
    return Math.max(startup?.delay ?? 0, readiness?.delay ?? 0);
  });
  return Math.max(0, ...ready) + (number(workload.resource.at(['spec', 'minReadySeconds'])) ?? 0);
}

function startWithin(workload: WorkloadManifest): number | undefined {
  const probes = workload.running.flatMap((container) => probeOf(container, 'startupProbe') ?? []);
  return probes.length === 0
    ? undefined
    : Math.max(...probes.map(({ delay, period, failures }) => delay + period * failures));
}
