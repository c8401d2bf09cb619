import type { Resource } from '../../manifests/resource';
import { number } from '../../manifests/resource';
import type { Labels } from '../../manifests/selector';
import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { podsOf } from '../../world/autoscalers';
import { knownIn } from '../../world/known';
import { isMadeHere } from '../../world/owners';
import type { World } from '../../world/world';
import { alikeOf } from './alike';
import { podControllerOf } from './controller';
import { freshPod, knownNodes } from './fresh-pod';
import type { RunningPod } from './known-pods';
import { knownPods, runningPods } from './known-pods';
import type { SchedulerNode } from './node';
import { maySuit } from './own-terms';
import type { SchedulerPod } from './pod';
import { withPriority } from './priority';
import { ClusterState } from './state';
import { claimsMadeFor, claimTemplates, knownStorage } from './storage/known';
import type { Storage, StorageClaim } from './storage/storage';

/** A pod that waits for a node. */
export interface QueuedPod {
  readonly pod: SchedulerPod;
  /** What will make it; undefined: it is there, or is applied itself. */
  readonly owner: WorkloadManifest | undefined;
  /** `Deployment/shop/web`: of a pod that stands in the cluster and waits, too. */
  readonly controller: string | undefined;
  /** What it is a pod of: its owner, or its own manifest. */
  readonly workload: WorkloadManifest;
  /** The claims that are made for it. */
  readonly makes: readonly StorageClaim[];
}

/** What a cluster is made of, where it is not all that is known. */
export interface ClusterParts {
  /** @default - those that are known */
  readonly nodes?: readonly SchedulerNode[] | undefined;
  /** @default - those that run */
  readonly pods?: readonly RunningPod[] | undefined;
}

/** Plain data: all that a simulated cluster is made of. */
export interface ClusterData {
  readonly nodes: readonly SchedulerNode[];
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly storage: Storage;
  /** Those that run, in their order. */
  readonly pods: readonly (readonly [pod: SchedulerPod, node: string])[];
}

/** What is known of the cluster, with the pods that run on its nodes and the claims that are made for others; undefined where nobody said which nodes there are. */
export function clusterData(
  world: World,
  made: readonly StorageClaim[],
  { nodes = knownNodes(world), pods = runningPods(world) }: ClusterParts = {},
): ClusterData | undefined {
  if (!nodes) return undefined;
  return {
    nodes,
    namespaces: new Map(knownIn(world, 'Namespace', '').map(({ name, labels }) => [name, labels])),
    storage: knownStorage(world, made),
    pods: pods.map(({ pod, node }) => [pod, node]),
  };
}

/** The cluster with the pods that run on its nodes. */
export function clusterIn({ nodes, namespaces, storage, pods }: ClusterData): ClusterState {
  const cluster = new ClusterState(nodes, namespaces, storage);
  for (const [pod, node] of pods) if (cluster.node(node)) cluster.add(pod, node);
  return cluster;
}

/**
 * The cluster as it is known, with the pods that run on its nodes and the claims that are made for others; undefined where nobody said
 * which nodes there are.
 */
export function clusterOf(
  world: World,
  made: readonly StorageClaim[],
  parts: ClusterParts = {},
): ClusterState | undefined {
  const data = clusterData(world, made, parts);
  return data && clusterIn(data);
}

/** The pods that wait for a node, the most important first, then in the order of the manifests. */
export function queueOf(world: World, isMeant: (workload: WorkloadManifest) => boolean = () => true): QueuedPod[] {
  const queue = world.workloads.filter(isMeant).flatMap((workload) => podsOfWorkload(world, workload));
  return queue
    .map((each, i) => ({ each, i }))
    .sort((a, b) => b.each.pod.priority - a.each.pod.priority || a.i - b.i)
    .map(({ each }) => each);
}

