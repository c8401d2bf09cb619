import type { Json, Resource } from '../../manifests/resource';
import { mappings, number, record, string } from '../../manifests/resource';
import { memo } from '../../model/memo';
import { podsOf } from '../../world/autoscalers';
import type { World } from '../../world/world';
import type { SchedulerPod } from '../scheduling/pod';
import { readPod } from '../scheduling/pod';
import type { QueuedPod } from '../scheduling/queue';
import { ownerText, runningPods } from '../scheduling/queue';

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
  return podsIn(world).map((resource) => ({
    member: standing(
      world,
      resource,
      running.get(resource) ??
        readPod(resource.object, { namespace: world.namespaceOf(resource), name: resource.name }),
    ),
    node: string(resource.at(['spec', 'nodeName'])),
  }));
});

function standing(world: World, resource: Resource, pod: SchedulerPod): Member {
  const found = controllerOf(world, resource);
  const status = record(resource.at(['status']));
  const phase = string(status?.['phase']);
  const conditions = mappings(status?.['conditions']);
  const waiting = phase === 'Pending' || pod.nodeName === undefined;
  return {
    pod,
    controller: found && { kind: found.kind, name: found.name, scale: scaleOf(found, podsByController(world)) },
    mirror: resource.annotations['kubernetes.io/config.mirror'] !== undefined,
    finished: phase === 'Succeeded' || phase === 'Failed',
    waiting,
    // One that has a node, and of which nobody says how it does, is taken to do well.
    ready:
      conditions.length === 0 ? !waiting : conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    keepsData: keepsData(record(resource.at(['spec'])) ?? {}),
  };
}

const podsByController = memo((world: World): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const resource of podsIn(world)) {
    const name = controllerOf(world, resource)?.name;
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
});

function podsIn(world: World): Resource[] {
  return [...world.of('Pod'), ...world.external.filter(({ kind }) => kind === 'Pod')];
}

interface Found extends Omit<PodController, 'scale'> {
  readonly replicas: number | undefined;
}

/** By its owner: for a ReplicaSet of a Deployment, the Deployment. */
function controllerOf(world: World, resource: Resource): Found | undefined {
  const namespace = world.namespaceOf(resource);
  const owner = ownerIn(resource);
  if (!owner) return undefined;
  const find = ({ kind, name }: OwnerNamed) => {
    const found = world.find(kind, namespace, name);
    return found.is === 'present' ? found.resource : undefined;
  };
  const direct = find(owner);
  const above = owner.kind === 'ReplicaSet' && direct ? ownerIn(direct) : undefined;
  const controller = above ?? owner;
  const known = above ? find(above) : direct;
  return {
    kind: controller.kind,
    name: `${controller.kind}/${namespace}/${controller.name}`,
    replicas: known && (number(known.at(['spec', 'replicas'])) ?? 1),
  };
}

interface OwnerNamed {
  readonly kind: string;
  readonly name: string;
}

function ownerIn(resource: Resource): OwnerNamed | undefined {
  const owner = mappings(resource.at(['metadata', 'ownerReferences'])).find((each) => each['controller'] === true);
  return owner && { kind: string(owner['kind']) ?? '', name: string(owner['name']) ?? '' };
}

/** Where nobody shows the controller, as many as it has. */
function scaleOf({ kind, name, replicas }: Found, counts: ReadonlyMap<string, number>): number | undefined {
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
