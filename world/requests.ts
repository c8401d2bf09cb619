import type { Quantity } from '../manifests/quantity';
import type { Json, Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import type { Container, WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import { knownIn } from './known';
import type { Amounts } from './pod-amounts';
import { amounts, podAmounts } from './pod-amounts';
import type { World } from './world';

/** What a container asks for and is held to once the API server and the LimitRanges have filled in what it does not say. */
export interface ContainerResources {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/** An item of a LimitRange. */
export interface Limit {
  readonly resource: Resource;
  readonly type: string;
  readonly json: Json;
}

/** The items of the LimitRanges of a namespace. */
export const limitsOf = memo((world: World, namespace: string): readonly Limit[] =>
  knownIn(world, 'LimitRange', namespace).flatMap((resource) =>
    list(resource.at(['spec', 'limits'])).flatMap((entry) => {
      const json = record(entry);
      return json ? [{ resource, type: string(json['type']) ?? '', json }] : [];
    }),
  ),
);

export function quotasOf(world: World, namespace: string): readonly Resource[] {
  return knownIn(world, 'ResourceQuota', namespace);
}

/** What the manifest itself says, with the request that a limit stands for. */
export function statedResources({ json }: Pick<Container, 'json'>): {
  requests: Map<string, Quantity>;
  limits: Map<string, Quantity>;
} {
  const resources = record(json['resources']);
  const stated = { requests: amounts(resources?.['requests']), limits: amounts(resources?.['limits']) };
  for (const [name, limit] of stated.limits) if (!stated.requests.has(name)) stated.requests.set(name, limit);
  return stated;
}

/** What holds for a container in the end: its own words, then each LimitRange's defaults. */
export function resourcesOf(world: World, workload: WorkloadManifest, container: Container): ContainerResources {
  return byContainer(world, workload).get(container)!;
}

const byContainer = memo(
  (world: World, { namespace, containers }: WorkloadManifest): ReadonlyMap<Container, ContainerResources> =>
    new Map(containers.map((container) => [container, withDefaults(world, namespace, container)])),
);

function withDefaults(world: World, namespace: string, container: Container): ContainerResources {
  const own = statedResources(container);
  for (const { type, json } of limitsOf(world, namespace)) {
    if (type !== 'Container') continue;
    const { limit, request } = defaultsOf(json);
    fill(own.limits, limit);
    fill(own.requests, request);
  }
  return own;
}

/** A LimitRange's defaults: a maximum is a default limit, a default limit a default request, and a minimum the last resort. */
function defaultsOf(json: Json): { limit: Amounts; request: Amounts } {
  const limit = amounts(json['default']);
  fill(limit, amounts(json['max']));
  const request = amounts(json['defaultRequest']);
  fill(request, limit);
  fill(request, amounts(json['min']));
  return { limit, request };
}

function fill(into: Map<string, Quantity>, from: Amounts): void {
  for (const [name, amount] of from) if (!into.has(name)) into.set(name, amount);
}

/** What a pod counts for; without `overhead` what its containers do, as a LimitRange looks at it. */
export function podResources(
  world: World,
  workload: WorkloadManifest,
  which: keyof ContainerResources,
  { overhead = true }: { readonly overhead?: boolean } = {},
): Amounts {
  const parts = workload.containers.flatMap((container) => {
    const { role } = container;
    return role === 'ephemeral' ? [] : [{ role, amounts: resourcesOf(world, workload, container)[which] }];
  });
  const { podSpec } = workload;
  return podAmounts(parts, overhead ? podSpec : { ...podSpec, overhead: undefined }, which);
}

/** Whether the pod as a whole has amounts, which some rules accept in place of its containers'. */
export function hasPodResources({ podSpec }: WorkloadManifest): boolean {
  const whole = record(podSpec['resources']);
  return amounts(whole?.['requests']).size > 0 || amounts(whole?.['limits']).size > 0;
}

/** Pods that serve or work without end; Jobs have rules of their own. */
export function isLongRunning({ resource }: WorkloadManifest): boolean {
  return ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Rollout'].includes(
    resource.kind,
  );
}

/** A test of a Helm release: it runs for a moment, when somebody asks for it. */
export function isReleaseTest({ resource }: WorkloadManifest): boolean {
  return /(^|,)\s*test(-success|-failure)?\s*(,|$)/.test(resource.annotations['helm.sh/hook'] ?? '');
}

/** Whether its containers should say what they take: whatever runs, but tests of releases. */
export function isSized(workload: WorkloadManifest): boolean {
  return (
    (isLongRunning(workload) || ['Job', 'CronJob', 'Pod'].includes(workload.resource.kind)) && !isReleaseTest(workload)
  );
}