function podsOfWorkload(world: World, workload: WorkloadManifest): QueuedPod[] {
  const { resource, podSpec } = workload;
  if (podSpec['nodeName'] !== undefined) return [];
  if (resource.kind === 'Pod' && !knownPods(world).includes(resource)) return [];
  // What an API server printed has its pods beside it.
  if (resource.kind !== 'Pod' && resource.isPrinted && arePodsPrinted(world)) return [];
  // Those of its ReplicaSet are the Deployment's own.
  if (resource.kind === 'ReplicaSet' && isMadeHere(world, resource)) return [];
  if (resource.kind === 'Job' && resource.at(['spec', 'suspend']) === true) return [];
  const pod = madeBy(world, workload);
  if (resource.kind === 'Pod') return [queued(world, workload, pod)];
  if (resource.kind === 'DaemonSet') return daemons(world, pod).map((each) => queued(world, workload, each));
  // A CronJob's pods come and go.
  return podsNumbered(world, workload, 0, podsOf(world, workload)?.min ?? 0);
}

/** Pods of a workload that has replicas: those numbered from one number up to another, which is not among them. */
export function podsNumbered(world: World, workload: WorkloadManifest, from: number, to: number): QueuedPod[] {
  const pod = madeBy(world, workload);
  const numbers = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  return numbers.map((i) => queued(world, workload, named(pod, workload.resource, i)));
}

function madeBy(world: World, workload: WorkloadManifest): SchedulerPod {
  const fresh = { ...freshPod(world, workload), alike: alikeOf(world, workload) };
  return withPriority(world, fresh, workload.podSpec);
}

function queued(world: World, workload: WorkloadManifest, pod: SchedulerPod): QueuedPod {
  const { resource } = workload;
  const isPod = resource.kind === 'Pod';
  return {
    pod,
    owner: isPod ? undefined : workload,
    controller: isPod ? podControllerOf(world, resource)?.name : ownerText(workload),
    workload,
    makes: claimsMadeFor(world, workload, pod),
  };
}

const arePodsPrinted = memo((world: World): boolean => knownPods(world).some(({ isPrinted }) => isPrinted));

/** The pods of a StatefulSet are told apart by their labels and claims as well, and may be numbered from another number than 0. */
export function named(pod: SchedulerPod, resource: Resource, i: number): SchedulerPod {
  if (resource.kind !== 'StatefulSet') return { ...pod, name: `${resource.name}-${i}` };
  const ordinal = i + (number(resource.at(['spec', 'ordinals', 'start'])) ?? 0);
  const own = { ...pod, name: `${resource.name}-${ordinal}` };
  const templates = claimTemplates(resource);
  return {
    ...own,
    volumes: {
      ...pod.volumes,
      claims: [
        ...pod.volumes.claims.filter(({ volume }) => !templates.includes(volume)),
        ...templates.map((volume) => ({ volume, claim: `${volume}-${own.name}` })),
      ],
    },
    labels: {
      ...pod.labels,
      'statefulset.kubernetes.io/pod-name': own.name,
      'apps.kubernetes.io/pod-index': String(ordinal),
    },
  };
}

/** One for each node that it means and whose taints it tolerates: the controller makes no other (pkg/controller/daemon). */
export function daemons(world: World, pod: SchedulerPod): SchedulerPod[] {
  const wanted = (knownNodes(world) ?? []).filter((node) => maySuit(pod, node));
  return wanted.map((node) => ({ ...pod, name: `${pod.name}-${node.name}`, node: onlyOn(node) }));
}

/** The controller writes the node's name in the place of the pod's own terms. */
function onlyOn({ name }: SchedulerNode): SchedulerPod['node'] {
  const field = { key: 'metadata.name', operator: 'In', values: [name] };
  return { selector: {}, terms: [{ matchFields: [field] }] };
}

/** `Deployment/shop/web` */
export function ownerText({ resource, namespace }: WorkloadManifest): string {
  return `${resource.kind}/${namespace}/${resource.name}`;
}
