import type { Json, Resource } from '../../manifests/resource';
import { mappings, number, record, string } from '../../manifests/resource';
import { podsOf } from '../../world/autoscalers';
import type { World } from '../../world/world';
import type { SchedulerPod } from '../scheduling/pod';
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

/** The pods that run in the cluster, each with its node. */
export function runningMembers(world: World): { readonly member: Member; readonly node: string }[] {
  const running = runningPods(world);
  const owned = running.map(({ resource }) => controllerOf(world, resource));
  const counts = new Map<string, number>();
  for (const controller of owned) if (controller) counts.set(controller.name, (counts.get(controller.name) ?? 0) + 1);
  return running.map(({ pod, node, resource }, i) => {
    const controller = owned[i];
    const status = record(resource.at(['status']));
    const phase = string(status?.['phase']);
    return {
      node,
      member: {
        pod,
        controller: controller && { ...controller, scale: scaleOf(controller, counts) },
        mirror: resource.annotations['kubernetes.io/config.mirror'] !== undefined,
        finished: false,
        waiting: phase === 'Pending',
        // One of which nobody says how it does is taken to do well.
        ready: mappings(status?.['conditions']).every(({ type, status: is }) => type !== 'Ready' || is === 'True'),
        keepsData: keepsData(record(resource.at(['spec'])) ?? {}),
      },
    };
  });
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

/** A pod of manifests as it is when it runs: ready. */
export function memberOf(world: World, { pod, owner, podSpec }: QueuedPod): Member {
  const kind = owner?.resource.kind ?? '';
  const name = ownerText(owner);
  return {
    pod,
    controller:
      name === null || !owner
        ? undefined
        : { kind, name, scale: WITHOUT_SCALE.has(kind) ? undefined : podsOf(world, owner)?.min },
    mirror: false,
    finished: false,
    waiting: false,
    ready: true,
    keepsData: keepsData(podSpec),
  };
}

function keepsData(podSpec: Json): boolean {
  return mappings(podSpec['volumes']).some((volume) => volume['emptyDir'] !== undefined && volume['emptyDir'] !== null);
}
