import type { Json, Resource } from '../../manifests/resource';
import { mappings, record, string } from '../../manifests/resource';
import { memo } from '../../model/memo';
import { podsOf } from '../../world/autoscalers';
import type { World } from '../../world/world';
import type { StandingController } from './controller';
import { podControllerOf } from './controller';
import { hasEnded, knownPods, nodeNameOf, runningPods } from './known-pods';
import type { SchedulerPod } from './pod';
import { readPod } from './pod';
import type { QueuedPod } from './queue';
import { ownerText } from './queue';

/** What makes a pod anew when it is gone. */
export interface PodController {
  readonly kind: string;
  /** `Deployment/shop/web` */
  readonly name: string;
  /** How many pods it keeps; undefined: its kind has no scale. */
  readonly scale: number | undefined;
}

/** A pod on a node, or one that waits for a node, as those see it who evict pods. */
export interface Member {
  readonly pod: SchedulerPod;
  readonly controller: PodController | undefined;
  /** The kubelet runs it from a file of its node. */
  readonly mirror: boolean;
  /** It has ended, well or not. */
  readonly finished: boolean;
  /** It has not been started yet. */
  readonly waiting: boolean;
  readonly ready: boolean;
  /** It has an emptyDir, whose data go with it. */
  readonly keepsData: boolean;
}

const WITHOUT_SCALE: ReadonlySet<string> = new Set(['DaemonSet', 'Job', 'CronJob']);

/** A pod as it stands in the cluster. */
export interface StandingPod {
  readonly member: Member;
  /** Undefined: it has none yet. */
  readonly node: string | undefined;
}

/** The pods that stand in the cluster: those that run, those that wait for a node, and those that have ended. */
export const standingPods = memo((world: World): readonly StandingPod[] => {
  const running = new Map(runningPods(world).map(({ resource, pod }) => [resource, pod]));
  return knownPods(world).map((resource) => ({
    member: standing(
      world,
      resource,
      running.get(resource) ??
        readPod(resource.object, { namespace: world.namespaceOf(resource), name: resource.name }),
    ),
    node: nodeNameOf(resource),
  }));
});

function standing(world: World, resource: Resource, pod: SchedulerPod): Member {
  const found = podControllerOf(world, resource);
  const status = record(resource.at(['status']));
  const phase = string(status?.['phase']);
  const conditions = mappings(status?.['conditions']);
  const finished = hasEnded(resource);
  const waiting = phase === 'Pending' || pod.nodeName === undefined;
  return {
    pod,
    controller: found && { kind: found.kind, name: found.name, scale: scaleOf(found, podsByController(world)) },
    mirror: resource.annotations['kubernetes.io/config.mirror'] !== undefined,
    finished,
    waiting,
    // One that has a node, and of which nobody says how it does, is taken to do well.
    ready:
      conditions.length === 0
        ? !waiting && !finished
        : conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    keepsData: keepsData(record(resource.at(['spec'])) ?? {}),
  };
}

const podsByController = memo((world: World): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const resource of knownPods(world)) {
    const name = podControllerOf(world, resource)?.name;
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
});

/** Where nobody shows the controller, as many as it has. */
function scaleOf(
  { kind, name, replicas }: StandingController,
  counts: ReadonlyMap<string, number>,
): number | undefined {
  return WITHOUT_SCALE.has(kind) ? undefined : (replicas ?? counts.get(name));
}

/** A pod that waited for a node, as it is when it runs: ready. */
export function memberOf(world: World, { pod, owner, workload }: QueuedPod): Member {
  if (!owner) return { ...standing(world, workload.resource, pod), waiting: false, ready: true };
  const { kind } = owner.resource;
  const scale = WITHOUT_SCALE.has(kind) ? undefined : podsOf(world, owner)?.min;
  return {
    pod,
    controller: { kind, name: ownerText(owner), scale },
    mirror: false,
    finished: false,
    waiting: false,
    ready: true,
    keepsData: keepsData(workload.podSpec),
  };
}

function keepsData(podSpec: Json): boolean {
  return mappings(podSpec['volumes']).some((volume) => volume['emptyDir'] !== undefined && volume['emptyDir'] !== null);
}
