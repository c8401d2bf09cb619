import { readSources } from '../../../manifests/reading/read';
import type { PodNumbers } from '../../../simulate/rollout/reason';
import type { WorkloadRollout } from '../../../simulate/rollout/rollouts';
import { simulateRollouts } from '../../../simulate/rollout/rollouts';
import { Facts } from '../../../world/facts';
import { World } from '../../../world/world';

const read = (text: string) => readSources([{ file: 'a.yaml', text }]).resources;

export const all = (...texts: readonly string[]) => texts.join('\n---\n');

export const node = (name: string, { cpu = '2', zone = 'a', pods = '110', spec = '' } = {}) =>
  `{ apiVersion: v1, kind: Node, metadata: { name: ${name}, labels: { kubernetes.io/hostname: ${name}, zone: ${zone} } }, spec: { ${spec} }, status: { allocatable: { cpu: '${cpu}', memory: 8Gi, pods: '${pods}' } } }`;

export interface Written {
  readonly kind?: string;
  readonly name?: string;
  readonly replicas?: number;
  readonly cpu?: string;
  /** Fields of the workload's spec. */
  readonly spec?: string;
  /** Fields of the pod's spec, and of its container. */
  readonly pod?: string;
  readonly container?: string;
}

export const workload = ({
  kind = 'Deployment',
  name = 'web',
  replicas = 3,
  cpu = '500m',
  spec = '',
  pod = '',
  container = '',
}: Written = {}) =>
  `{ apiVersion: apps/v1, kind: ${kind}, metadata: { name: ${name}, namespace: shop }, spec: { ${kind === 'DaemonSet' ? '' : `replicas: ${replicas}, `}${spec && `${spec}, `}selector: { matchLabels: { app: ${name} } }, template: { metadata: { labels: { app: ${name} } }, spec: { ${pod && `${pod}, `}containers: [{ name: a, image: 'a:1', resources: { requests: { cpu: '${cpu}' } }, ${container} }] } } } }`;

export const rolling = (maxSurge: number | string, maxUnavailable: number | string) =>
  `strategy: { rollingUpdate: { maxSurge: ${maxSurge}, maxUnavailable: ${maxUnavailable} } }`;

export const apart = (topologyKey = 'kubernetes.io/hostname', more = '') =>
  `affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: ${topologyKey}, labelSelector: { matchLabels: { app: web } }, ${more} }] } }`;

export const quota = (hard: string, more = '') =>
  `{ apiVersion: v1, kind: ResourceQuota, metadata: { name: q, namespace: shop }, spec: { hard: { ${hard} }, ${more} } }`;

/** The rollouts of manifests on a cluster. */
export function rollouts(manifests: string, facts: string, unready = false): WorkloadRollout[] {
  return simulateRollouts(new World(read(manifests), new Facts(read(facts))), { unready })!;
}

/** The rollout of the last workload. */
export function rollout(manifests: string, facts: string, unready = false): WorkloadRollout {
  return rollouts(manifests, facts, unready).at(-1)!;
}

/** `stalls: 3 old, 1 new pending` */
export function short({ verdict, end }: WorkloadRollout): string {
  if (!end) return verdict;
  const part = (revision: string, { ready, unready, pending }: PodNumbers) => [
    ...(ready > 0 ? [`${ready} ${revision}`] : []),
    ...(unready > 0 ? [`${unready} ${revision} unready`] : []),
    ...(pending > 0 ? [`${pending} ${revision} pending`] : []),
  ];
  const { numbers } = end;
  const missing = numbers.missing > 0 ? [`${numbers.missing} missing`] : [];
  return `${verdict}: ${[...part('old', numbers.old), ...part('new', numbers.new), ...missing].join(', ')}`;
}
