import { number, record, string } from '../manifests/resource';
import type { WorkloadManifest } from '../manifests/workload';
import { podsOf } from './autoscalers';
import type { World } from './world';

/** The pod of a StatefulSet that a host name means: `redis-0.redis`, `redis-0.redis.shop.svc`. */
export interface PodName {
  readonly workload: WorkloadManifest;
  readonly ordinal: number;
  /** The Service in the name: the pods' subdomain if the name is to resolve. */
  readonly service: string;
  readonly namespace: string;
}

export function podByHost(world: World, host: string, fromNamespace: string): PodName | undefined {
  const [pod = '', service, namespace = fromNamespace, svc] = host.split('.');
  const [, name, digits] = /^(.+)-(0|[1-9]\d*)$/.exec(pod) ?? [];
  if (service === undefined || name === undefined || (svc !== undefined && svc !== 'svc')) return undefined;
  const workload = world
    .workloadsIn(namespace)
    .find(({ resource }) => resource.kind === 'StatefulSet' && resource.name === name);
  return workload && { workload, ordinal: Number(digits), service, namespace };
}

/** Whether a StatefulSet makes a pod of this ordinal; undefined where something else sets its replicas. */
export function hasOrdinal(world: World, workload: WorkloadManifest, ordinal: number): boolean | undefined {
  const start = number(record(workload.resource.at(['spec', 'ordinals']))?.['start']) ?? 0;
  const pods = podsOf(world, workload);
  if (ordinal < start) return false;
  if (pods === undefined) return undefined;
  return ordinal < start + pods.max;
}

/** The Service by which the pods of a StatefulSet are named. */
export function subdomainOf({ resource }: WorkloadManifest): string {
  return string(resource.at(['spec', 'serviceName'])) ?? '';
}
