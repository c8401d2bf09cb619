import type { Path, Resource } from '../manifests/resource';
import { list, number, record, string } from '../manifests/resource';
import type { WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import { addTo } from '../model/multimap';
import { hpaNameOf, scaledObjectsOf } from './keda';
import type { World } from './world';

/** Something that changes how many pods a workload has: a HorizontalPodAutoscaler, or KEDA's ScaledObject, which makes one. */
export interface Scaler {
  readonly resource: Resource;
  readonly namespace: string;
  readonly target: { readonly apiVersion: string; readonly kind: string; readonly name: string; readonly path: Path };
  readonly min: number;
  readonly max: number;
}

/** Every autoscaler that is judged and names a target. A HorizontalPodAutoscaler that KEDA makes is its ScaledObject's, and no other. */
export const autoscalersOf = memo((world: World): readonly Scaler[] => {
  const scaledObjects = scaledObjectsOf(world);
  const byKeda = new Set(scaledObjects.map((object) => `${world.namespaceOf(object)}/${hpaNameOf(object).name}`));
  const others = hpasOf(world).filter(
    (hpa) => !byKeda.has(`${world.namespaceOf(hpa)}/${hpa.name}`) || !isTakenOver(world, hpa, scaledObjects),
  );
  return [...others, ...scaledObjects].flatMap((resource) => read(world, resource) ?? []);
});

/** Whether a HorizontalPodAutoscaler with the name of one of KEDA's was made by it, or is handed over to it. */
function isTakenOver(world: World, hpa: Resource, scaledObjects: readonly Resource[]): boolean {
  const isMade = list(hpa.at(['metadata', 'ownerReferences'])).some(
    (owner) => record(owner)?.['kind'] === 'ScaledObject',
  );
  return (
    isMade ||
    scaledObjects.some(
      (object) =>
        world.namespaceOf(object) === world.namespaceOf(hpa) &&
        hpaNameOf(object).name === hpa.name &&
        object.annotations['scaledobject.keda.sh/transfer-hpa-ownership'] === 'true',
    )
  );
}

export function hpasOf(world: World): readonly Resource[] {
  return world.of('HorizontalPodAutoscaler').filter(({ group }) => group === 'autoscaling');
}

function read(world: World, resource: Resource): Scaler | undefined {
  const path = ['spec', 'scaleTargetRef'];
  const target = record(resource.at(path));
  const name = string(target?.['name']);
  if (!target || !name) return undefined;
  const keda = resource.kind === 'ScaledObject';
  const [least, most] = keda
    ? [number(resource.at(['spec', 'minReplicaCount'])) ?? 0, number(resource.at(['spec', 'maxReplicaCount'])) ?? 100]
    : [number(resource.at(['spec', 'minReplicas'])) ?? 1, number(resource.at(['spec', 'maxReplicas'])) ?? 1];
  return {
    resource,
    namespace: world.namespaceOf(resource),
    target: {
      apiVersion: string(target['apiVersion']) ?? (keda ? 'apps/v1' : ''),
      kind: string(target['kind']) ?? 'Deployment',
      name,
      path,
    },
    min: least,
    max: most,
  };
}

/** The autoscalers of a workload. */
export function scalersOf(world: World, { resource, namespace }: WorkloadManifest): readonly Scaler[] {
  return byTarget(world).get(`${resource.kind}/${namespace}/${resource.name}`) ?? [];
}

const byTarget = memo((world: World): ReadonlyMap<string, readonly Scaler[]> => {
  const map = new Map<string, Scaler[]>();
  for (const scaler of autoscalersOf(world))
    addTo(map, `${scaler.target.kind}/${scaler.namespace}/${scaler.target.name}`, scaler);
  return map;
});

/** The workload that an autoscaler scales, if it is judged. */
export function workloadScaled(world: World, { namespace, target }: Scaler): WorkloadManifest | undefined {
  return workloadNamed(world, target.kind, namespace, target.name);
}

export function workloadNamed(
  world: World,
  kind: string,
  namespace: string,
  name: string,
): WorkloadManifest | undefined {
  return byName(world).get(`${kind}/${namespace}/${name}`);
}

const byName = memo(
  (world: World): ReadonlyMap<string, WorkloadManifest> =>
    new Map(
      world.workloads.map((workload) => [
        `${workload.resource.kind}/${workload.namespace}/${workload.resource.name}`,
        workload,
      ]),
    ),
);

/** How many pods a workload has at least and at most, rollouts aside; undefined where nodes or time decide. */
export function podsOf(
  world: World,
  workload: WorkloadManifest,
): { readonly min: number; readonly max: number; readonly scaler?: Resource } | undefined {
  const { replicas } = workload;
  if (replicas === undefined) return undefined;
  const rollout = rolloutRunning(world, workload);
  if (rollout) return podsOfBoth(world, workload, rollout);
  return scaled(replicas, scalersOf(world, workload));
}

/** The pods that a Rollout of Argo makes by the template of a workload, and those that the workload itself keeps beside them. */
function podsOfBoth(
  world: World,
  workload: WorkloadManifest,
  rollout: Resource,
): { readonly min: number; readonly max: number; readonly scaler?: Resource } {
  const own = scaled(workload.replicas ?? 0, scalersOf(world, workload));
  const at = `Rollout/${workload.namespace}/${rollout.name}`;
  const made = scaled(number(rollout.at(['spec', 'replicas'])) ?? 1, byTarget(world).get(at) ?? []);
  // Told to scale the workload down, the Rollout takes its place.
  const scaleDown = string(rollout.at(['spec', 'workloadRef', 'scaleDown']));
  if (scaleDown !== undefined && scaleDown !== 'never') return made;
  const scaler = made.scaler ?? own.scaler;
  return { min: own.min + made.min, max: own.max + made.max, ...(scaler ? { scaler } : {}) };
}

/** The Rollout of Argo that makes pods by the template of this workload (workloadRef). */
export function rolloutRunning(world: World, { resource, namespace }: WorkloadManifest): Resource | undefined {
  return byWorkloadRef(world).get(`${resource.kind}/${namespace}/${resource.name}`);
}

const byWorkloadRef = memo(
  (world: World): ReadonlyMap<string, Resource> =>
    new Map(
      world
        .of('Rollout')
        .filter(({ group }) => group === 'argoproj.io')
        .flatMap((rollout) => {
          const ref = record(rollout.at(['spec', 'workloadRef']));
          const name = string(ref?.['name']);
          const kind = string(ref?.['kind']) ?? 'Deployment';
          return name ? [[`${kind}/${world.namespaceOf(rollout)}/${name}`, rollout] as const] : [];
        }),
    ),
);

function scaled(
  replicas: number,
  scalers: readonly Scaler[],
): { readonly min: number; readonly max: number; readonly scaler?: Resource } {
  // Where somebody wrote 0, an autoscaler that does not scale from nothing leaves it alone.
  if (scalers.length === 0 || (replicas === 0 && scalers[0]!.resource.kind === 'HorizontalPodAutoscaler'))
    return { min: replicas, max: replicas };
  const scaler = scalers[0]!;
  return {
    min: Math.min(...scalers.map(({ min: least }) => least)),
    max: Math.max(...scalers.map(({ max: most }) => most)),
    scaler: scaler.resource,
  };
}

/** How a controller replaces pods that are alike, with percentages resolved to pods. */
export interface PodReplacement {
  readonly surge: number;
  readonly unavailable: number;
  /** So many pods more there must be room for at a time, or it does not get on. */
  readonly needed: number;
}

/** How many of a rollout's pods may be there too many, and how many may lack. Undefined: it has no such rollout. */
export function rolloutOf({ resource }: WorkloadManifest, replicas: number): PodReplacement | undefined {
  if (resource.kind === 'Rollout') return replacementByArgo(resource, replicas);
  if (
    resource.kind !== 'Deployment' ||
    (string(resource.at(['spec', 'strategy', 'type'])) ?? 'RollingUpdate') !== 'RollingUpdate'
  )
    return undefined;
  return rolling(resource.at(['spec', 'strategy', 'rollingUpdate']), replicas);
}

/**
 * Of a Rollout of Argo. Where requests are switched or shared out, all pods of the next version stand beside those of the one before; what the
 * steps of a canary make of it by pods alone is a rolling update (utils/replicaset/canary.go).
 */
function replacementByArgo(resource: Resource, replicas: number): PodReplacement | undefined {
  const { blueGreen, canary } = record(resource.at(['spec', 'strategy'])) ?? {};
  const beside = (pods: number) => ({ surge: pods, unavailable: 0, needed: pods });
  // Whatever previewReplicaCount says: before the switch there are as many as are asked for (utils/replicaset/replicaset.go, NewRSNewReplicas).
  if (record(blueGreen)) return beside(replicas);
  const how = record(canary);
  if (!how || how['dynamicStableScale'] === true) return undefined;
  return record(how['trafficRouting']) ? beside(replicas) : rolling(how, replicas);
}

function rolling(given: unknown, replicas: number): PodReplacement {
  const fields = record(given);
  const surge = partOf(fields?.['maxSurge'] ?? '25%', replicas, 'up') ?? 1;
  const unavailable = partOf(fields?.['maxUnavailable'] ?? '25%', replicas, 'down') ?? 0;
  // Two percentages that come to nothing would stop every rollout, so the controller takes one pod away.
  if (surge === 0 && unavailable === 0) return { surge, unavailable: 1, needed: 0 };
  return { surge, unavailable, needed: unavailable === 0 ? 1 : 0 };
}

/** A number of pods or a percentage of them; undefined for what is neither. */
export function partOf(value: unknown, of: number, rounded: 'up' | 'down'): number | undefined {
  if (typeof value === 'number') return value;
  const percent = typeof value === 'string' ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  if (percent === undefined) return undefined;
  const exact = (Number(percent) * of) / 100;
  return rounded === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
